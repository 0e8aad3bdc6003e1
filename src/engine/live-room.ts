/**
 * A room at work: its queue, and the turn that takes what has queued up, decides it, has it stored, and only then
 * moves memory and tells. It knows no feature by name, no socket and no SQL.
 */

import type { Outcome, Permit, Want } from '../feature.ts'
import { refuse } from '../feature.ts'
import { Draft } from '../state/draft.ts'
import type { Key, Rank } from '../state/records.ts'
import { keyOf } from '../state/records.ts'
import { Room } from '../state/room.ts'
import { encodeBatch } from './batch.ts'
import type { CommitResult, Loaded } from './ports.ts'
import { Queue } from './queue.ts'
import { noteRow, wholeTypes } from './rows.ts'
import type { Reply, RoomHost, Task } from './task.ts'

/**
 * What is kept in memory besides `whole` records: of the timeline, what is likely to be sent again or reacted to at
 * once (older ones are read when they are wanted, and memory stays flat however much is said); and the people.
 */
const MOST_RECENT = 64
const MOST_PEOPLE = 2_000
/** By how many entries a room grows at least before it is trimmed, and how many absences are remembered. */
const SLACK = 128
/** The same as a share of the room, because to trim one is to look at all of it. */
const SLACK_SHARE = 1 / 8
/** How often a batch is decided again when the store knew better. */
const MOST_TRIES = 5

const ranks: readonly Rank[] = ['member', 'owner']
const notFound = refuse('not_found', 'There is no such room, or you are not in it.')
const unavailable = refuse('unavailable', 'The message store does not answer. Nothing was saved.', 2000)

export class LiveRoom {
  readonly id: string
  readonly room: Room
  /** Grows with each use of any room: tells which was used last. */
  usedAt = 0
  readonly #host: RoomHost
  readonly #queue = new Queue()
  #isBusy = false
  #isLoaded = false
  #isDropped = false
  #at = 0
  /** Tasks of the last batch, which call forth others, and those that waited when it was told. */
  #underWay = 0
  /** So many tasks at the head of the queue are decided one by one. */
  #apart = 0
  /** Keys and messages whose absence, or whose hanging records, are known. Only a memory of what was asked. */
  #asked: Set<string> | null = null
  /** Entries at which the room is trimmed; grows with the people in it. */
  #trimAt = MOST_RECENT + SLACK

  constructor(host: RoomHost, id: string) {
    this.#host = host
    this.id = id
    this.room = new Room(id)
  }

  enqueue(task: Task): void {
    this.#queue.add(task)
    if (this.#isBusy) return
    if (this.#queue.length === 1) this.#host.tick.room(this)
    else if (this.isComplete) this.#host.tick.complete()
  }

  get isComplete(): boolean {
    return this.#queue.length >= this.#underWay || this.#queue.isFull
  }

  get isIdle(): boolean {
    return !this.#isBusy && this.#queue.length === 0
  }

  /** The room with its `whole` records; rejects when the store does. */
  async loaded(): Promise<Room> {
    if (!this.#isLoaded) this.#take(await this.#host.store.load(this.id, wholeTypes))
    return this.room
  }

  /** Takes what has queued up. Never two at once. */
  turn(): void {
    if (this.#isBusy || this.#isDropped || this.#queue.length === 0) return
    this.#isBusy = true
    this.#prepare(this.#queue.take(this.#apart > 0), 0)
  }

  /** Learns what the tasks want to know; without a wait when that is known already. */
  #prepare(tasks: Task[], tries: number): void {
    if (!this.#isLoaded) {
      this.loaded().then(
        () => this.#prepare(tasks, tries),
        (error) => this.#fail(tasks, error),
      )
      return
    }
    const { keys, hosts } = this.#unknown(tasks)
    if (keys.length === 0 && hosts.length === 0) return this.#decide(tasks, tries)
    this.#host.store.read(this.id, keys, hosts).then(
      (rows) => {
        for (const row of rows) noteRow(this.room, row)
        this.#asked ??= new Set()
        for (const asked of [...keys, ...hosts]) this.#asked.add(asked)
        this.#decide(tasks, tries)
      },
      (error) => this.#fail(tasks, error),
    )
  }

  #unknown(tasks: readonly Task[]): { keys: Key[]; hosts: string[] } {
    const keys = new Set<Key>()
    const hosts = new Set<string>()
    const want = (wanted: Want) => {
      if (typeof wanted !== 'string') {
        if (!this.#asked?.has(wanted.hangingOn)) hosts.add(wanted.hangingOn)
      } else if (!this.#asked?.has(wanted) && !this.room.entry(wanted)) keys.add(wanted)
    }
    for (const { command, fields, actor } of tasks) {
      if (command.rules.permit !== 'system') want(keyOf('member', actor.id))
      if (command.rules.reads) for (const wanted of command.rules.reads(fields, actor)) want(wanted)
    }
    return { keys: [...keys], hosts: [...hosts] }
  }

  #decide(tasks: Task[], tries: number): void {
    const draft = new Draft(this.room)
    const now = this.#host.clock.now()
    const moment = this.#host.moment(Math.max(this.#at, now), now)
    const replies: Reply[] = []
    for (const [index, task] of tasks.entries()) {
      if (draft.erased) {
        this.#queue.putBack(tasks.splice(index))
        break
      }
      replies.push(this.#run(draft, task, moment))
    }
    if (draft.rev === draft.from) {
      for (const [index, task] of tasks.entries()) task.settle(replies[index] ?? unavailable)
      return this.#rest()
    }
    const encoded = encodeBatch(draft, moment.at, (user) => this.#host.isNewAuthor(user))
    const work = { tasks, replies, tries, draft, encoded, at: moment.at }
    const { tick, meter, clock } = this.#host
    const start = clock.elapsed()
    const stored = tick.storing()
    this.#host.store.commit(encoded.batch, (result) => {
      meter.batch.observe(tasks.length)
      meter.commit.observe((clock.elapsed() - start) / 1000)
      this.#committed(result, work)
      stored()
    })
  }

  #run(draft: Draft, task: Task, moment: ReturnType<RoomHost['moment']>): Reply {
    try {
      const outcome =
        this.#permits(draft, task) ?? task.command.rules.run(draft, task.fields, task.actor, moment)
      return settled(draft, outcome)
    } catch (error) {
      this.#host.log.error('a command failed', { frame: task.command.name, room: this.id, error })
      return refuse('internal', 'Something went wrong here. It has been written down.')
    }
  }

  /** Membership and rank, inside the turn: a change just before counts. `null`: go on. */
  #permits(draft: Draft, { command, actor }: Task): Outcome | null {
    const { permit } = command.rules
    if (permit === 'anyone' || permit === 'system') return null
    if (command.rules.in === 'desk') return null
    const member = draft.get('member', actor.id)
    if (!member || member.left !== null) return notFound
    return isAtLeast(member.rank, permit) ? null : refuse('forbidden', 'You may not do this here.')
  }

