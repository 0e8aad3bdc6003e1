/**
 * The traffic of all scenarios: people who write, edit, delete, read, come and go in a few rooms, and one who belongs
 * to none and tries all doors. Everything is written down; nothing is judged here.
 */

import { check } from './checker.ts'
import type { Membership } from './history.ts'
import { Member } from './member.ts'
import type { Stage } from './stage.ts'
import { within } from './stage.ts'
import { logIn } from './wire.ts'

export interface WorkloadOptions {
  /** Of the server, for logging in. */
  port: number
  /** Where members connect; absent: to the server. */
  dial?: () => number
  writers: number
  observers: number
  rooms: number
  /** Operations per second, all writers together. */
  rate: number
  pipeline?: number
  /** Unanswered operations of one writer above which it pauses; absent: 64. */
  backlog?: number
  comeBack?: number
  /** Bytes of a body at most. */
  size?: number
  /** Only messages: no edits, deletions, coming and going. */
  isPlain?: boolean
}

/** ms between two beats in which operations are handed out. */
const BEAT = 10
/** Own messages a writer remembers to edit or delete. */
const REMEMBERED = 20

export class Workload {
  readonly rooms: string[] = []
  readonly writers: Member[] = []
  readonly observers: Member[] = []
  readonly #stage: Stage
  readonly #options: WorkloadOptions
  readonly #own = new Map<Member, { room: string; id: string }[]>()
  #timer: NodeJS.Timeout | null = null
  #debt = 0
  #beatAt = 0
  #wanderer: Member | null = null
  #stays = new Map<string, Membership>()
  #isWandering = false
  #eve: Member | null = null

  constructor(stage: Stage, options: WorkloadOptions) {
    this.#stage = stage
    this.#options = options
  }

  get members(): Member[] {
    return [...this.writers, ...this.observers]
  }
  get ok(): number {
    return this.members.reduce((sum, { counts }) => sum + counts.ok, 0)
  }
  get lastOk(): number {
    return Math.max(...this.members.map(({ lastOk }) => lastOk))
  }

