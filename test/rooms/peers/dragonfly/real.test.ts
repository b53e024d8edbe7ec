// The same promises before a real dfdaemon and a real scheduler, where the environment names them: the daemon's upload
// port and its scheduler as host:port, and its proxy where that does not stand on port 4001. All on this machine, and
// the rules of the proxy match `blobs/sha256`.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Blob } from '../../../../src/model/blob.ts'
import type { Peer } from '../../../../src/model/peer.ts'
import { hostAndPort } from '../../../../src/kit/fields.ts'
import { contextOf, warm } from '../../../conformance/peer-driver.cases.ts'
import { bytesOf } from '../../../support/image.ts'
import { blobOf, HttpOrigin } from '../local-bench.ts'
import { makeBench, mebibyte } from './bench.ts'

const daemon = process.env['WARMFRONT_TEST_DFDAEMON']
const scheduler = process.env['WARMFRONT_TEST_SCHEDULER']
const host = hostAndPort(daemon ?? '')?.host ?? ''
const proxy = process.env['WARMFRONT_TEST_DFDAEMON_PROXY'] ?? `${host}:4001`
const skip = daemon === undefined ? 'needs a dfdaemon, named by WARMFRONT_TEST_DFDAEMON' : false
const skipDiscovery = scheduler === undefined ? 'needs a scheduler, named by WARMFRONT_TEST_SCHEDULER' : skip

const address = daemon ?? ''
const peer: Peer = {
  id: `dragonfly-7@${address}`,
  clusterId: 7,
  hostname: host,
  ip: host,
  address,
  location: '',
  seed: false,
  ordinary: true,
}

/** The ids are learned from the daemon, as in service. */
async function open(t: TestContext) {
  const settings = scheduler === undefined ? {} : { schedulers: [scheduler] }
  const bench = await makeBench({ settings: { ...settings, proxy_port: hostAndPort(proxy)?.port } })
  t.after(() => bench.close())
  const { driver, image } = bench
  const smallest = fresh(300)
  function fresh(size: number): Blob {
    return bench.layer(size, `${Date.now()} ${Math.random()}`) // a daemon remembers what an earlier run gave it
  }
  return {
    bench,
    fresh,
    warm: (blob: Blob) => warm({ driver, image, peer, origin: new HttpOrigin() }, blob, { smallest }),
    probe: (blob: Blob) => driver.probe(peer, blob, contextOf(bench)),
    evict: async (blob: Blob) => driver.evict?.(peer, blob, contextOf(bench)),
    pull: (blob: Blob, headers: Record<string, string> = {}) =>
      fetch(`http://${proxy}${new URL(blob.url).pathname}?ns=${bench.registry.host}`, {
        headers: { 'x-dragonfly-registry': bench.registry.url, ...headers },
      }),
  }
}

test('a real scheduler names the daemon', { skip: skipDiscovery }, async (t) => {
  const { bench } = await open(t)
  const found = (await bench.driver.discover?.(AbortSignal.timeout(20_000))) ?? []
  assert.ok(
    found.some((each) => each.address === daemon),
    JSON.stringify(found),
  )
})

test('a real daemon that is well says so', { skip }, async (t) => {
  const { bench } = await open(t)
  assert.equal((await bench.driver.health(peer, AbortSignal.timeout(20_000))).state, 'up')
})

for (const size of [1, 4 * mebibyte, 4 * mebibyte + 1, 9 * mebibyte]) {
  test(`a real daemon holds a blob of ${size} bytes, and a node's pull of it asks nobody else`, { skip }, async (t) => {
    const { bench, fresh, ...real } = await open(t)
    const blob = fresh(size)
    const first = await real.warm(blob)
    assert.deepEqual([first.bytes, first.proof, first.source], [size, 'pieces', 'origin'])
    assert.equal((await real.warm(blob)).source, 'local')
    assert.equal(await real.probe(blob), 'present')
    const asked = bench.registry.requests.length
    const pulled = await real.pull(blob)
    assert.equal((await pulled.arrayBuffer()).byteLength, size)
    assert.equal(pulled.headers.get('x-dragonfly-task-download-finished'), 'true')
    assert.equal(bench.registry.requests.length, asked)
    assert.equal(await real.evict(blob), true)
    assert.equal(await real.probe(blob), 'absent')
    assert.equal(await real.evict(blob), false)
  })
}

test('what a real daemon calls finished after a read of a part is fetched in full', { skip }, async (t) => {
  const { fresh, ...real } = await open(t)
  const blob = fresh(9 * mebibyte)
  await (await real.pull(blob, { range: 'bytes=0-0' })).arrayBuffer()
  const { bytes } = await real.warm(blob)
  assert.equal(bytes, blob.size)
  assert.equal(await real.probe(blob), 'present')
})

test('a real daemon tells what the origin said', { skip }, async (t) => {
  const { bench, fresh, ...real } = await open(t)
  await real.warm(fresh(1000)) // the ids are known from here on
  await assert.rejects(real.warm(blobOf(bench.registry, bytesOf(1000, `nowhere ${Date.now()}`))), {
    code: 'registry.not-found',
  })
  const blob = fresh(1000)
  bench.registry.fault({ path: new URL(blob.url).pathname, status: 429, headers: { 'retry-after': '7' } })
  await assert.rejects(real.warm(blob), { code: 'registry.busy', retryAfterMs: 7_000 })
})

test('a blob of another length than it should have is no success with a real daemon', { skip }, async (t) => {
  const { fresh, ...real } = await open(t)
  await assert.rejects(real.warm({ ...fresh(1000), size: 1001 }), { code: 'registry.wrong-digest' })
})
