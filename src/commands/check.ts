/** `parlour check`: reads the whole data folder and says what is wrong with it. It repairs nothing. */

import { checkUp, sizesOf } from '../store/checkup.ts'
import type { Task } from './task.ts'

export const checkTask: Task = {
  name: 'check',
  wants: null,
  help: 'Read all data and say whether it is whole; exit code 1 if not',
  async run(_none, database, say) {
    const [size, journal] = sizesOf(database).map((bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`)
    say(`${database}: ${size}, journal ${journal}`)
    const findings = checkUp(database)
    for (const { what, problem } of findings)
      say(problem === null ? `  ok  ${what}` : `  NO  ${what}: ${problem}`)
    const wrong = findings.filter(({ problem }) => problem !== null).length
    say(wrong === 0 ? 'Everything is whole.' : `${wrong} of ${findings.length} are wrong.`)
    return wrong === 0 ? 0 : 1
  },
}
