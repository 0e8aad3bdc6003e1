/** `parlour backup FILE`: one whole file with everything in it, also while the server runs. It overwrites nothing. */

import { backup } from '../store/backup.ts'
import type { Task } from './task.ts'

export const backupTask: Task = {
  name: 'backup',
  wants: 'FILE',
  help: 'Write everything into one file, also while the server runs',
  async run(file, database, say) {
    const { rooms, records } = await backup(database, file)
    say(`${file} holds ${rooms} rooms with ${records} records, and was read through.`)
    return 0
  },
}
