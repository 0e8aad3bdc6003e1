/** The body of a test message: who sent it and as which of theirs, padded to a size. It never reads anything else. */

export interface Stamp {
  sender: number
  seq: number
}

/** Shorter bodies would cut off the stamp. */
export const SMALLEST = 40

/** `run` keeps the messages of two load tests in one room apart. `size` in characters. */
export function writeStamp(run: string, { sender, seq }: Stamp, size: number): string {
  return `load ${run} ${sender} ${seq} `.padEnd(size, 'all work and no play makes jack a dull boy ')
}

/** `null` for a message that is not of this run. */
export function readStamp(run: string, body: string): Stamp | null {
  const [word, of, sender, seq] = body.split(' ', 4)
  if (word !== 'load' || of !== run || !isCount(sender) || !isCount(seq)) return null
  return { sender: Number(sender), seq: Number(seq) }
}

const isCount = (text: string | undefined): text is string => text !== undefined && /^\d{1,9}$/.test(text)
