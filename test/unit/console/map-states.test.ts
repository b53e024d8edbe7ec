import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countsOf, letterAt, letterOf, stripOf, worstOf } from '../../../src/console/pages/preheat/map/states.ts'

const none = { f: 0, c: 0, r: 0, q: 0, w: 0, h: 0, '.': 0 }
const asLetters = (ranks: Uint8Array): string => [...ranks].map(letterOf).join('')

test('tasks are counted by state, and what is no letter of ours counts as no task', () => {
  assert.deepEqual(countsOf(['wwf', 'qr.', 'hcw']), { f: 1, c: 1, r: 1, q: 1, w: 3, h: 1, '.': 1 })
  assert.deepEqual(countsOf(['w?é']), { ...none, w: 1, '.': 2 })
  assert.deepEqual(countsOf([]), none)
})

test('a cell has its letter, and one outside of the map has no task', () => {
  const rows = ['wf', 'q.']
  assert.equal(letterAt(rows, { peer: 1, blob: 0 }), 'f')
  assert.equal(letterAt(rows, { peer: 0, blob: 1 }), 'q')
  assert.equal(letterAt(rows, { peer: 2, blob: 0 }), '.')
  assert.equal(letterAt(rows, { peer: 0, blob: 2 }), '.')
})

for (const [column, worst] of [
  ['wfr', 'f'],
  ['crq', 'c'],
  ['qrw', 'r'],
  ['wqh', 'q'],
  ['hw.', 'w'],
  ['.h.', 'h'],
  ['...', '.'],
] as const)
  test(`a peer with ${column} is shown as ${worst}`, () => {
    assert.equal(asLetters(worstOf(column.split(''), 1)), worst)
  })

test('where peers share a line of the strip the worst of them is seen, and none is left out', () => {
  const order = Array.from({ length: 1000 }, (_, n) => n)
  for (const failing of [0, 1, 499, 998, 999]) {
    const worst = worstOf([order.map((n) => (n === failing ? 'f' : 'w')).join('')], 1000)
    const strip = asLetters(stripOf(order, worst, 300))
    assert.equal(strip.indexOf('f'), Math.floor((failing * 300) / 1000))
  }
})

test('on a strip with more lines than peers each has several, in the order that they are shown in', () => {
  const worst = worstOf(['wfq'], 3)
  assert.equal(asLetters(stripOf([1, 0, 2], worst, 6)), 'ffwwqq')
})
