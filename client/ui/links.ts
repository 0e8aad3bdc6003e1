/** Finds plain web addresses in what somebody wrote. Linear in the length of the text; it never touches the DOM. */

export type Piece = { text: string; href: string | null }

/** Where an address may begin; everything up to the next space belongs to it at first. */
const start = /https?:\/\//gi
const space = /[\s<>"`\u3000-\u303f\uff00-\uff0f]/g
/** What rather belongs to the sentence round it, when it stands last. */
const trailing = new Set(".,;:!?'*_~…")
const openerOf: Record<string, string> = { ')': '(', ']': '[', '}': '{' }
/** Longer ones stay text: nobody types them, and the eye cannot judge them. */
const MOST = 2_048

/** The text in pieces, in order and complete: joined they are the text again. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let done = 0
  start.lastIndex = 0
  for (let found = start.exec(text); found; found = start.exec(text)) {
    const end = endOf(text, found.index)
    const href = end - found.index <= MOST ? webAddress(text.slice(found.index, end)) : null
    start.lastIndex = Math.max(end, start.lastIndex)
    if (href === null) continue
    if (found.index > done) pieces.push({ text: text.slice(done, found.index), href: null })
    pieces.push({ text: text.slice(found.index, end), href })
    done = end
  }
  if (done < text.length) pieces.push({ text: text.slice(done), href: null })
  return pieces
}

function endOf(text: string, from: number): number {
  space.lastIndex = from
  let end = space.exec(text)?.index ?? text.length
  const open: Record<string, number> = { '(': 0, '[': 0, '{': 0 }
  for (let at = from; at < end; at++) {
    const char = text.charAt(at)
    if (open[char] !== undefined) open[char]++
    const opener = openerOf[char]
    if (opener !== undefined) open[opener]!--
  }
  for (; end > from; end--) {
    const last = text.charAt(end - 1)
    const opener = openerOf[last]
    if (opener !== undefined && open[opener]! < 0) open[opener]!++
    else if (!trailing.has(last)) break
  }
  return end
}

/** Only http and https, only with a host, and never with a name and password in front of it. */
function webAddress(text: string): string | null {
  const url = URL.parse(text)
  if (!url || url.hostname === '' || url.username !== '' || url.password !== '') return null
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null
}
