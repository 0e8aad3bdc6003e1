/** The bench writes its table between two marks, and touches nothing else. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { replaceSection, table } from '../../scripts/bench/document.ts'

describe('the document of the bench', () => {
  it('keeps what stands around the marks', () => {
    const text = '# Title\n\n<!-- bench -->\nold\n<!-- /bench -->\n\nIdeas\n'
    assert.equal(
      replaceSection(text, 'bench', 'new'),
      '# Title\n\n<!-- bench -->\nnew\n<!-- /bench -->\n\nIdeas\n',
    )
  })

  it('puts the marks at the end of a text without them', () => {
    assert.equal(
      replaceSection('# Title\n', 'bench', 'new'),
      '# Title\n\n<!-- bench -->\nnew\n<!-- /bench -->\n',
    )
  })

  it('says which figures were reached, which missed, and what went wrong', () => {
    const row = {
      what: 'A: speed',
      ours: '4',
      bare: '2',
      ratio: '2 ×',
      wanted: '≥ 1 ×',
      notes: ['ours: 3 gaps'],
    }
    const text = table([
      { ...row, isReached: true },
      { ...row, isReached: false, mark: 'reached, missed', notes: [], than: 'raw `net`' },
      { ...row, isReached: false, notes: [] },
    ])
    assert.match(text, /\| 2 \(bare `ws`\) \| 2 × +\| ≥ 1 × +\| reached +\|/)
    assert.match(text, /\| 2 \(raw `net`\) +\| 2 × +\| ≥ 1 × +\| reached, missed \|/)
    assert.match(text, /\| missed +\|/)
    assert.match(text, /- A: ours: 3 gaps/)
  })
})
