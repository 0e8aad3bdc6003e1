/** Why a store cannot be opened, in one line for the person who started the server. It never shows them a stack. */

export class StoreError extends Error {
  override readonly name = 'StoreError'
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
