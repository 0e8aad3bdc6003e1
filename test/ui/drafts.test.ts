import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { draftOf, forgetDrafts, keepDraft } from '../../client/ui/drafts.ts'
import { SmallStorage } from './small-storage.ts'

beforeEach(() => SmallStorage.install())

test('[M8] a room keeps what was begun in it until it is sent or wiped out', () => {
  keepDraft('study', 'dear diary')
  keepDraft('attic', 'who is there')
  assert.equal(draftOf('study'), 'dear diary')
  keepDraft('study', ' \n')
  assert.equal(draftOf('study'), '')
  assert.equal(draftOf('attic'), 'who is there')
})

test('[M8] of a hundred drafts the one that was touched longest ago makes room for a new one', () => {
  for (let room = 1; room <= 100; room++) keepDraft(`room-${room}`, 'begun')
  keepDraft('room-1', 'begun again')
  keepDraft('room-101', 'new')
  assert.equal(draftOf('room-101'), 'new')
  assert.equal(draftOf('room-1'), 'begun again')
  assert.equal(draftOf('room-2'), '')
  assert.equal(draftOf('room-3'), 'begun')
})

test('[M8] who comes after finds no draft', () => {
  keepDraft('study', 'dear diary')
  forgetDrafts()
  assert.equal(draftOf('study'), '')
  assert.deepEqual(Object.keys(localStorage), [])
})
