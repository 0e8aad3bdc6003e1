/** Each fsync and each byte to a socket is witnessed: nobody may be told, and no `ok` be given, before it has returned. */

import { join } from 'node:path'
import { makeLibrary } from '../library.ts'
import type { Scenario, Stage } from '../stage.ts'
import { until } from '../stage.ts'
import type { Testimony } from '../tracer.ts'
import { readTrace } from '../tracer.ts'
import { Workload } from '../workload.ts'

/** What messages of the workload are called. */
const ID = /writer\d+-\d+-\d{6}/
/** Messages of the run that must show violations, so that none means something. */
const PROOF = 100

export const trace: Scenario = {
  about: 'the order of fsync, sync and ok, as a witness in the process sees it (rounds: messages)',
  promises: 'R3',
  size: { rounds: 10_000, seconds: 0 },
  async run(stage) {
    const library = makeLibrary('trace', (end) => stage.atEnd(end))
    if ('missing' in library) {
      stage.verdict.skipped = library.missing
      return
    }
    const full = await witness(stage, library.path, 'full', stage.size.rounds)
    stage.say(`full: ${full.acknowledged} acknowledged, ${full.violations.length} too early`)
    for (const violation of full.violations.slice(0, 10)) stage.expect(false, 'R3', violation)
    stage.expect(full.acknowledged >= stage.size.rounds, 'R3', `only ${full.acknowledged} were witnessed`)
    const normal = await witness(stage, library.path, 'normal', PROOF)
    stage.say(`normal: ${normal.acknowledged} acknowledged, ${normal.violations.length} too early`)
    stage.expect(normal.violations.length > 0, 'checker', 'with --synchronous normal nothing was too early')
    stage.figure('acknowledged', full.acknowledged)
    stage.figure('told to somebody', full.told)
    stage.figure('fsyncs of the journal', full.fsyncs)
    stage.figure('too early', full.violations.length)
    stage.figure('too early with --synchronous normal, as it must be', normal.violations.length)
  },
}

async function witness(
  stage: Stage,
  library: string,
  synchronous: string,
  messages: number,
): Promise<Testimony> {
  const file = join(stage.folder(), 'trace')
  const env = { LD_PRELOAD: library, PARLOUR_TRACE: file }
  const server = await stage.server({ data: stage.folder(), flags: ['--synchronous', synchronous], env })
  const load = { writers: 4, observers: 3, rooms: 1, rate: 1500, isPlain: true }
  const workload = await new Workload(stage, { port: server.port, ...load }).begin()
  workload.run()
  stage.expect(await until(() => workload.ok >= messages, 120_000), 'R3', 'the messages were not answered')
  workload.pause()
  await Promise.all(workload.members.map((member) => member.idle()))
  await server.kill('SIGTERM')
  for (const member of workload.members) member.close()
  return readTrace(file, ID)
}