  #committed(result: CommitResult, work: Work): void {
    const { tasks, replies, draft, encoded } = work
    switch (result.kind) {
      case 'failed':
        return this.#fail(tasks, result.error)
      case 'stale':
        return this.#again(result, work)
      case 'full':
        return this.#full(tasks)
      case 'done':
    }
    this.#at = work.at
    // There is space again.
    if (this.#apart > 0 && encoded.batch.rows.some(({ body }) => body !== null)) this.#apart = 0
    if (draft.erased) {
      this.#host.erased(this)
      for (const [index, task] of tasks.entries()) task.settle(replies[index] ?? unavailable)
      return this.#drop()
    }
    this.room.apply(encoded.commit)
    // A tombstone keeps whose it was and when, also of what came and went in this very batch.
    for (const one of draft.touched()) if (!one.record) this.room.note(one.key, one)
    this.#underWay = tasks.length + this.#queue.length
    this.#host.committed(encoded, result.jobs)
    for (const [index, task] of tasks.entries()) task.settle(replies[index] ?? unavailable)
    this.#rest()
  }

  /** The store knew records, or a rev, that memory did not: decide again, knowing them. */
  #again(result: Extract<CommitResult, { kind: 'stale' }>, { tasks, tries }: Work): void {
    if (tries >= MOST_TRIES) return this.#fail(tasks, new Error(`stale ${tries} times`))
    for (const row of result.rows) noteRow(this.room, row)
    if (result.rev !== this.room.rev)
      return this.#fail(tasks, new Error(`store at ${result.rev}, memory at ${this.room.rev}`))
    this.#prepare(tasks, tries + 1)
  }

  /** What fits shall not be refused because of what it shared a batch with: each by itself, in the same order. */
  #full(tasks: readonly Task[]): void {
    if (this.#apart === 0) this.#host.log.error('the disk is full', { room: this.id, tasks: tasks.length })
    const [first, ...others] = tasks
    if (first && others.length === 0) {
      first.settle(unavailable)
      return this.#rest()
    }
    this.#queue.putBack(tasks)
    this.#rest()
    this.#apart = tasks.length
  }

  /** A room that is not there, and has nothing to do, need not be remembered: anybody can make up an id. */
  #rest(): void {
    this.#isBusy = false
    if (this.#apart > 0) this.#apart -= 1
    this.#forget()
    if (this.#queue.length > 0) this.#host.tick.room(this)
    else if (this.room.rev === 0) this.#drop()
  }

  /** Keeps what is known within bounds, also when it is only asked and nothing ever changes. */
  #forget(): void {
    if (this.room.size < this.#trimAt && (this.#asked?.size ?? 0) < SLACK) return
    this.#asked = null
    if (this.room.size < this.#trimAt) return
    this.room.trim(MOST_RECENT, MOST_PEOPLE)
    const kept = Math.max(MOST_RECENT, this.room.size)
    this.#trimAt = kept + Math.max(SLACK, kept * SLACK_SHARE)
  }

  /** Nobody was shown anything. The room is forgotten, and loaded afresh by whoever asks next. */
  #fail(tasks: readonly Task[], error: unknown): void {
    this.#host.log.error('a batch was not stored', { room: this.id, tasks: tasks.length, error })
    for (const task of tasks) task.settle(unavailable)
    this.#drop()
  }

  /** What still waits goes to the room's successor. */
  #drop(): void {
    this.#isDropped = true
    this.#host.drop(this, this.#queue.drain())
  }

  #take(loaded: Loaded | null): void {
    if (this.#isLoaded) return
    this.#isLoaded = true
    if (!loaded) return
    for (const row of loaded.rows) noteRow(this.room, row)
    this.room.rev = loaded.rev
    this.#at = loaded.at
  }
}

interface Work {
  tasks: Task[]
  replies: Reply[]
  tries: number
  draft: Draft
  encoded: ReturnType<typeof encodeBatch>
  at: number
}

function settled(draft: Draft, outcome: Outcome): Reply {
  if (!Array.isArray(outcome)) return outcome
  if (outcome.length > 0) draft.apply(outcome)
  return { kind: 'kept', rev: draft.rev }
}

function isAtLeast(rank: Rank, wanted: Exclude<Permit, 'anyone' | 'system'>): boolean {
  return ranks.indexOf(rank) >= ranks.indexOf(wanted)
}
