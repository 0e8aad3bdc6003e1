/** What must hold in a database of ours, said one by one. It only reads, and takes as long as reading everything takes. */

import type { Database } from './database.ts'
import { asError } from './error.ts'

export interface Finding {
  /** What should hold. */
  what: string
  /** The first that does not, in one line; `null`: all is well. */
  problem: string | null
}

/** Every row of an answer is a room and something about it that cannot be. */
const wrongs: [what: string, sql: string][] = [
  [
    'no record is ahead of its room',
    `SELECT id, 'is at rev ' || rooms.rev || ', but has a record of rev ' || max(records.rev) AS wrong
     FROM rooms JOIN records ON records.room = n GROUP BY n HAVING max(records.rev) > rooms.rev`,
  ],
  [
    'every room has its last change',
    `SELECT id, 'is at rev ' || rev || ', but its last change is of rev ' || last AS wrong FROM (
       SELECT id, rev, max(horizon, coalesce((SELECT max(rev) FROM records WHERE room = n), 0)) AS last
       FROM rooms WHERE kind NOT IN ('gone', 'erased')) WHERE last < rev`,
  ],
  [
    'every record is born before it changes',
    `SELECT id, key || ' was born at ' || born || ' and is of rev ' || records.rev AS wrong
     FROM records JOIN rooms ON records.room = n WHERE born < 1 OR born > records.rev`,
  ],
  [
    'every place in a timeline is taken once',
    `SELECT id, 'has ' || count(*) || ' entries born at ' || born AS wrong
     FROM records JOIN rooms ON room = n WHERE timeline = 1 GROUP BY room, born HAVING count(*) > 1`,
  ],
  [
    'every record says what its row says',
    `SELECT id, key || ' does not match its text' AS wrong FROM records JOIN rooms ON room = n
     WHERE body IS NOT NULL AND CASE WHEN json_valid(body) THEN
       key <> (body ->> '$.type') || '/' || (body ->> '$.id') OR born <> (body ->> '$.born') ELSE 1 END`,
  ],
]

export function verify(db: Database): Finding[] {
  return [
    { what: 'every page and index is whole', problem: problemIn(() => integrity(db)) },
    { what: 'everything belongs to something', problem: problemIn(() => references(db)) },
    ...wrongs.map(([what, sql]) => ({ what, problem: problemIn(() => firstWrong(db, sql)) })),
  ]
}

/** The first problem of all, or `null`. */
export function firstProblem(db: Database): string | null {
  return verify(db).find(({ problem }) => problem !== null)?.problem ?? null
}

/** Reading what is damaged fails sooner or later, and that is an answer too. */
function problemIn(look: () => string | null): string | null {
  try {
    return look()
  } catch (error) {
    return asError(error).message
  }
}

/** `null`: every page and every index is whole. */
export function integrity(db: Database): string | null {
  const verdict = String(db.pragma('integrity_check(1)'))
  return verdict === 'ok' ? null : verdict.replace(/\s+/g, ' ').slice(0, 200)
}

function references(db: Database): string | null {
  const wrong = db.get<{ table: string; parent: string }>('PRAGMA foreign_key_check')
  return wrong === undefined ? null : `a row of ${wrong.table} belongs to none of ${wrong.parent}`
}

function firstWrong(db: Database, sql: string): string | null {
  const wrong = db.get<{ id: string; wrong: string }>(`${sql} LIMIT 1`)
  return wrong === undefined ? null : `room ${wrong.id}: ${wrong.wrong}`
}
