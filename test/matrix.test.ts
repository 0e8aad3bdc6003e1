/** Who may what: every frame, by everybody, everywhere. A frame without a row fails. HTTP: net/route-matrix.test.ts. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { sendable } from '../scripts/schema/client-frames.ts'
import { frames } from '../src/features/index.ts'
import type { ErrorCode, NoFrame, OkFrame } from '../src/protocol.ts'
import { deskOf, LOBBY } from '../src/state/records.ts'
import type { Seat } from './support/parlour.ts'
import { mint, parlour } from './support/parlour.ts'

/** Seen from the club: eve has nothing to do with it, bob is in it, ada made it, dan was in it and left. */
const everybody = ['stranger', 'member', 'owner', 'left'] as const
type Who = (typeof everybody)[number]

/** `club`: the room in question. `own`: one that oneself made. `desk`: somebody else's. `nowhere`: no such room. */
const everywhere = ['club', 'own', 'lobby', 'desk', 'nowhere'] as const
type Where = (typeof everywhere)[number]

type Outcome = 'ok' | ErrorCode
type Outcomes = Record<Where, Outcome | Record<Who, Outcome>>

/** A room, and a message that is in it, if it has any. */
interface Target {
  room: string
  message: string
}
interface Row extends Outcomes {
  fields(target: Target): object
}

const always: Outcomes = { club: 'ok', own: 'ok', lobby: 'ok', desk: 'ok', nowhere: 'ok' }
const inside: Outcomes = {
  club: { stranger: 'not_found', member: 'ok', owner: 'ok', left: 'not_found' },
  own: 'ok',
  lobby: 'ok',
  desk: 'not_found',
  nowhere: 'not_found',
}
/** The message of the club and that of the lobby are the owner's. */
const onOwnMessage: Outcomes = {
  ...inside,
  club: { stranger: 'not_found', member: 'forbidden', owner: 'ok', left: 'not_found' },
  lobby: { stranger: 'forbidden', member: 'forbidden', owner: 'ok', left: 'forbidden' },
}

const room = ({ room }: Target) => ({ room })
const message = ({ room, message }: Target) => ({ room, message })

const rows: Record<string, Row> = {
  beat: { ...always, fields: () => ({}) },
  'member.list': { ...inside, fields: room },
  'member.rename': { ...always, fields: () => ({ name: `Someone ${mint()}` }) },
  'message.delete': { ...onOwnMessage, fields: ({ room, message }) => ({ room, id: message }) },
  'message.edit': { ...onOwnMessage, fields: ({ room, message }) => ({ room, id: message, body: 'else' }) },
  'message.get': { ...inside, fields: ({ room, message }) => ({ room, ids: [message] }) },
  'message.history': { ...inside, fields: room },
  'message.send': { ...inside, fields: ({ room }) => ({ room, id: mint(), body: 'hi' }) },
  'pin.add': { ...inside, fields: message },
  'pin.remove': { ...inside, fields: message },
  'reaction.add': { ...inside, fields: (target) => ({ ...message(target), emoji: '👍' }) },
  'reaction.remove': { ...inside, fields: (target) => ({ ...message(target), emoji: '👍' }) },
  'read.mark': { ...always, fields: ({ room }) => ({ room, rev: 1 }) },
  'room.close': { ...always, fields: room },
  'room.create': {
    fields: ({ room }) => ({ room, name: 'Club' }),
    // For its maker it is a resend. That an id is in use is told, because ids are minted by clients.
    club: { stranger: 'conflict', member: 'conflict', owner: 'ok', left: 'conflict' },
    own: 'ok',
    lobby: 'bad_frame',
    desk: 'bad_frame',
    nowhere: 'ok',
  },
  // By id. By code: below.
  'room.join': {
    fields: room,
    club: 'not_found',
    own: 'not_found',
    lobby: 'ok',
    desk: 'not_found',
    nowhere: 'not_found',
  },
  'room.leave': { ...inside, lobby: 'forbidden', fields: room },
  'room.open': { ...inside, fields: room },
  typing: { ...inside, fields: room },
}

test('[S1] every frame has its row', () => {
  assert.deepEqual(Object.keys(rows).sort(), [...sendable.keys()].sort())
})

for (const [name, row] of Object.entries(rows)) {
  test(`[S1] who may ${name}, and where`, async (t) => {
    const town = await settle(t)
    for (const who of everybody) {
      const refusals = new Map<Where, NoFrame>()
      for (const where of everywhere) {
        const { club, at } = await town.build(who)
        const before = await town.revOf(club)
        const seat = town.seats[who]
        const heard = seat.heard.length
        const answer = await seat.ask(name, row.fields(at[where]))
        const wanted = row[where]
        assert.equal(codeOf(answer), typeof wanted === 'string' ? wanted : wanted[who], `${who} ${where}`)
        if (answer.t === 'ok') continue
        refusals.set(where, answer)
        assert.equal(await town.revOf(club), before, `${who} ${where}: the club was changed`)
        assert.doesNotMatch(JSON.stringify(seat.heard.slice(heard)), /secret/, `${who} ${where}: was told`)
      }
      for (const [where, refusal] of refusals)
        if (refusal.code === 'not_found')
          assert.deepEqual(sightOf(refusal), sightOf(refusals.get('nowhere')), where)
    }
  })
}