  /** Logs everybody in, makes the rooms, and has all in them. */
  async begin(): Promise<this> {
    const { writers, observers, rooms } = this.#options
    const all = (ear: string, many: number) =>
      Promise.all(Array.from({ length: many }, (_, n) => this.member(`${ear}${n}`)))
    const [owners, others] = await Promise.all([all('writer', writers), all('observer', observers)])
    this.writers.push(...owners)
    this.observers.push(...others)
    const [owner] = this.writers
    if (!owner) throw new Error('a workload needs a writer')
    for (let n = 0; n < rooms; n += 1) await this.#found(owner, `room${n}-${this.#stage.size.seed}xx`)
    this.#eve = await this.member('eve')
    if (!this.#options.isPlain) {
      this.#wanderer = await this.member('cal')
      for (const room of this.rooms) await this.enter(this.#wanderer, room)
    }
    return this
  }

  /** Somebody who is logged in and connected, but in no room; or the same person as another, on a device of their own. */
  async member(ear: string, like?: Member): Promise<Member> {
    const { port, dial, pipeline = 8, comeBack = 20 } = this.#options
    const { history, random, size } = this.#stage
    const name = `${ear}-${size.seed}`
    const ticket = like?.options ?? (await logIn(port, name))
    const member = new Member({
      ...ticket,
      history,
      random,
      ear: name,
      pipeline,
      comeBack,
      port: dial ?? (() => port),
    })
    this.#stage.atEnd(() => member.close())
    await member.start()
    return member
  }

  /** By its code, then open. */
  async enter(member: Member, room: string): Promise<Membership> {
    const stay = this.#stage.history.enter(member.options.person, room)
    const code = this.writers[0]?.codes.get(room)
    const answer = await member.ask({ t: 'room.join', code })
    if (answer.kind === 'no') throw new Error(`nobody may come in: ${answer.code}`)
    await member.open(room)
    if (member === this.#wanderer) this.#stays.set(room, stay)
    return stay
  }

  run(): void {
    this.#beatAt = performance.now()
    this.#timer ??= setInterval(() => this.#beat(), BEAT)
  }

  pause(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Stops, waits until all is answered, reads everything, and has it judged. */
  async finish(patience = 60_000): Promise<void> {
    this.pause()
    const all = Promise.all(this.members.map((member) => member.idle()))
    if ((await within(patience, all)) === 'late') {
      const waiting = this.members.reduce((sum, member) => sum + member.waiting, 0)
      this.#stage.expect(false, 'P1', `${waiting} operations had no answer after ${patience / 1000} s`)
    }
    await this.#caughtUp(patience)
    const [reader] = this.writers
    const end = performance.now() + patience
    for (const room of this.rooms) {
      let isRead = false
      for (let tries = 0; tries < 20 && !isRead && performance.now() < end; tries += 1) {
        await within(patience, reader!.connected())
        isRead = await reader!.look(room)
      }
      this.#stage.expect(isRead, 'R9', `${room} cannot be read`)
    }
    const { history, verdict } = this.#stage
    verdict.faults = check(history)
    this.#stage.figure('acknowledged', history.operations.filter(({ outcome }) => outcome === 'ok').length)
    this.#stage.figure('readings', history.readings.length)
  }

  /** Everybody who has a room open has heard its last. */
  async #caughtUp(patience: number): Promise<void> {
    const end = performance.now() + patience
    for (const room of this.rooms) {
      const isBehind = () => new Set(this.members.map((member) => member.revOf(room))).size > 1
      while (isBehind() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
      this.#stage.expect(!isBehind(), 'R8', `not everybody caught up in ${room}`)
    }
  }

  async #found(owner: Member, room: string): Promise<void> {
    this.#stage.history.enter(owner.options.person, room)
    await owner.ask({ t: 'room.create', room, name: room })
    await owner.open(room)
    if (!owner.codes.has(room)) throw new Error(`${room} was not made`)
    this.rooms.push(room)
    await Promise.all(this.members.map((member) => member !== owner && this.enter(member, room)))
  }

  #beat(): void {
    const { rate } = this.#options
    const now = performance.now()
    // By the time that passed: on a busy machine beats come late, and are as much as all those that did not come.
    this.#debt = Math.min(this.#debt + (rate * (now - this.#beatAt)) / 1000, Math.max(100, rate / 10))
    this.#beatAt = now
    for (; this.#debt >= 1; this.#debt -= 1) this.#act()
  }

  #act(): void {
    const { random } = this.#stage
    const writer = random.pick(this.writers)
    if (writer.waiting >= (this.#options.backlog ?? 64)) return
    const room = random.pick(this.rooms)
    const dice = random.next()
    if (this.#options.isPlain || dice < 0.88) this.#write(writer, room)
    else if (dice < 0.92) this.#change(writer)
    else if (dice < 0.98) void random.pick(this.members).look(room, false)
    else if (dice < 0.99) this.#tryDoors(room)
    else void this.#wander(room)
  }

  #write(writer: Member, room: string): void {
    const { random } = this.#stage
    const id = writer.send(room, 'x'.repeat(random.below(this.#options.size ?? 200)))
    const own = this.#own.get(writer) ?? []
    this.#own.set(writer, own)
    if (own.push({ room, id }) > REMEMBERED) own.shift()
  }

  #change(writer: Member): void {
    const own = this.#own.get(writer)
    if (!own || own.length === 0) return
    const { random } = this.#stage
    const at = random.below(own.length)
    const { room, id } = own[at]!
    if (random.chance(0.6)) writer.edit(room, id, 'edited')
    else {
      own.splice(at, 1)
      writer.remove(room, id)
    }
  }

  /** Eve knows the id of the room, but is not in it: whatever she is told is written down as read. */
  #tryDoors(room: string): void {
    void this.#eve?.open(room)
    void this.#eve?.look(room)
  }

  async #wander(room: string): Promise<void> {
    const cal = this.#wanderer
    if (!cal || this.#isWandering) return
    this.#isWandering = true
    const stay = this.#stays.get(room)
    if (stay) {
      const answer = await cal.ask({ t: 'room.leave', room })
      // Without an answer nobody knows; it is asked again.
      if (answer.kind !== 'gone') {
        stay.to = this.#stage.history.now()
        this.#stays.delete(room)
        cal.forget(room)
      }
    } else await this.enter(cal, room).catch(() => undefined)
    this.#isWandering = false
  }
}
