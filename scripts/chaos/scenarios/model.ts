/** People change a room in all ways while their connections break: in the end all devices, the server and a model agree. */

import type { SyncFrame } from '../../../src/protocol.ts'
import type { Random } from '../../../test/support/random.ts'
import { insist } from '../insist.ts'
import type { Member } from '../member.ts'
import type { Plain } from '../replica.ts'
import { Replica } from '../replica.ts'
import { startServer } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import { until } from '../stage.ts'
import type { Answer } from '../wire.ts'
import { Workload } from '../workload.ts'

const PEOPLE = 8
/** Of the operations, those before which the connection of somebody breaks. */
const BREAKS = 0.1
const EMOJI = ['👍', '🎉', '😮', '❤️']
/** Newest messages that people react to and pin, few enough that they meet; and own ones that they edit and delete. */
const RECENT = 10
const OWN = 40

export const model: Scenario = {
  about: 'every kind of change, with connections that break, against a model (rounds: operations)',
  promises: 'R10',
  size: { rounds: 10_000, seconds: 0 },
  async run(stage) {
    const server = await startServer({ data: stage.folder() })
    stage.atEnd(() => server.kill('SIGKILL'))
    const load = { writers: 1, observers: 0, rooms: 1, rate: 0, isPlain: true, comeBack: 5 }
    const workload = await new Workload(stage, { port: server.port, ...load }).begin()
    const [room = ''] = workload.rooms
    const [owner] = workload.writers
    const wish = new Wish()
    const people: Person[] = []
    for (let n = 0; n < PEOPLE; n += 1) {
      const replica = new Replica()
      const member = await workload.member(`person${n}`)
      member.onSync = (frame: SyncFrame) => frame.room === room && replica.hear(frame)
      people.push(new Person(stage, wish, { member, replica, room, code: owner!.codes.get(room) ?? '' }))
    }
    let left = stage.size.rounds
    const live = async (person: Person) => {
      await person.come()
      while (left > 0) {
        left -= 1
        if (stage.random.chance(BREAKS)) stage.random.pick(people).device.member.breakOff()
        await person.act()
        if (left > 0 && left % 1000 === 0)
          stage.say(`${stage.size.rounds - left} operations, ${wish.done} of them done`)
      }
      await person.come()
    }
    await Promise.all(people.map(live))
    const whole = await readWhole(owner!, room)
    const late = () => people.filter(({ device }) => device.replica.rev < whole.rev).length
    stage.expect(await until(() => late() === 0, 10_000), 'R10', `${late()} devices did not catch up`)
    for (const { device, name } of people) {
      for (const what of device.replica.differences(whole).slice(0, 3))
        stage.expect(false, 'R10', `for ${name}, ${what}`)
      stage.expect(device.replica.gaps === 0, 'R10', `${name} was told with ${device.replica.gaps} gaps`)
    }
    for (const what of wish.differences(whole, people).slice(0, 10)) stage.expect(false, 'R10', what)
    const sum = (of: (person: Person) => number) => people.reduce((all, person) => all + of(person), 0)
    stage.figure('operations', stage.size.rounds)
    stage.figure('of them done', wish.done)
    stage.figure(
      'connections lost',
      sum(({ device }) => device.member.counts.lost),
    )
    stage.figure('fresh windows', sum(({ device }) => device.replica.resets) - PEOPLE)
    stage.figure('records in the end', whole.records.size)
  },
}

/** What should be, as the answers say. */
class Wish {
  done = 0
  readonly messages = new Map<string, { by: string; body: string }>()
  /** Message and person, and the emoji. */
  readonly reactions = new Map<string, Set<string>>()
  /** What was wanted last; two at one rev cannot be told apart, so that both may be. */
  readonly pins = new Map<string, { rev: number; may: Set<boolean> }>()
  /** Newest last. */
  readonly recent: string[] = []

