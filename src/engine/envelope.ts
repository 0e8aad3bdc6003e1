/**
 * What every frame has: a name and, if it wants to be told that all went well, a number. Read by hand, because it is
 * read of each frame before anything is known of it. It knows no frame.
 */

/** Characters of a name. */
const LONGEST_NAME = 64

export interface Envelope {
  name: string
  /** `null`: answered only if something is wrong. */
  ref: number | null
  /** What is wrong with it, for a person; `null`: nothing. */
  why: string | null
}

/** Of whatever came, parsed; a `ref` that can be made out is, so that even a broken frame is answered under it. */
export function readEnvelope(parsed: unknown): Envelope {
  if (typeof parsed !== 'object' || parsed === null)
    return { name: '', ref: null, why: 'The frame: an object wanted' }
  const t = 't' in parsed ? parsed.t : undefined
  const ref = 'ref' in parsed ? parsed.ref : undefined
  const number = isRef(ref) ? ref : null
  const why = wrongName(t) ?? (ref === undefined || number !== null ? null : `ref: ${wantedOf(ref)}`)
  return { name: typeof t === 'string' ? t : '', ref: number, why }
}

const isRef = (ref: unknown): ref is number =>
  typeof ref === 'number' && Number.isSafeInteger(ref) && ref >= 0

function wrongName(t: unknown): string | null {
  if (t === undefined) return 't: missing'
  if (typeof t !== 'string') return 't: text wanted'
  return t.length > LONGEST_NAME ? 't: a shorter name wanted' : null
}

function wantedOf(ref: unknown): string {
  if (typeof ref !== 'number') return 'a number wanted'
  if (!Number.isInteger(ref)) return 'a whole number wanted'
  return ref < 0 ? 'at least 0 wanted' : 'a smaller number wanted'
}
