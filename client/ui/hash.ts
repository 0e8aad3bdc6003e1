/** Numbers drawn from an id, the same on every machine. It is no secret and no proof of anything. */

/** 32 well-mixed bits of a text (FNV-1a, then the last steps of Murmur3). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The hue of a person's colour, in degrees. */
export const hueOf = (id: string): number => hashOf(id) % 360