  pin(message: string, isOn: boolean, rev: number): void {
    const before = this.pins.get(message)
    if (!before || rev > before.rev) this.pins.set(message, { rev, may: new Set([isOn]) })
    else if (rev === before.rev) before.may.add(isOn)
  }

  pinned(random: Random): string | null {
    const pinned = [...this.pins].filter(([, { may }]) => may.has(true))
    return pinned.length > 0 ? random.pick(pinned)[0] : null
  }

  differences(whole: Replica, people: readonly Person[]): string[] {
    const found: string[] = []
    const hold = (isSame: boolean, what: string) =>
      void (isSame || found.push(`${what} is not what was done`))
    const messages = new Map(whole.all('message').map((record) => [record.id, record]))
    hold(messages.size === this.messages.size, `the number of messages, ${messages.size},`)
    const pinned = new Set(whole.all('pin').map(({ id }) => id))
    for (const [id, { by, body }] of this.messages) {
      const is = messages.get(id)
      hold(is?.body === body && is.by === by, `message ${id}, ${JSON.stringify(is)},`)
      hold(this.pins.get(id)?.may.has(pinned.has(id)) ?? !pinned.has(id), `the pin of ${id}`)
      pinned.delete(id)
      for (const { device } of people) {
        const key = `${id}.${device.member.options.person}`
        const emoji = whole.records.get(`reaction/${key}`)?.emoji
        const wanted = [...(this.reactions.get(key) ?? [])].sort().join()
        hold((Array.isArray(emoji) ? emoji.toSorted().join() : '') === wanted, `reaction ${key}`)
      }
    }
    hold(pinned.size === 0, 'a pin on a message that is gone')
    const inside = whole.all('member').filter(({ left }) => left === null)
    hold(whole.all('room')[0]?.people === inside.length, 'the number of people')
    for (const { device, name } of people)
      hold(inside.find(({ id }) => id === device.member.options.person)?.name === name, `the name ${name}`)
    return found
  }
}

interface Device {
  member: Member
  replica: Replica
  room: string
  code: string
}

/** Does one thing after the other, and each until it is answered. */
class Person {
  readonly device: Device
  name = ''
  #isIn = false
  #made = 0
  #reacted = ''
  readonly #own: string[] = []
  readonly #stage: Stage
  readonly #wish: Wish

  constructor(stage: Stage, wish: Wish, device: Device) {
    this.#stage = stage
    this.#wish = wish
    this.device = device
  }

  async come(): Promise<void> {
    const { member, room, code } = this.device
    if (this.#isIn) return
    await this.#do({ t: 'room.join', code })
    this.#isIn = true
    await this.#rename()
    // Known from before: what was missed meanwhile comes, too.
    while ((await member.open(room, this.device.replica.rev)).kind !== 'ok') await member.connected()
  }

  async act(): Promise<void> {
    if (!this.#isIn) return this.come()
    const { random } = this.#stage
    const { recent } = this.#wish
    const dice = random.next()
    const message = recent.length > 0 ? random.pick(recent) : null
    if (dice < 0.4 || message === null) return this.#send()
    if (dice < 0.5) return this.#edit()
    if (dice < 0.58) return this.#remove()
    if (dice < 0.8) {
      // On the same one more often than not, so that one person's reactions to it meet.
      if (random.chance(0.3) || !this.#wish.messages.has(this.#reacted)) this.#reacted = message
      return this.#react(this.#reacted, random.pick(EMOJI), random.chance(0.6))
    }
    if (dice < 0.9) return this.#pin(message, true)
    if (dice < 0.94) return this.#pin(this.#wish.pinned(random) ?? message, false)
    return dice < 0.97 ? this.#rename() : this.#leave()
  }

  async #send(): Promise<void> {
    const { person, ear } = this.device.member.options
    const id = `${ear}-${++this.#made}`
    const body = `text ${this.#made}`
    await this.#do({ t: 'message.send', id, body })
    this.#wish.messages.set(id, { by: person, body })
    this.#own.push(id)
    if (this.#wish.recent.push(id) > RECENT) this.#wish.recent.shift()
    if (this.#own.length > OWN) this.#own.shift()
  }

  async #edit(): Promise<void> {
    const [id, body] = [this.#pickOwn(), `edited ${++this.#made}`]
    if (id === null) return
    await this.#do({ t: 'message.edit', id, body })
    this.#wish.messages.set(id, { by: this.device.member.options.person, body })
  }

  async #remove(): Promise<void> {
    const id = this.#pickOwn()
    if (id === null) return
    await this.#do({ t: 'message.delete', id })
    this.#wish.messages.delete(id)
    this.#own.splice(this.#own.indexOf(id), 1)
  }

  async #react(message: string, emoji: string, isOn: boolean): Promise<void> {
    const answer = await this.#do({ t: isOn ? 'reaction.add' : 'reaction.remove', message, emoji }, [
      'not_found',
    ])
    const key = `${message}.${this.device.member.options.person}`
    const chosen = this.#wish.reactions.get(key) ?? new Set()
    this.#wish.reactions.set(key, chosen)
    if (answer.kind === 'ok' && isOn) chosen.add(emoji)
    else if (answer.kind === 'ok') chosen.delete(emoji)
  }

