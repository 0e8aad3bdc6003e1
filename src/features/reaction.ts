/** Reactions: which emoji a person has put on a message. One record per person and message. */

import type { RoomView, Values } from '../feature.ts'
import { command, del, hangingOn, put, refuse } from '../feature.ts'
import { anyId, emoji } from '../fields.ts'
import type { ReactionRecord } from '../state/records.ts'
import { isDue, keyOf } from '../state/records.ts'

/** Emoji of one person on one message. */
const MOST_EMOJI = 8
/** People who react to one message. */
const MOST_PEOPLE = 200

const fields = { room: anyId, message: anyId, emoji }
const idOf = (message: string, user: string) => `${message}.${user}`

export const add = command('reaction.add', fields, {
  permit: 'member',
  weight: 'light',
  reads: ({ message }) => [keyOf('message', message), hangingOn(message)],
  run(room, wanted, actor, moment) {
    const message = room.get('message', wanted.message)
    if (!message || isDue(message, moment.now))
      return refuse('not_found', 'This message does not exist any more.')
    const { before, chosen } = reactionOf(room, wanted, actor.id)
    if (chosen.includes(wanted.emoji)) return []
    if (chosen.length >= MOST_EMOJI) return refuse('limit', `At most ${MOST_EMOJI} reactions of one person.`)
    const others = room.hanging(wanted.message).filter((record) => record.type === 'reaction')
    if (!before && others.length >= MOST_PEOPLE)
      return refuse('limit', `${MOST_PEOPLE} people have reacted already.`)
    return [put({ ...reaction(wanted.message, actor.id), emoji: [...chosen, wanted.emoji] })]
  },
})

export const remove = command('reaction.remove', fields, {
  permit: 'member',
  weight: 'light',
  reads: ({ message }, actor) => [keyOf('reaction', idOf(message, actor.id))],
  run(room, wanted, actor) {
    const { before, chosen } = reactionOf(room, wanted, actor.id)
    if (!before || !chosen.includes(wanted.emoji)) return []
    const left = chosen.filter((emoji) => emoji !== wanted.emoji)
    return left.length > 0 ? [put({ ...before, emoji: left })] : [del('reaction', before.id)]
  },
})

function reactionOf(room: RoomView, wanted: Values<typeof fields>, user: string) {
  const before = room.get('reaction', idOf(wanted.message, user))
  return { before, chosen: before?.emoji ?? [] }
}

function reaction(message: string, by: string): ReactionRecord {
  return { type: 'reaction', id: idOf(message, by), message, by, emoji: [] }
}
