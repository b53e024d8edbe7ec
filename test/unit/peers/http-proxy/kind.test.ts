// The settings of a cluster of proxies.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpProxyKind } from '../../../../src/peers/http-proxy/kind.ts'

const door = { ask: () => Promise.reject(new Error('nobody is asked')) }
const open = (settings: Readonly<Record<string, unknown>>) =>
  httpProxyKind({ door, answerWithinMs: 1000 }).open({ id: 1, name: 'edge' }, settings, undefined)

test('without settings the cache is looked into', () => {
  const driver = open({})
  assert.deepEqual([driver.kind, driver.can.probe, 'evict' in driver], ['http-proxy', 'exact', false])
})

test('with a header nothing can be looked for without asking', () => {
  assert.equal(open({ hit_header: 'X-Cache-Status' }).can.probe, 'none')
})

for (const [settings, told] of [
  [{ hit_value: 'HIT' }, /hit_value says nothing without settings\.hit_header/],
  [{ hit_header: 'x cache' }, /hit_header is x cache; expected the name of a header/],
  [{ hit_header: 1 }, /hit_header is 1; expected a text/],
  [{ upstreams: {} }, /upstreams is not a setting here; expected one of hit_header, hit_value/],
] as const) {
  test(`${JSON.stringify(settings)} is refused with a reason`, () => {
    assert.throws(() => open(settings), { name: 'RangeError', message: told })
  })
}

test('there is nothing to foresee of origins without TLS', async () => {
  const context = {
    image: null,
    identity: { tag: '', application: '', filteredQueryParams: [], pieceLength: null },
    signal: new AbortController().signal,
  }
  assert.deepEqual(await open({}).foresee?.(context, []), [])
})