  async #pin(message: string, isOn: boolean): Promise<void> {
    const answer = await this.#do({ t: isOn ? 'pin.add' : 'pin.remove', message }, ['not_found', 'limit'])
    if (answer.kind === 'ok') this.#wish.pin(message, isOn, Number(Reflect.get(answer.data, 'rev')))
  }

  async #rename(): Promise<void> {
    this.name = `${this.device.member.options.ear} ${++this.#made}`
    await this.#do({ t: 'member.rename', name: this.name })
  }

  async #leave(): Promise<void> {
    this.#isIn = false
    // Asked again after it was done, it is not found.
    await this.#do({ t: 'room.leave' }, ['not_found'])
    this.device.member.forget(this.device.room)
  }

  #pickOwn(): string | null {
    return this.#own.length > 0 ? this.#stage.random.pick(this.#own) : null
  }

  async #do(frame: { t: string; [field: string]: unknown }, mayBe: string[] = []): Promise<Answer> {
    const answer = await insist(this.device.member, { room: this.device.room, ...frame })
    const isWell = answer.kind === 'ok' || (answer.kind === 'no' && mayBe.includes(answer.code))
    this.#stage.expect(isWell, 'R10', `${JSON.stringify(frame)} was answered ${JSON.stringify(answer)}`)
    if (answer.kind === 'ok') this.#wish.done += 1
    return answer
  }
}

/** As somebody sees it who comes just now and looks at every page. Names follow a moment later, so it waits for quiet. */
async function readWhole(reader: Member, room: string): Promise<Replica> {
  for (let rev = -1; ; ) {
    const whole = new Replica()
    reader.onSync = (frame) => frame.room === room && whole.hear(frame)
    await reader.open(room)
    for (let before: number | undefined; ; ) {
      const { records, more } = await page(reader, { t: 'message.history', room, before, limit: 200 })
      whole.merge(records)
      if (!more) break
      before = Math.min(...records.filter(isOfTimeline).map(({ born }) => born))
    }
    whole.merge((await page(reader, { t: 'member.list', room })).records)
    if (whole.rev === rev) return whole
    rev = whole.rev
  }
}

const isOfTimeline = ({ type }: Plain) => type === 'message' || type === 'notice'

async function page(reader: Member, frame: object): Promise<{ records: Plain[]; more: boolean }> {
  const answer = await insist(reader, frame)
  if (answer.kind !== 'ok') throw new Error(`a page was refused: ${JSON.stringify(answer)}`)
  return answer.data as { records: Plain[]; more: boolean }
}
