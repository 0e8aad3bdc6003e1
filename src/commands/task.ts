/** What the command can do besides serving: one word, perhaps a file, an exit code. */

export interface Task {
  name: string
  /** What stands after the name; `null`: nothing. */
  wants: 'FILE' | null
  help: string
  /** `file` is absolute, or empty for a task that wants none; `database` is that of the data folder. Rejects with one line. */
  run(file: string, database: string, say: (line: string) => void): Promise<0 | 1>
}
