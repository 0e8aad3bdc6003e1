/** The process that makes the load: takes a job as its one argument, prints an outcome as JSON. It starts no server. */

import * as v from 'valibot'
import { flood } from './flood.ts'
import { idle } from './idle.ts'
import type { Job, Outcome } from './job.ts'
import { job } from './job.ts'
import { pace } from './pace.ts'
import { single } from './single.ts'
import { turns } from './turns.ts'

const wanted = v.parse(job, JSON.parse(process.argv[2] ?? 'null'))
console.log(JSON.stringify(await perform(wanted)))
process.exit(0)

function perform(wanted: Job): Promise<Outcome> {
  switch (wanted.do) {
    case 'flood':
      return flood(wanted)
    case 'pace':
      return pace(wanted)
    case 'single':
      return single(wanted)
    case 'turns':
      return turns(wanted)
    case 'idle':
      return idle(wanted)
  }
}
