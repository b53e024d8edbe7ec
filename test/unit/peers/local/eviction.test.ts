// Which items have to go.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseVictims } from '../../../../src/peers/local/eviction.ts'

const items = [
  ['oldest', { bytes: 10 }],
  ['old', { bytes: 20 }],
  ['new', { bytes: 30 }],
] as const

const rows = [
  { name: 'nothing goes when nothing is needed', toFree: 0, pinned: [], gives: [] },
  { name: 'nothing goes when there is room to spare', toFree: -5, pinned: [], gives: [] },
  { name: 'the oldest goes first', toFree: 10, pinned: [], gives: ['oldest'] },
  { name: 'no more go than needed', toFree: 11, pinned: [], gives: ['oldest', 'old'] },
  { name: 'what may not go is passed over', toFree: 10, pinned: ['oldest'], gives: ['old'] },
  { name: 'everything may have to go', toFree: 60, pinned: [], gives: ['oldest', 'old', 'new'] },
  { name: 'what cannot fit evicts nothing', toFree: 61, pinned: [], gives: undefined },
  { name: 'what fits only without the pinned evicts nothing', toFree: 45, pinned: ['old'], gives: undefined },
] as const

for (const { name, toFree, pinned, gives } of rows) {
  test(name, () => {
    const mayGo = (key: string) => !(pinned as readonly string[]).includes(key)
    assert.deepEqual(chooseVictims(items, mayGo, toFree), gives)
  })
}

test('no more is looked at than needed', () => {
  function* endless(): Generator<readonly [string, { readonly bytes: number }]> {
    for (let place = 0; ; place++) yield [`item ${place}`, { bytes: 1 }]
  }
  assert.deepEqual(
    chooseVictims(endless(), () => true, 2),
    ['item 0', 'item 1'],
  )
})
