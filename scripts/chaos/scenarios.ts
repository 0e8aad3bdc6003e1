/** The registry of scenarios by name. */

import { backup } from './scenarios/backup.ts'
import { clock, freeze } from './scenarios/clock.ts'
import { crash } from './scenarios/crash.ts'
import { damage } from './scenarios/damage.ts'
import { disk } from './scenarios/disk.ts'
import { flood } from './scenarios/flood.ts'
import { forget } from './scenarios/forget.ts'
import { full } from './scenarios/full.ts'
import { herd } from './scenarios/herd.ts'
import { kill } from './scenarios/kill.ts'
import { model } from './scenarios/model.ts'
import { network } from './scenarios/network.ts'
import { power, proof } from './scenarios/power.ts'
import { reads } from './scenarios/reads.ts'
import { render } from './scenarios/render.ts'
import { reread } from './scenarios/reread.ts'
import { reset } from './scenarios/reset.ts'
import { restore } from './scenarios/restore.ts'
import { resume } from './scenarios/resume.ts'
import { retry } from './scenarios/retry.ts'
import { rubbish } from './scenarios/rubbish.ts'
import { slow } from './scenarios/slow.ts'
import { soak } from './scenarios/soak.ts'
import { stall } from './scenarios/stall.ts'
import { term } from './scenarios/term.ts'
import { trace } from './scenarios/trace.ts'
import type { Scenario } from './stage.ts'

export const scenarios: Readonly<Record<string, Scenario>> = {
  kill,
  power,
  proof,
  trace,
  retry,
  reset,
  resume,
  model,
  reread,
  network,
  slow,
  reads,
  stall,
  rubbish,
  flood,
  full,
  render,
  disk,
  crash,
  damage,
  restore,
  backup,
  forget,
  clock,
  freeze,
  term,
  herd,
  soak,
}
