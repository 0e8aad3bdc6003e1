/** `npm run bench -- --only growth`: measures all three series, draws them, and puts them into the document. */

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Patience } from './calm.ts'
import { section, writeSection } from './document.ts'
import type { Extent } from './growth.ts'
import { history, members, rooms } from './growth.ts'
import { growthPicture } from './growth-picture.ts'
import { growthSection } from './growth-section.ts'

const docs = new URL('../../docs/', import.meta.url)

const quick = {
  members: [10, 100],
  rooms: [1, 10],
  history: [10, 10_000],
  rounds: 1,
  warmUp: 300,
  measure: 700,
}
const whole = {
  members: [10, 100, 1000, 10_000],
  rooms: [1, 10, 100, 1000, 10_000],
  history: [10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000],
  rounds: 3,
  warmUp: 1500,
  measure: 3000,
}
/** Ten million messages may take so long to write, ms. */
const FILL = 900_000

/** A quick run writes nothing. */
export async function grow(isQuick: boolean, patience: Patience): Promise<void> {
  const extent: Extent = { ...(isQuick ? quick : whole), fill: FILL, patience }
  const all = [await members(extent), await rooms(extent), await history(extent)]
  const text = growthSection(all)
  console.log(text)
  if (isQuick) return
  writeFileSync(fileURLToPath(new URL('growth.svg', docs)), growthPicture(all, 'How Parlour grows'))
  const file = fileURLToPath(new URL('performance.md', docs))
  writeSection(file, 'growth', section(text, 'npm run bench -- --only growth', new Date()))
}
