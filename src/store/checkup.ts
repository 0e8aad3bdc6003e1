/** Looks a data folder over, also while a server uses it: the database, its journal, its mark. It changes nothing. */

import { asError } from './error.ts'
import { readJournal } from './journal.ts'
import { copyIn, readMark } from './mark.ts'
import { countOf } from './opening.ts'
import { inspect, openPlain, sizeOf } from './start.ts'
import type { Finding } from './verify.ts'
import { verify } from './verify.ts'

const MOST_LOOKS = 5

/** Never throws: what cannot be looked at is a finding, and then the only one. */
export function checkUp(file: string): Finding[] {
  try {
    const lost = lostFrom(`${file}-wal`)
    if (inspect(file) === 0) return [{ what: 'there is a database', problem: `none at ${file}` }]
    return [
      { what: 'the journal is whole', problem: lost === 0 ? null : `${lost} pages behind a damage are lost` },
      ...look(file),
    ]
  } catch (error) {
    return [{ what: 'the database can be opened', problem: asError(error).message }]
  }
}

/** A server that writes meanwhile makes a page look lost that was not there a moment ago: so it is looked at again. */
function lostFrom(wal: string): number {
  let lost = 0
  for (let look = 1; look <= MOST_LOOKS; look++) {
    lost = readJournal(wal).lost
    if (lost === 0) break
  }
  return lost
}

function look(file: string): Finding[] {
  // Before the database is read, because both may move on.
  const mark = readMark(file)
  const db = openPlain(file)
  try {
    return [
      ...verify(db),
      { what: 'the database is as far as its mark', problem: behind(file, countOf(db), mark) },
    ]
  } finally {
    db.close()
  }
}

function behind(file: string, count: number, mark: ReturnType<typeof readMark>): string | null {
  if (mark === null) return 'there is no mark; the next start begins a new epoch'
  if (count < mark.count) return `commits of before ${mark.at} are missing`
  const why = copyIn(file, mark)
  return why === null ? null : `${why}; the next start begins a new epoch`
}

/** Bytes of the database and of its journal. */
export const sizesOf = (file: string): [number, number] => [sizeOf(file), sizeOf(`${file}-wal`)]
