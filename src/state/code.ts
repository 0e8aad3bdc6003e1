/** Room codes: 10 characters of Crockford's base32, which are 50 bits, and read aloud without doubt. */

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** `random` gives 10 bytes of a cryptographic source. */
export function makeCode(random: Uint8Array): string {
  return Array.from(random.subarray(0, 10), (byte) => alphabet[byte & 31]).join('')
}

/** The code in its one form, whatever case, spaces and dashes it was typed with; `null`: not a code. */
export function readCode(typed: string): string | null {
  const code = typed
    .toUpperCase()
    .replace(/[\s\-–—_]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(code) ? code : null
}

/** As people see it: `ABCDE-FGHJK`. */
export const showCode = (code: string): string => `${code.slice(0, 5)}-${code.slice(5)}`
