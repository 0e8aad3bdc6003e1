/** All tasks of the command, by name. */

import { backupTask } from './backup.ts'
import { checkTask } from './check.ts'
import { restoreTask } from './restore.ts'
import type { Task } from './task.ts'

const all: Task[] = [backupTask, restoreTask, checkTask]

export const tasks: ReadonlyMap<string, Task> = new Map(all.map((task) => [task.name, task]))

/** For the help: `backup FILE   Write everything …`. */
export const taskRows = all.map(({ name, wants, help }): [string, string] => [
  wants === null ? name : `${name} ${wants}`,
  help,
])
