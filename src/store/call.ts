/** Finds by its name what another thread asks for. It never knows what that does. */

import type { Database } from './database.ts'

/** Both ends of the port are typed by the same object (see `sqlite.ts`), which a name that crosses it cannot show. */
export function call(table: object, op: string, at: Database, args: readonly unknown[]): unknown {
  const found: unknown = Object.hasOwn(table, op) ? Reflect.get(table, op) : undefined
  if (typeof found !== 'function') throw new Error(`the store has no ${op}`)
  return found(at, ...args)
}
