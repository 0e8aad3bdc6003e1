/** What a sync says has happened, for bots; and who hears it. It sees changes, not history. */

import type { SyncFrame } from '../src/protocol.ts'
import type { Room } from '../src/state/room.ts'
import type { OpenRoom, RoomEvents, Stop } from './api.ts'

type Hear<E extends keyof RoomEvents> = (what: RoomEvents[E], room: OpenRoom) => void
export type RoomEvent = { [E in keyof RoomEvents]: { name: E; what: RoomEvents[E] } }[keyof RoomEvents]

/** To be asked before the sync is applied, to be told if it was. `isFirst`: the room is just being opened, nothing is new. */
export function eventsOf(room: Room, frame: SyncFrame, isFirst: boolean): RoomEvent[] {
  if (isFirst) return []
  if (frame.reset) return [{ name: 'reset', what: null }]
  const events: RoomEvent[] = []
  for (const record of frame.put) {
    const isNew = record.born > room.rev
    if (record.type === 'notice' && isNew && record.event !== 'created')
      events.push({ name: record.event, what: record })
    if (record.type !== 'message') continue
    if (isNew) events.push({ name: 'message', what: record })
    else if (record.edited !== null && record.edited !== room.get('message', record.id)?.edited)
      events.push({ name: 'edited', what: record })
  }
  for (const [type, id] of frame.del) if (type === 'message') events.push({ name: 'deleted', what: id })
  return events
}

export class Hearers {
  readonly #all: { readonly [E in keyof RoomEvents]: Set<Hear<E>> } = {
    message: new Set(),
    edited: new Set(),
    deleted: new Set(),
    joined: new Set(),
    left: new Set(),
    renamed: new Set(),
    presence: new Set(),
    typing: new Set(),
    reset: new Set(),
  }

  on<E extends keyof RoomEvents>(event: E, hear: Hear<E>): Stop {
    const hearers: Set<Hear<E>> = this.#all[event]
    hearers.add(hear)
    return () => void hearers.delete(hear)
  }

  /** Each in a turn of its own, in order: one that throws is reported and disturbs nobody. */
  tell<E extends keyof RoomEvents>(event: E, what: RoomEvents[E], room: OpenRoom): void {
    const hearers: Set<Hear<E>> = this.#all[event]
    for (const hear of hearers) queueMicrotask(() => hearers.has(hear) && hear(what, room))
  }
}
