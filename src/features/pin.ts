/** Pins: messages kept in a bar at the top of the room. */

import { command, del, put, refuse } from '../feature.ts'
import { anyId } from '../fields.ts'
import { isDue, keyOf } from '../state/records.ts'

/** Pins of one room: all of them come with every window. */
const MOST = 50

export const add = command(
  'pin.add',
  { room: anyId, message: anyId },
  {
    permit: 'member',
    weight: 'light',
    reads: ({ message }) => [keyOf('message', message)],
    run(room, { message }, actor, moment) {
      const pinned = room.get('message', message)
      if (!pinned || isDue(pinned, moment.now))
        return refuse('not_found', 'This message does not exist any more.')
      if (pinned.expires !== null) return refuse('forbidden', 'A temporary message cannot be pinned.')
      if (room.get('pin', message)) return []
      if (room.all('pin').length >= MOST) return refuse('limit', `At most ${MOST} pins in a room.`)
      return [put({ type: 'pin', id: message, by: actor.id, at: moment.at })]
    },
  },
)

export const remove = command(
  'pin.remove',
  { room: anyId, message: anyId },
  {
    permit: 'member',
    weight: 'light',
    run: (room, { message }) => (room.get('pin', message) ? [del('pin', message)] : []),
  },
)
