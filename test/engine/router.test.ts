import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineDefaults } from '../../src/engine/settings.ts'
import { LOBBY } from '../../src/state/records.ts'
import { mint, parlour } from '../support/parlour.ts'

test('[P6] what is not a frame is answered bad_frame, under its ref where that can be made out', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  for (const [text, ref] of [
    ['', null],
    ['{', null],
    ['null', null],
    ['[]', null],
    ['"hi"', null],
    ['{}', null],
    ['{"t":7,"ref":3}', 3],
    ['{"t":"beat","ref":-1}', null],
    ['{"t":"beat","ref":"1"}', null],
    ['{"t":"beat","ref":1.5}', null],
    [`{"t":${'['.repeat(5000)}${']'.repeat(5000)},"ref":4}`, 4],
  ] as const) {
    const before = ada.heard.length
    ada.say(text)
    const no = ada.heard[before] ?? (await ada.find((frame) => ada.heard.indexOf(frame) >= before))
    assert.ok(
      no.t === 'no' && no.code === 'bad_frame' && no.ref === ref,
      `${text.slice(0, 40)} → ${JSON.stringify(no)}`,
    )
  }
})

test('[P6] unknown frames are refused, and those of the server itself look unknown', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  for (const name of [
    'nonsense',
    '__proto__',
    'constructor',
    'room.vanish',
    'room.forget',
    'member.named',
    'record.expire',
  ])
    assert.equal(
      await ada.refused(name, { room: LOBBY, user: 'x', name: 'x', keys: [] }),
      'unknown_frame',
      name,
    )
})

test('[P6] unknown fields are dropped, and wrong ones named', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const id = mint()
  await ada.ok('message.send', { room: LOBBY, id, body: 'hi', by: 'eve', at: 0, __proto__: { x: 1 } })
  const { records } = await ada.query('message.get', { room: LOBBY, ids: [id] })
  const message = records.find((record) => record.type === 'message')
  assert.ok(message?.type === 'message' && message.by === ada.id)
  for (const [fields, complaint] of [
    [{ room: LOBBY, id: mint() }, 'body: missing'],
    [{ room: LOBBY, id: mint(), body: 7 }, 'body: text wanted'],
    [{ room: LOBBY, id: mint(), body: ' \n' }, 'body: some visible text wanted'],
    [{ room: LOBBY, id: mint(), body: '\u202e\u200b' }, 'body: some visible text wanted'],
    [{ room: LOBBY, id: mint(), body: 'a\0b' }, 'body: well-formed Unicode without NUL wanted'],
    [{ room: LOBBY, id: mint(), body: 'x'.repeat(10_001) }, 'body: at most 10000 characters wanted'],
    [{ room: LOBBY, id: mint(), body: '👪'.repeat(5_000) }, 'body: at most 16384 bytes wanted'],
    [{ room: LOBBY, id: 'a b', body: 'hi' }, 'id: 8 to 64 letters, digits, - or _ wanted'],
    [{ room: LOBBY, id: mint(), body: 'hi', ttl: 5 }, 'ttl: at least 1000 wanted'],
    [{ room: [], id: mint(), body: 'hi' }, 'room: text wanted'],
  ] as const) {
    const no = await ada.ask('message.send', fields)
    assert.ok(no.t === 'no' && no.code === 'bad_frame')
    assert.equal(no.why, complaint)
  }
})

test('a lone surrogate is no well-formed text', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  ada.say(`{"t":"message.send","ref":99,"room":"${LOBBY}","id":"${mint()}","body":"\\ud800"}`)
  const no = await ada.find((frame) => frame.t === 'no' && frame.ref === 99)
  assert.ok(no.t === 'no' && no.why.startsWith('body: well-formed'))
})

test('[X4] ten messages at once, then two a second; the answer says when to come again', async (t) => {
  const { seat, clock } = await parlour(t, {
    settings: {
      rate: {
        person: { burst: 10, perSecond: 2 },
        address: { burst: 1000, perSecond: 1000 },
        light: { burst: 100, perSecond: 50 },
        lightByAddress: { burst: 5000, perSecond: 1000 },
        names: { burst: 10, perSecond: 0.1 },
      },
    },
  })
  const ada = await seat('ada')
  const send = () => ada.ask('message.send', { room: LOBBY, id: mint(), body: 'spam' })
  const answers = []
  for (let n = 0; n < 11; n++) answers.push(await send())
  assert.deepEqual(answers.map((answer) => answer.t).join(), `${'ok,'.repeat(10)}no`)
  const no = answers[10]
  assert.ok(no?.t === 'no' && no.code === 'too_fast' && no.retry === 500)
  clock.advance(500)
  assert.equal((await send()).t, 'ok')
  assert.equal((await send()).t, 'no')
})

test('[X4] ten names at once, then one in ten seconds; one that is taken costs nothing', async (t) => {
  const rate = engineDefaults.rate && { ...engineDefaults.rate, person: { burst: 1000, perSecond: 1000 } }
  const { seat, clock } = await parlour(t, { settings: { rate } })
  const [ada] = [await seat('ada'), await seat('bob')]
  const rename = (name: string) => ada.ask('member.rename', { name })
  for (let n = 0; n < 20; n++) {
    const no = await rename('bob')
    assert.ok(no.t === 'no' && no.code === 'taken')
  }
  for (let n = 0; n < 10; n++) assert.equal((await rename(`ada ${n}`)).t, 'ok')
  const no = await rename('one more')
  assert.ok(no.t === 'no' && no.code === 'too_fast' && no.retry === 10_000)
  await ada.ok('message.send', { room: LOBBY, id: mint(), body: 'words are another matter' })
  clock.advance(10_000)
  assert.equal((await rename('one more')).t, 'ok')
  assert.equal((await rename('and another')).t, 'no')
})

