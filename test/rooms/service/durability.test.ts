// What must survive: a killed process, and fifty clients that want the same thing at once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf, digestOf, makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { startService } from '../../support/service.ts'

const blobPath = /\/blobs\/sha256:/
const blobGets = (registry: TestRegistry) => registry.asked(blobPath, 'GET')

test('durability: killed in the middle of a 20-layer job, the service goes on and fetches no whole layer again', async (t) => {
  const registry = await startRegistry()
  t.after(() => registry.close())
  const service = await startService()
  t.after(() => service.stop())
  const image = makeImage({ layers: Array.from({ length: 20 }, () => 300_000) })
  registry.push('library/app', image, '1.0')
  // The eleventh blob hangs until it is released, so that the kill comes with some whole and some not begun.
  const hang = Promise.withResolvers<void>()
  t.after(() => hang.resolve())
  const slow = [...image.blobs.keys()].slice(10)
  for (const digest of slow) registry.fault({ path: new RegExp(digest), held: hang.promise })

  const job = await service.preheat({ type: 'image', url: `${registry.host}/library/app:1.0` })
  const whole = await registryHasServed(registry, 10)
  await serviceHolds(service, whole)
  await service.restart('killed')
  registry.healed()
  hang.resolve()
  const before = registry.requests.length

  const settled = await service.settled(job.id)
  assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))
  assert.equal(settled.progress.warm, 22)
  const again = registry.requests.slice(before).filter(({ path }) => whole.some((digest) => path.endsWith(digest)))
  assert.deepEqual(again, [])
})

/** The digests of the blobs that were served whole, once there are so many. */
async function registryHasServed(registry: TestRegistry, count: number): Promise<readonly string[]> {
  for (;;) {
    const whole = blobGets(registry).filter(({ ended, aborted }) => ended && !aborted)
    if (whole.length >= count) return whole.map(({ path }) => path.slice(path.lastIndexOf('/') + 1))
    await new Promise(setImmediate)
  }
}

async function serviceHolds(
  service: { call: (m: string, p: string) => Promise<{ status: number }> },
  digests: readonly string[],
): Promise<void> {
  for (const digest of digests) {
    while ((await service.call('HEAD', `/v2/library/app/blobs/${digest}`)).status !== 200);
  }
}

test('durability: 50 equal requests get 50 ids, all succeed, and the registry serves each blob once', async (t) => {
  const registry = await startRegistry()
  t.after(() => registry.close())
  const service = await startService()
  t.after(() => service.stop())
  const image = makeImage({ layers: [400_000, 400_000, 400_000] })
  registry.push('library/app', image, '1.0')

  const args = { type: 'image', url: `${registry.host}/library/app:1.0` }
  const jobs = await Promise.all(Array.from({ length: 50 }, () => service.preheat(args)))
  assert.equal(new Set(jobs.map(({ id }) => id)).size, 50)
  const settled = await Promise.all(jobs.map(({ id }) => service.settled(id)))
  assert.deepEqual(new Set(settled.map(({ state }) => state)), new Set(['SUCCESS']))
  const counts = [...image.blobs.keys()].map((digest) => registry.asked(new RegExp(digest), 'GET').length)
  assert.deepEqual(counts, [1, 1, 1, 1])
})

test('durability: a second process on the same data directory is refused, and the first goes on', async (t) => {
  const service = await startService()
  t.after(() => service.stop())
  const second = startService({ WARMFRONT_DATA_DIR: service.dataDir })
  await assert.rejects(second, /already|in use|taken|process \d+/i)
  assert.equal((await service.call('GET', '/healthy')).text, '"OK"')
})

test('durability: a blob that is cut off again and again is continued by range, as long as each try brings something', async (t) => {
  const registry = await startRegistry()
  t.after(() => registry.close())
  const service = await startService()
  t.after(() => service.stop())
  const size = 700_000
  const image = makeImage({ layers: [size] })
  const [layer] = [...image.blobs].find(([, bytes]) => bytes.length === size) ?? []
  registry.push('library/app', image, '1.0')
  registry.fault({ path: new RegExp(String(layer)), cutAfter: 100_000, times: 6 })

  const job = await service.preheat({ type: 'image', url: `${registry.host}/library/app:1.0` })
  const settled = await service.settled(job.id)
  assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))
  const reads = registry.asked(new RegExp(String(layer)), 'GET')
  assert.equal(reads.length, 7)
  assert.ok(reads.slice(1).every(({ headers }) => /^bytes=\d+-$/.test(headers.range ?? '')))
  const sent = reads.reduce((sum, { bytesSent }) => sum + bytesSent, 0)
  assert.ok(sent < 2 * size, `${sent} bytes were sent for ${size}`)
})

test('durability: a file is warmed through both contracts, and pulled by the sha256 of its bytes', async (t) => {
  const server = await startRegistry()
  t.after(() => server.close())
  const service = await startService()
  t.after(() => service.stop())
  const bytes = bytesOf(500_000, 'a file')
  server.putFile('/releases/tool.tar.gz', bytes)
  const url = `${server.url}/releases/tool.tar.gz?X-Amz-Signature=s3cret`

  const job = await service.preheat({ type: 'file', urls: [url] })
  const settled = await service.settled(job.id)
  assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))
  assert.equal(JSON.stringify(settled).includes('s3cret'), false)
  const { json } = await service.call('POST', '/api/preheat', { type: 'file', url })
  const { data } = json as { readonly data: { readonly taskId: string } }
  assert.equal((await service.settled(Number(data.taskId))).state, 'SUCCESS')
  await server.close()
  const pulled = await fetch(`${service.url}/v2/files/blobs/${digestOf(bytes)}`)
  assert.deepEqual(Buffer.from(await pulled.arrayBuffer()), bytes)
})

test('durability: told to stop in the middle of a job, the service gives it back and ends it after its next start', async (t) => {
  const registry = await startRegistry()
  t.after(() => registry.close())
  const service = await startService()
  t.after(() => service.stop())
  registry.push('library/app', makeImage(), '1.0')
  const held = Promise.withResolvers<void>()
  registry.fault({ path: blobPath, held: held.promise })
  const job = await service.preheat({ type: 'image', url: `${registry.host}/library/app:1.0` })
  while (blobGets(registry).length === 0) await new Promise(setImmediate)
  await service.restart('stopped')
  registry.healed()
  held.resolve()
  const settled = await service.settled(job.id)
  assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))
  assert.match(service.output(), /"job.given-up".*This replica is stopping/)
})