test('[P11] the frames of the server itself do not exist for anybody', async (t) => {
  const { seats, build } = await settle(t)
  const { club } = await build('owner')
  const own = [...frames.values()].filter((spec) => !sendable.has(spec.name)).map((spec) => spec.name)
  assert.ok(own.length > 0)
  for (const who of everybody) {
    const unheard = await seats[who].ask('no.such.frame')
    for (const name of [...own, 'record.expire']) {
      const fields = { room: club, user: seats.owner.id, name: 'x', keys: [] }
      const answer = await seats[who].ask(name, fields)
      assert.deepEqual({ ...answer, ref: 0 }, { ...unheard, ref: 0 }, `${who} ${name}`)
    }
  }
})

test('[S1] the ids of a foreign room open nothing in a room of one’s own', async (t) => {
  const town = await settle(t)
  const { at } = await town.build('stranger')
  const { stranger, owner } = town.seats
  const mixed = { room: at.own.room, message: at.club.message }
  const found = await stranger.query('message.get', { room: mixed.room, ids: [mixed.message] })
  assert.deepEqual(found.records, [])
  const people = await stranger.query('member.list', { room: mixed.room, ids: [owner.id] })
  assert.deepEqual(people.records, [])
  for (const name of ['message.edit', 'message.delete', 'pin.add', 'reaction.add']) {
    const fields = rows[name]!
    const foreign = await stranger.ask(name, fields.fields(mixed))
    const unknown = await stranger.ask(name, fields.fields({ room: mixed.room, message: mint() }))
    assert.equal(codeOf(foreign), 'not_found', name)
    assert.deepEqual(sightOf(foreign), sightOf(unknown), name)
  }
})

test('[S1] a code lets a stranger in, and one who left; a wrong one looks like any other wrong one', async (t) => {
  const town = await settle(t)
  for (const who of ['stranger', 'left'] as const) {
    const { club, code } = await town.build(who)
    const seat = town.seats[who]
    const wrong = await seat.ask('room.join', { code: '0000000000' })
    const byId = await seat.ask('room.join', { room: club })
    assert.deepEqual(sightOf(wrong), sightOf(byId))
    const joined = await seat.ok('room.join', { code })
    assert.equal(joined.room, club)
    await seat.open(club)
  }
})

test('[S1] who has left hears nothing more, though the room was open', async (t) => {
  const town = await settle(t)
  const { club } = await town.build('member')
  const { member, owner } = town.seats
  await member.open(club)
  await member.ok('room.leave', { room: club })
  const heard = member.heard.length
  await owner.ok('message.send', { room: club, id: mint(), body: 'a secret among those who stayed' })
  await owner.ok('typing', { room: club })
  await member.ok('beat')
  town.clock.advance(200)
  await member.ok('beat')
  assert.doesNotMatch(JSON.stringify(member.heard.slice(heard)), new RegExp(club))
})

/** Four people, and a fresh club for each cell of the table, because many frames change it. */
async function settle(t: TestContext) {
  const { seat, store, clock } = await parlour(t, { settings: { roomsPerPerson: 10_000 } })
  const seats: Record<Who, Seat> = {
    owner: await seat('ada'),
    member: await seat('bob'),
    left: await seat('dan'),
    stranger: await seat('eve'),
  }
  const say = async (by: Seat, room: string): Promise<Target> => {
    const message = mint()
    await by.ok('message.send', { room, id: message, body: 'a secret' })
    return { room, message }
  }
  const make = async (by: Seat): Promise<string> => {
    const room = mint()
    await by.ok('room.create', { room, name: 'Club' })
    return room
  }
  const build = async (who: Who) => {
    const club = await make(seats.owner)
    const code: string = JSON.parse((await store.load(club, ['room']))?.rows[0]?.body ?? '{}').code
    for (const guest of [seats.member, seats.left]) await guest.ok('room.join', { code })
    await seats.left.ok('room.leave', { room: club })
    const inClub = await say(seats.owner, club)
    const another = who === 'owner' ? seats.member : seats.owner
    const at: Record<Where, Target> = {
      club: inClub,
      own: await say(seats[who], await make(seats[who])),
      lobby: await say(seats.owner, LOBBY),
      desk: { ...inClub, room: deskOf(another.id) },
      nowhere: { ...inClub, room: mint() },
    }
    return { club, code, at }
  }
  const revOf = async (room: string) => (await store.load(room, []))?.rev
  return { seats, build, revOf, clock }
}

const codeOf = (answer: OkFrame | NoFrame): Outcome => (answer.t === 'ok' ? 'ok' : answer.code)
/** What a refusal shows of itself. */
const sightOf = (answer: OkFrame | NoFrame | undefined) => ({ ...answer, ref: 0 })
