/** `parlour restore FILE`: a backup in the place of what is there, which is kept. The server must be stopped. */

import { restore } from '../store/backup.ts'
import type { Task } from './task.ts'

export const restoreTask: Task = {
  name: 'restore',
  wants: 'FILE',
  help: 'Put a backup in the place of all data; stop the server first',
  async run(file, database, say) {
    const { rooms, records, kept } = await restore(file, database)
    say(`${database} holds ${rooms} rooms with ${records} records again.`)
    if (kept !== null) say(`What was there before is in ${kept}; remove it when you are sure.`)
    return 0
  },
}
