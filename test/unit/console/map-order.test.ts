import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSame, nextFailed, orderOf } from '../../../src/console/pages/preheat/map/order.ts'
import { worstOf } from '../../../src/console/pages/preheat/map/states.ts'

const peers = ['node-10', 'node-2', 'Edge-1', 'node-1'].map((hostname, n) => ({
  id: hostname,
  cluster_id: 1,
  hostname,
  ip: `10.0.0.${n}`,
  address: '',
  location: '',
}))
const rows = ['wwwf', 'wfww']
const worst = worstOf(rows, peers.length)
const names = (order: readonly number[]): readonly string[] => order.map((n) => peers[n]?.hostname ?? '')

test('peers are in the order of the plan, those that failed first, or by name with numbers as numbers', () => {
  const by = (order: 'given' | 'failed' | 'name') => names(orderOf(peers, worst, { order, filter: '' }))
  assert.deepEqual(by('given'), ['node-10', 'node-2', 'Edge-1', 'node-1'])
  assert.deepEqual(by('failed'), ['node-2', 'node-1', 'node-10', 'Edge-1'])
  assert.deepEqual(by('name'), ['Edge-1', 'node-1', 'node-2', 'node-10'])
})

test('a part of the hostname or of the ip leaves the peers that have it, in capitals or not', () => {
  const like = (filter: string) => names(orderOf(peers, worst, { order: 'given', filter }))
  assert.deepEqual(like(' EDGE '), ['Edge-1'])
  assert.deepEqual(like('0.0.1'), ['node-2'])
  assert.deepEqual(like('nobody'), [])
})

test('the same order is known again', () => {
  assert.ok(isSame([1, 2], [1, 2]))
  assert.ok(!isSame([1, 2], [2, 1]))
  assert.ok(!isSame([1], [1, 2]))
})

test('the next failed task is found line by line as shown, and from the top after the last', () => {
  const order = [1, 0, 3]
  const first = nextFailed(rows, order, undefined)
  assert.deepEqual(first, { peer: 1, blob: 1 })
  const second = nextFailed(rows, order, first)
  assert.deepEqual(second, { peer: 3, blob: 0 })
  assert.deepEqual(nextFailed(rows, order, second), first)
  assert.deepEqual(nextFailed(rows, [3], second), second)
  assert.equal(nextFailed(rows, [0], undefined), undefined)
  assert.equal(nextFailed([], [], undefined), undefined)
})

test('from a peer that is not shown any more the search begins at the top', () => {
  assert.deepEqual(nextFailed(rows, [1, 3], { peer: 0, blob: 1 }), { peer: 1, blob: 1 })
  assert.deepEqual(nextFailed(rows, [3, 1], { peer: 0, blob: 1 }), { peer: 3, blob: 0 })
})

test('from a peer that is not shown any more the last task is looked at too, and none that is not shown', () => {
  assert.deepEqual(nextFailed(rows, [1], { peer: 0, blob: 0 }), { peer: 1, blob: 1 })
  assert.equal(nextFailed(['f', 'w'], [1], { peer: 0, blob: 0 }), undefined)
})