test('[X4] all frames of a person together are limited too, on whatever connection', async (t) => {
  const { seat, again } = await parlour(t, {
    settings: {
      rate: {
        person: { burst: 10, perSecond: 2 },
        address: { burst: 1000, perSecond: 1000 },
        light: { burst: 5, perSecond: 1 },
        lightByAddress: { burst: 5000, perSecond: 1000 },
        names: { burst: 10, perSecond: 0.1 },
      },
    },
  })
  const ada = await seat('ada')
  const phone = await again(ada.id)
  for (let n = 0; n < 5; n++) await ada.ok('beat')
  assert.equal(await phone.refused('beat'), 'too_fast')
})

test('[S10] wrong codes are limited by person, right ones are not counted, and all look the same', async (t) => {
  const { seat, clock } = await parlour(t, { settings: { codeTries: { person: 3, address: 300 } } })
  const [ada, eve] = [await seat('ada'), await seat('eve')]
  const room = mint()
  await ada.ok('room.create', { room, name: 'Private' })
  await ada.open(room)
  const record = ada.syncs(room)[0]?.put.find((put) => put.type === 'room')
  assert.ok(record?.type === 'room' && record.code)
  assert.match(record.code, /^[0-9A-HJKMNP-TV-Z]{10}$/)
  for (let n = 0; n < 5; n++) await ada.ok('room.join', { code: record.code })
  for (let n = 0; n < 3; n++)
    assert.equal(await eve.refused('room.join', { code: '0000000000' }), 'not_found')
  assert.equal(await eve.refused('room.join', { code: record.code }), 'too_fast')
  clock.advance(20 * 60_000 + 1)
  const spoken = `${record.code.slice(0, 5).toLowerCase()} - ${record.code.slice(5)}`
  assert.equal((await eve.ok('room.join', { code: spoken })).room, room)
})

test('a connection with 32 frames unanswered is not read any further until half are answered', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const answers = Array.from({ length: 40 }, () => ada.ask('message.history', { room: LOBBY }))
  assert.equal(ada.link.isPaused, true)
  await Promise.all(answers)
  assert.equal(ada.link.isPaused, false)
})

test('above 2,000 frames that wait for the store the answer is busy', async (t) => {
  const { seat } = await parlour(t, { settings: { queueFrames: 5 } })
  const ada = await seat('ada')
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => ada.ask('message.send', { room: LOBBY, id: mint(), body: 'hi' })),
  )
  const codes = answers.map((answer) => (answer.t === 'no' ? answer.code : 'ok'))
  assert.deepEqual(codes, [...Array(5).fill('ok'), ...Array(5).fill('busy')])
})

test('nobody can be in more rooms than the limit says', async (t) => {
  const { seat } = await parlour(t, { settings: { roomsPerPerson: 3 } })
  const ada = await seat('ada')
  await ada.ok('room.create', { room: mint(), name: 'One' })
  const second = mint()
  await ada.ok('room.create', { room: second, name: 'Two' })
  assert.equal(await ada.refused('room.create', { room: mint(), name: 'Three' }), 'limit')
  await ada.ok('room.leave', { room: second })
  await ada.ok('room.create', { room: mint(), name: 'Three' })
})

test('[R27] all frames of an address together are limited too, whoever sends them', async (t) => {
  const { seat } = await parlour(t, {
    settings: {
      rate: {
        person: { burst: 10, perSecond: 2 },
        address: { burst: 1000, perSecond: 1000 },
        light: { burst: 100, perSecond: 1 },
        lightByAddress: { burst: 5, perSecond: 1 },
        names: { burst: 10, perSecond: 0.1 },
      },
    },
  })
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  for (let n = 0; n < 5; n++) await ada.ok('beat')
  assert.equal(await bob.refused('beat'), 'too_fast')
})

test('[S10] a class that joins with the right code at once is not taken for somebody who guesses', async (t) => {
  const { seat } = await parlour(t, { settings: { codeTries: { person: 3, address: 5 } } })
  const ada = await seat('ada')
  const room = mint()
  await ada.ok('room.create', { room, name: 'Class' })
  await ada.open(room)
  const record = ada.syncs(room)[0]?.put.find((put) => put.type === 'room')
  assert.ok(record?.type === 'room')
  const pupils = await Promise.all(Array.from({ length: 20 }, (_, n) => seat(`pupil${n}`)))
  await Promise.all(pupils.map((pupil) => pupil.ok('room.join', { code: record.code })))
  const wrong = await Promise.all(pupils.map((pupil) => pupil.refused('room.join', { code: '0000000000' })))
  assert.equal(wrong.filter((code) => code === 'not_found').length, 5)
  assert.equal(wrong.filter((code) => code === 'too_fast').length, 15)
})

test('[X4] coming and going counts against the rate of writing, because each leaves a notice', async (t) => {
  const { seat } = await parlour(t, {
    settings: {
      rate: {
        person: { burst: 3, perSecond: 1 },
        address: { burst: 1000, perSecond: 1000 },
        light: { burst: 100, perSecond: 50 },
        lightByAddress: { burst: 1000, perSecond: 1000 },
        names: { burst: 10, perSecond: 0.1 },
      },
    },
  })
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const room = mint()
  await ada.ok('room.create', { room, name: 'Club' })
  await ada.open(room)
  const record = ada.syncs(room)[0]?.put.find((put) => put.type === 'room')
  const code = record?.type === 'room' ? record.code : null
  await bob.ok('room.join', { code })
  await bob.ok('room.leave', { room })
  await bob.ok('room.join', { code })
  assert.equal(await bob.refused('room.leave', { room }), 'too_fast')
})
