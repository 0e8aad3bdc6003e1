/**
 * Which rooms rest. Telling a thousand people costs the same for one message as for a hundred, so a room with a crowd
 * decides nothing while it is told of a commit, nor, when many spoke at once, for a while afterwards: the answers that this
 * calls forth are then one batch. Once all are there nobody need wait for the end of it (`Turn.isComplete`). It only keeps
 * the times; it starts no timer.
 */

/** What a fan-out must cost for its room to rest; ms. */
const LONG = 1
/** The longest rest, ms: what a message may wait for others to come along with. */
const LONGEST = 10
/** Commands of one batch after which the rest is as long as that; after fewer it is shorter, after one next to nothing. */
const MANY = 32
/** How much of a new measurement goes into the cost of one write, and of how many writes it must be for that. */
const WEIGHT = 0.1
const SAMPLE = 100

export class Rests {
  /** Rooms by id, until when; ms of the monotonic clock. Without end while they are still being told. */
  readonly #until = new Map<string, number>()
  /** How long those who are being told will rest; ms. */
  readonly #telling = new Map<string, number>()
  /** What one write costs, as measured so far; ms. */
  #cost = 0.005

  /** A commit of so many commands of the room is about to be told to so many connections. */
  begin(room: string, receivers: number, commands: number): void {
    const cost = receivers * this.#cost
    if (cost <= LONG) return
    this.#telling.set(room, Math.min(cost, LONGEST) * Math.min(1, commands / MANY))
    this.#until.set(room, Number.POSITIVE_INFINITY)
  }

  /** So many connections were written to, from `start` to `end`. Whether rooms are done telling with it. */
  told(connections: number, start: number, end: number): boolean {
    const weight = WEIGHT * Math.min(1, connections / SAMPLE)
    if (connections > 0) this.#cost += weight * ((end - start) / connections - this.#cost)
    if (this.#telling.size === 0) return false
    for (const [room, until] of this.#until) if (until <= end) this.#until.delete(room)
    for (const [room, rest] of this.#telling) this.#until.set(room, end + rest)
    this.#telling.clear()
    return true
  }

  /** How long the room rests from now on, ms; 0: it does not. */
  of(room: string, now: number): number {
    return Math.max(0, (this.#until.get(room) ?? 0) - now)
  }
}
