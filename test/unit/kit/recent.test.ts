import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Recent } from '../../../src/kit/recent.ts'

test('recent: of more than it may hold, what was not used for longest gives way', () => {
  const recent = new Recent<number>(2)
  recent.set('a', 1)
  recent.set('b', 2)
  assert.equal(recent.get('a'), 1)
  recent.set('c', 3)
  assert.deepEqual([recent.get('a'), recent.get('b'), recent.get('c')], [1, undefined, 3])
  recent.set('c', 4)
  assert.deepEqual([recent.get('a'), recent.get('c')], [1, 4])
  recent.delete('a')
  assert.equal(recent.get('a'), undefined)
})

test('recent: a value counts as much as it is large, also where it takes the place of another', () => {
  const recent = new Recent<string>(6, { sizeOf: (text) => text.length })
  recent.set('a', 'xxx')
  recent.set('b', 'xx')
  recent.set('b', 'xxx')
  assert.deepEqual([recent.has('a'), recent.has('b')], [true, true])
  recent.set('c', 'x')
  assert.deepEqual([recent.has('a'), recent.has('b'), recent.has('c')], [false, true, true])
  recent.set('d', 'xxxxxxx')
  assert.deepEqual([recent.has('b'), recent.has('c'), recent.has('d')], [false, false, false])
})

test('recent: what gives way is told, and what is taken out is not', () => {
  const gone: number[] = []
  const recent = new Recent<number>(1, { onGone: (value) => void gone.push(value) })
  recent.set('a', 1)
  recent.set('b', 2)
  assert.deepEqual(gone, [1])
  assert.deepEqual(recent.takeAll(), [2])
  recent.set('c', 3)
  assert.deepEqual([gone, recent.has('b'), recent.has('c')], [[1], false, true])
})
