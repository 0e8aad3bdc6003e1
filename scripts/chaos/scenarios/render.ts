/** Texts made to be slow, and thousands of mixed ones: checking and rendering each must take no time to speak of. */

import * as v from 'valibot'
import { piecesOf } from '../../../client/ui/links.ts'
import { body } from '../../../src/fields.ts'
import { hostileTexts, mixedText } from '../hostile-texts.ts'
import type { Scenario } from '../stage.ts'

/** ms for one text. */
const MOST = 20
/** A machine that is busy elsewhere may stop us in the middle: the best of so many times counts. */
const TIMES = 3
/** ms that need not be measured again. */
const FAST = 2

export const render: Scenario = {
  about: 'texts of 16 KiB made to be slow, and mixed ones (rounds: mixed ones)',
  promises: 'R35',
  size: { rounds: 10_000, seconds: 0 },
  async run(stage) {
    const worst = { page: 0, server: 0 }
    let texts = 0
    const hold = (text: string) => {
      texts += 1
      const page = timeOf(() => piecesOf(text))
      const server = timeOf(() => v.safeParse(body, text))
      worst.page = Math.max(worst.page, page)
      worst.server = Math.max(worst.server, server)
      const shown = JSON.stringify(text.slice(0, 40))
      stage.expect(page <= MOST, 'R35', `the page takes ${page.toFixed(1)} ms for ${shown}…`)
      stage.expect(server <= MOST, 'R35', `the server takes ${server.toFixed(1)} ms for ${shown}…`)
    }
    for (const text of hostileTexts()) hold(text)
    stage.say(
      `${texts} texts made to be slow: page ${worst.page.toFixed(1)} ms at most, server ${worst.server.toFixed(1)}`,
    )
    for (let n = 0; n < stage.size.rounds; n += 1) hold(mixedText(stage.random))
    stage.figure('texts', texts)
    stage.figure('slowest for the page, ms', worst.page.toFixed(2))
    stage.figure('slowest for the server, ms', worst.server.toFixed(2))
  },
}

/** ms, of the best of a few times; the first is enough when it is fast. */
function timeOf(work: () => unknown): number {
  let best = Number.POSITIVE_INFINITY
  for (let n = 0; n < TIMES && best > FAST; n += 1) {
    const began = performance.now()
    work()
    best = Math.min(best, performance.now() - began)
  }
  return best
}
