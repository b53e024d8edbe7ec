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
