/** The part of the checker that follows each reader through a room: every sync continues where the last ended. Pure. */

import type { Room } from './checker.ts'
import type { Faults } from './fault.ts'
import type { Reading, Seen } from './history.ts'

/** One reader's way through a room. */
interface Way {
  readonly ear: string
  /** As far as it was told. */
  rev: number
  session: number
  newest: number
  /** What it was told of in full, and what it jumped over on this connection. */
  covered: Range[]
  holes: Range[]
  readonly seen: Map<string, Seen>
}

interface Range {
  from: number
  rev: number
}

export function checkStreams(room: Room, faults: Faults): void {
  const ways = new Map<string, Way>()
  for (const reading of room.readings) {
    if (reading.how === 'history') checkPage(room, reading, faults)
    else follow(room, wayOf(ways, reading), reading, faults)
  }
  for (const way of ways.values()) {
    for (const hole of way.holes) tellHole(room, way, hole, faults)
    checkCover(room, way, faults)
  }
}

function wayOf(ways: Map<string, Way>, { ear, session }: Reading): Way {
  const known = ways.get(ear)
  if (known) return known
  const way: Way = { ear, session, rev: 0, newest: 0, covered: [], holes: [], seen: new Map() }
  ways.set(ear, way)
  return way
}

/** One page after the other, each message once and in order. */
function checkPage(room: Room, { seen, ear }: Reading, faults: Faults): void {
  for (const [at, { id, born }] of seen.entries()) {
    const before = seen[at - 1]
    if (before?.id === id) faults.add('doubled', `${room.id}/${id} twice in the history of ${ear}`)
    else if (before && before.born >= born)
      faults.add('disordered', `${room.id}/${id} in the history of ${ear}`)
  }
}

function follow(room: Room, way: Way, reading: Reading, faults: Faults): void {
  const { from, rev, isReset, session } = reading
  if (session !== way.session) {
    for (const hole of way.holes) tellHole(room, way, hole, faults)
    way.holes = []
    way.session = session
  }
  const filled = way.holes.findIndex((hole) => hole.from <= from && rev <= hole.rev)
  if (isReset) {
    way.covered = []
    way.holes = []
    way.newest = 0
    way.seen.clear()
  } else if (filled >= 0) {
    faults.add(
      'disordered',
      `${room.id}: the sync ${from}–${rev} came to ${way.ear} after that to ${way.rev}`,
    )
    fill(way, filled, reading)
    for (const seen of reading.seen) way.seen.set(seen.id, seen)
    return
  } else if (rev <= way.rev && from < rev) {
    faults.add('doubled', `${room.id}: the sync ${from}–${rev} came to ${way.ear} at ${way.rev} already`)
    return
  } else if (from > way.rev) {
    way.holes.push({ from: way.rev, rev: from })
  }
  listen(room, way, reading, faults)
}

/** What a late sync brought is a hole no more; what lies before and after it still is. */
function fill(way: Way, at: number, { from, rev }: Reading): void {
  const [hole] = way.holes.splice(at, 1)
  if (!hole) return
  if (hole.from < from) way.holes.push({ from: hole.from, rev: from })
  if (rev < hole.rev) way.holes.push({ from: rev, rev: hole.rev })
  way.covered.push({ from, rev })
}

function listen(room: Room, way: Way, reading: Reading, faults: Faults): void {
  const { from, rev, isReset, seen } = reading
  const known = way.rev
  way.rev = rev
  way.covered.push({ from, rev })
  for (const one of seen) {
    way.seen.set(one.id, one)
    // Edited ones come at the rev of the edit, those of a reset may be pinned, resumed ones may overlap.
    if (isReset || one.isEdited || one.born <= Math.max(from, known)) continue
    if (one.born < way.newest) faults.add('disordered', `${room.id}/${one.id} came late to ${way.ear}`)
    way.newest = Math.max(way.newest, one.born)
  }
  for (const id of reading.gone) way.seen.delete(id)
}

function tellHole(room: Room, way: Way, { from, rev }: Range, faults: Faults): void {
  faults.add('hole', `${room.id}: nothing from ${from} to ${rev} came to ${way.ear}`)
}

/** What the final history shows, everybody has who was told everything up to there. */
function checkCover(room: Room, way: Way, faults: Faults): void {
  const { final } = room
  if (!final) return
  const isComplete = way.rev >= final.rev
  const covered = merge(way.covered)
  let at = 0
  for (const one of final.seen.toSorted((a, b) => a.born - b.born)) {
    while (at < covered.length && covered[at]!.rev < one.born) at += 1
    const range = covered[at]
    const mine = way.seen.get(one.id)
    if (range && range.from < one.born && !mine && (!one.isEdited || isComplete))
      faults.add('hole', `${room.id}/${one.id} at ${one.born} was left out for ${way.ear}`)
    if (mine && isComplete && mine.hash !== one.hash)
      faults.add('divergent', `${room.id}/${one.id}: ${way.ear} has another text in the end`)
  }
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = []
  for (const { from, rev } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && from <= last.rev) last.rev = Math.max(last.rev, rev)
    else merged.push({ from, rev })
  }
  return merged
}
