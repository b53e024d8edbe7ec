// What the headers of an answer tell about the cache that gave it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isMarked, isSquidHit, whyNotKept } from '../../../../src/peers/http-proxy/hit.ts'

const via = '1.1 vm (squid/5.7)'

test('a hit is squid’s own, and not that of a cache before it', () => {
  assert.equal(isSquidHit({ via, 'x-cache': 'HIT from vm' }), true)
  assert.equal(isSquidHit({ via: '1.0 cdn, 1.1 vm (squid/6.6)', 'cache-status': 'vm;hit;detail=match' }), true)
  assert.equal(isSquidHit({ via, 'x-cache': 'MISS from vm' }), false)
  assert.equal(isSquidHit({ via: '1.1 cdn, 1.1 vm (squid/5.7)', 'x-cache': 'HIT from cdn' }), false)
  assert.equal(isSquidHit({ via, 'cache-status': 'vm;fwd=miss;detail=mismatch' }), false)
  assert.equal(isSquidHit({ 'x-cache': 'HIT from vm' }), false)
  assert.equal(isSquidHit({ via: '1.1 vm' }), false)
})

test('a header that the settings name is looked for in either case', () => {
  const mark = { header: 'x-cache-status', value: 'hit' }
  assert.equal(isMarked({ 'x-cache-status': 'HIT' }, mark), true)
  assert.equal(isMarked({ 'x-cache-status': 'MISS' }, mark), false)
  assert.equal(isMarked({}, mark), false)
})

test('why nothing was kept is told as far as it can be known', () => {
  assert.match(whyNotKept({ 'cache-control': 'private, max-age=60' }, 1, false), /its origin forbids it/)
  assert.match(whyNotKept({ 'cache-control': 'max-age=60' }, 1, true), /Authorization .* public/)
  assert.doesNotMatch(whyNotKept({ 'cache-control': 'public, max-age=60' }, 1, true), /Authorization/)
  assert.match(whyNotKept({}, 1, false), /refresh_pattern/)
  assert.doesNotMatch(whyNotKept({ expires: 'Thu, 01 Jan 2099 00:00:00 GMT' }, 1, false), /refresh_pattern/)
  assert.match(whyNotKept({ 'cache-control': 'max-age=60' }, 5_000_000, false), /maximum_object_size/)
  assert.equal(whyNotKept({ 'cache-control': 'max-age=60' }, 1, false), 'look at its room and its cache rules')
})
