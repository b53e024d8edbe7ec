import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { HandClock, HttpOrigin } from '../local-bench.ts'
import { contextOf } from '../../../conformance/peer-driver.cases.ts'
import type { DaemonOptions } from '../../../support/dragonfly/daemon.ts'
import { makeBench, mebibyte } from './bench.ts'

const clock = new HandClock()

/** Its proxies stand where the settings say. */
async function open(t: TestContext, proxy: DaemonOptions['proxy'] = {}, more: object = {}) {
  const scheduling = await makeBench()
  t.after(() => scheduling.close())
  const settings = { schedulers: [scheduling.scheduler.address], ...more }
  const bench = await makeBench({ settings, clock })
  t.after(() => bench.close())
  const daemon = await bench.daemon({ scheduler: scheduling.scheduler, ...(proxy === undefined ? {} : { proxy }) })
  await bench.driver.discover?.(AbortSignal.timeout(10_000)) // knows the port of each proxy
  return { bench, daemon, scheduler: scheduling.scheduler }
}

test('the ids are learned once for all who ask, with the smallest blob and in full', async (t) => {
  const { bench, daemon } = await open(t)
  const smallest = bench.layer(200, 'config')
  const blobs = Array.from({ length: 20 }, (_, n) => bench.layer(5000, `layer ${n}`))
  const origin = new HttpOrigin('Bearer fresh')
  await Promise.all(blobs.map((blob) => bench.warm(daemon, blob, { smallest, origin })))
  const [pull, ...others] = daemon.proxy.requests
  assert.equal(others.length, 0)
  assert.equal(pull?.url, `${new URL(smallest.url).pathname}?ns=${encodeURIComponent(bench.registry.host)}`)
  assert.equal(pull?.headers['x-dragonfly-registry'], bench.registry.url)
  assert.equal(pull?.headers.range, undefined)
  assert.equal(pull?.headers.authorization, 'Bearer fresh')
  assert.equal((await bench.warm(daemon, smallest)).source, 'local')
})

const modes = [
  { name: 'by digest', proxy: { digestIds: true }, digest: true, ns: false },
  { name: 'by address', proxy: { digestIds: false }, digest: false, ns: false },
  {
    name: 'by address with the namespace, as before 1.4.1',
    proxy: { digestIds: false, filtersNs: false },
    digest: false,
    ns: true,
  },
]
for (const { name, proxy, digest, ns } of modes) {
  test(`where peers name blobs ${name}, the next pull finds what was warmed`, async (t) => {
    const { bench, daemon } = await open(t, proxy)
    const blob = bench.layer(5000)
    await bench.warm(daemon, blob, { smallest: bench.layer(200, 'config') })
    const [download] = daemon.downloads
    assert.equal(download?.enable_task_id_based_blob_digest, digest)
    assert.equal(download?.url.includes('?ns='), ns)
    const reads = bench.reads(blob)
    const url = `http://127.0.0.1:${daemon.proxyPort}${new URL(blob.url).pathname}?ns=${bench.registry.host}`
    const pulled = await fetch(url, { headers: { 'x-dragonfly-registry': bench.registry.url } })
    assert.equal((await pulled.arrayBuffer()).byteLength, 5000)
    assert.equal(pulled.headers.get('x-dragonfly-task-download-finished'), 'true')
    assert.equal(bench.reads(blob), reads)
    assert.equal(await bench.probe(daemon, blob), 'present')
  })
}

test('what nodes say in their requests is said when learning, and asked for', async (t) => {
  const more = { tag: 'pull', application: 'containerd', piece_length: 8 * mebibyte }
  const { bench, daemon } = await open(t, { digestIds: false }, more)
  await bench.warm(daemon, bench.layer(5000))
  const [download] = daemon.downloads
  assert.deepEqual([download?.tag, download?.application, download?.piece_length], ['pull', 'containerd', 8 * mebibyte])
  assert.equal(daemon.proxy.requests[0]?.headers['x-dragonfly-piece-length'], '8mib')
})

test('the registry is spelled as nodes spell it', async (t) => {
  const bench = await makeBench()
  t.after(() => bench.close())
  const settings = { task_id: 'url', registry_urls: { 'docker.io': bench.registry.url } }
  const spelled = await makeBench({ settings })
  t.after(() => spelled.close())
  const daemon = await bench.daemon()
  const blob = bench.layer(5000)
  const url = new URL(new URL(blob.url).pathname, 'https://registry-1.docker.io').href
  await spelled.warm(daemon, { ...blob, url }, { image: { ...bench.image, namespace: 'docker.io' } })
  assert.equal(daemon.downloads[0]?.url, blob.url)
})

