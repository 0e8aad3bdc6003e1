/** What is new between two looks at the list of rooms: what a person who is away wants to hear of. */

import type { RoomSummary } from '../../src/protocol.ts'

const byName = new Intl.Collator(undefined, { numeric: true })

/** Rooms whose newest message is another one now, unread and not by me. */
export function newsBetween(
  before: ReadonlyMap<string, RoomSummary>,
  after: ReadonlyMap<string, RoomSummary>,
  me: string,
): RoomSummary[] {
  const news: RoomSummary[] = []
  for (const [id, room] of after) {
    const old = before.get(id)
    if (!old || !room.last || room.last.by === me || room.unread === 0) continue
    if (room.last.id !== old.last?.id && room.rev > old.rev) news.push(room)
  }
  return news
}

export const unreadIn = (rooms: Iterable<RoomSummary>): number => {
  let sum = 0
  for (const room of rooms) sum += room.unread
  return sum
}

/** The lobby first, then where something was said last, then by name. */
export function inOrder(rooms: Iterable<RoomSummary>, lobby: string): RoomSummary[] {
  return [...rooms].sort((a, b) => {
    if (a.room === lobby || b.room === lobby) return a.room === lobby ? -1 : 1
    return (b.last?.at ?? 0) - (a.last?.at ?? 0) || byName.compare(a.name, b.name)
  })
}

/** Who is here first, me at the very top, then by name. */
export function peopleInOrder<P extends { id: string; name: string }>(
  people: Iterable<P>,
  online: ReadonlySet<string>,
  me: string,
): P[] {
  const place = (person: P) => (person.id === me ? 0 : online.has(person.id) ? 1 : 2)
  return [...people].sort((a, b) => place(a) - place(b) || byName.compare(a.name, b.name))
}
