import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countText, namesText, noticeText, plural, typingText, withoutField } from '../../client/ui/words.ts'

test('[P5] who is typing is said in one sentence', () => {
  assert.equal(typingText([]), '')
  assert.equal(typingText(['Ada']), 'Ada is typing')
  assert.equal(typingText(['Ada', 'Bob']), 'Ada and Bob are typing')
  assert.equal(typingText(['Ada', 'Bob', 'Cal']), 'Ada, Bob, and Cal are typing')
  assert.equal(typingText(['Ada', 'Bob', 'Cal', 'Eve']), 'Several people are typing')
})

test('[P2] notices are sentences', () => {
  const notice = { type: 'notice', id: 'n', user: 'u', name: 'Ada', was: null, at: 0 } as const
  assert.equal(noticeText([{ ...notice, event: 'created' }]), 'Ada made this room')
  assert.equal(noticeText([{ ...notice, event: 'joined' }]), 'Ada joined')
  assert.equal(noticeText([{ ...notice, event: 'left' }]), 'Ada left')
  assert.equal(noticeText([{ ...notice, event: 'renamed', was: 'Bob' }]), 'Bob is now Ada')
})

test('[P2] many who come are one sentence, with the latest of them and nobody twice', () => {
  const came = (name: string) =>
    ({ type: 'notice', id: `n${name}`, event: 'joined', user: name, name, was: null, at: 0 }) as const
  assert.equal(noticeText([came('Ada'), came('Bob'), came('Ada')]), 'Ada and Bob joined')
  const many = ['Bob', 'Cal', 'Eve', 'Fay', 'Gus'].map(came)
  assert.equal(noticeText([came('Ada'), ...many]), 'Gus, Fay, Eve, and 3 more joined')
})

test('long lists of names are cut, counts stop at 99', () => {
  assert.equal(namesText(['Ada', 'Bob', 'Cal'], 2), 'Ada, Bob, and 1 more')
  assert.equal(countText(99), '99')
  assert.equal(countText(100), '99+')
  assert.equal(plural(1, 'person', 'people'), '1 person')
  assert.equal(plural(0, 'person', 'people'), '0 people')
})

test('a refusal is said without the name of the field', () => {
  assert.equal(withoutField('name: 1 to 40 characters wanted'), '1 to 40 characters wanted')
  assert.equal(withoutField('body: some visible text wanted'), 'Some visible text wanted')
  assert.equal(withoutField('You are muted.'), 'You are muted.')
})
