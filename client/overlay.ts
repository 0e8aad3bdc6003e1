/** What is on its way, laid over what is known: the timeline, reactions and pins as they are to be shown. Pure. */

import type { WireOf, WireRecord } from '../src/state/records.ts'
import type { Room } from '../src/state/room.ts'
import type { Pending, Reaction, Shown } from './api.ts'

/** A timeline with pending commands over it; the same array and objects as long as nothing in them changes. */
export class Overlay {
  #records: readonly WireRecord[] = []
  #pending: readonly Pending[] = []
  #shown: readonly Shown[] = []
  readonly #stored = new WeakMap<WireRecord, Shown>()
  readonly #sent = new WeakMap<Pending, Shown>()

  /** `pending`: of this room, in order of sending. */
  timeline(room: Room, pending: readonly Pending[], me: string): readonly Shown[] {
    const records = room.timeline()
    if (records === this.#records && pending === this.#pending) return this.#shown
    this.#records = records
    this.#pending = pending
    const changes = new Map<string, Pending>()
    for (const entry of pending)
      if (entry.name === 'message.edit' || entry.name === 'message.delete')
        changes.set(entry.fields.id, entry)
    const shown: Shown[] = []
    for (const record of records) add(shown, this.#asStored(record), changes.get(record.id))
    for (const entry of pending) {
      // The sync of a commit precedes its ok: then it is stored, and still here.
      if (entry.name !== 'message.send' || room.trace('message', entry.fields.id)) continue
      add(shown, this.#asSent(entry, me), changes.get(entry.fields.id))
    }
    this.#shown = shown
    return shown
  }

  #asStored(record: WireRecord): Shown | null {
    const known = this.#stored.get(record)
    if (known) return known
    if (record.type !== 'message' && record.type !== 'notice') return null
    const shown: Shown = { record, state: 'stored', pending: null }
    this.#stored.set(record, shown)
    return shown
  }

  #asSent(entry: Extract<Pending, { name: 'message.send' }>, me: string): Shown {
    const known = this.#sent.get(entry)
    if (known) return known
    const { id, body } = entry.fields
    const born = Number.POSITIVE_INFINITY
    const record = {
      type: 'message',
      id,
      by: me,
      at: entry.at,
      body,
      edited: null,
      expires: null,
      born,
    } as const
    const shown: Shown = { record, state: entry.state, pending: entry }
    this.#sent.set(entry, shown)
    return shown
  }
}

/** Adds a place with the last edit or deletion of it that is on its way. */
function add(timeline: Shown[], shown: Shown | null, change: Pending | undefined): void {
  if (!shown) return
  if (!change || shown.record.type !== 'message') timeline.push(shown)
  else if (change.state === 'failed') timeline.push({ ...shown, state: 'failed', pending: change })
  else if (change.name === 'message.edit') {
    const record = { ...shown.record, body: change.fields.body, edited: change.at }
    timeline.push({ record, state: 'waiting', pending: shown.pending ?? change })
  }
  // One that is being deleted is not shown any more.
}

/** Emoji on a message, in the order in which they were first put there. */
export function reactionsOf(
  room: Room,
  message: string,
  pending: readonly Pending[],
  me: string,
): readonly Reaction[] {
  const by = new Map<string, string[]>()
  const hanging = room.hanging(message).sort((a, b) => a.born - b.born)
  for (const record of hanging) {
    if (record.type !== 'reaction') continue
    for (const emoji of record.emoji) by.set(emoji, [...(by.get(emoji) ?? []), record.by])
  }
  for (const { name, fields, state } of pending) {
    if (state === 'failed' || (name !== 'reaction.add' && name !== 'reaction.remove')) continue
    if (fields.message !== message) continue
    const others = (by.get(fields.emoji) ?? []).filter((user) => user !== me)
    by.set(fields.emoji, name === 'reaction.add' ? [...others, me] : others)
  }
  return [...by].filter(([, people]) => people.length > 0).map(([emoji, people]) => ({ emoji, by: people }))
}

/** Newest first. */
export function pinsOf(room: Room, pending: readonly Pending[], me: string): readonly WireOf<'pin'>[] {
  const pins = new Map(room.all('pin').map((pin) => [pin.id, pin]))
  for (const { name, fields, state, at } of pending) {
    if (state === 'failed') continue
    if (name === 'pin.remove') pins.delete(fields.message)
    if (name !== 'pin.add' || pins.has(fields.message)) continue
    pins.set(fields.message, {
      type: 'pin',
      id: fields.message,
      by: me,
      at,
      born: Number.POSITIVE_INFINITY,
    })
  }
  return [...pins.values()].sort((a, b) => b.at - a.at)
}