test('a proxy that passes blobs on would not serve nodes, and is misconfigured', async (t) => {
  const { bench, daemon } = await open(t, { rule: null })
  const blob = bench.layer(5000)
  await assert.rejects(bench.warm(daemon, blob), { code: 'peer.misconfigured', message: /set task_id/ })
  daemon.proxyOptions.rule = /blobs/
  assert.equal((await bench.warm(daemon, blob)).bytes, 5000)
})

test('ids that fit nothing are a mistake in the settings', async (t) => {
  const { bench, daemon } = await open(t, { digestIds: false }, { tag: 'pull' })
  const blob = bench.layer(5000)
  daemon.proxyOptions.ignoresTag = true
  await assert.rejects(bench.warm(daemon, blob), { code: 'peer.misconfigured', message: /set task_id/ })
})

test('a proxy that cannot be reached is tried again, and another peer answers for it', async (t) => {
  const { bench, daemon } = await open(t)
  const other = await bench.daemon({ hostname: 'other' })
  await daemon.proxy.close()
  const blob = bench.layer(5000)
  await assert.rejects(bench.warm(daemon, blob), { code: 'peer.unreachable', message: /set task_id/ })
  const settings = { task_id: 'auto', proxy_port: other.proxyPort }
  const listed = await makeBench({ settings })
  t.after(() => listed.close())
  assert.equal((await listed.warm(daemon, blob, { image: bench.image })).bytes, 5000)
})

test('a refusal of the origin while learning is told as such', async (t) => {
  const { bench, daemon } = await open(t)
  const blob = bench.layer(5000)
  const path = new URL(blob.url).pathname
  bench.registry.fault({ path, status: 404 })
  await assert.rejects(bench.warm(daemon, blob), { code: 'registry.not-found' })
})

test('what was learned is asked for again after a while', async (t) => {
  const { bench, daemon } = await open(t)
  await bench.warm(daemon, bench.layer(5000, 'one'))
  daemon.proxyOptions.digestIds = false
  await bench.warm(daemon, bench.layer(5000, 'two'))
  clock.ms += 11 * 60_000
  await bench.warm(daemon, bench.layer(5000, 'three'))
  const byDigest = daemon.downloads.map((download) => download.enable_task_id_based_blob_digest)
  assert.deepEqual(byDigest, [true, true, false])
})

test('while the ids are unknown a look finds what is there under any, and eviction takes it', async (t) => {
  const { bench, daemon } = await open(t)
  const byAddress = await makeBench({ settings: { task_id: 'url' } })
  t.after(() => byAddress.close())
  const blob = bench.layer(5000)
  assert.equal(await bench.probe(daemon, blob), 'absent')
  await byAddress.warm(daemon, blob)
  assert.equal(await bench.probe(daemon, blob), 'present')
  assert.equal(await bench.evict(daemon, blob), true)
  assert.equal(await bench.probe(daemon, blob), 'absent')
  assert.equal(daemon.proxy.requests.length, 0)
})

test('a person is told what no pull would match', async (t) => {
  const bench = await makeBench({ settings: { task_id: 'url', tag: 'pull' } })
  t.after(() => bench.close())
  const identity = { tag: 'ci', application: 'x', filteredQueryParams: [], pieceLength: 8 * mebibyte }
  const warnings = await bench.driver.foresee?.({ ...contextOf(bench), identity }, [bench.layer(10)])
  assert.equal(warnings?.length, 4)
  const [tag = '', application = '', piece = '', registry = ''] = warnings ?? []
  assert.match(tag, /tag "ci", nodes "pull"/)
  assert.match(application, /application "x", nodes none/)
  assert.match(piece, /piece_length 8388608, nodes none/)
  assert.match(registry, new RegExp(`registry_urls for ${bench.registry.host}`))
})

test('by digest nothing of it matters', async (t) => {
  const bench = await makeBench()
  t.after(() => bench.close())
  const identity = { tag: 'ci', application: 'x', filteredQueryParams: [], pieceLength: 8 * mebibyte }
  assert.deepEqual(await bench.driver.foresee?.({ ...contextOf(bench), identity }, [bench.layer(10)]), [])
})
