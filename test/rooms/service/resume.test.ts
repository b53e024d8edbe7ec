// A blob that breaks off is gone on with: the origin sends what is missing, and the digest has the last word.

import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Digest } from '../../../src/model/digest.ts'
import { bytesOf, makeImage, type MadeImage } from '../../support/image.ts'
import { startRegistry, type RecordedRequest, type TestRegistry } from '../../support/registry.ts'
import { startService, type TestService } from '../../support/service.ts'
import { serves, succeeds } from '../../support/warmed.ts'

const mebibyte = 2 ** 20
const size = 4 * mebibyte + 12_345

let registry: TestRegistry
let service: TestService
before(async () => {
  registry = await startRegistry()
  service = await startService()
})
after(async () => {
  await service.stop()
  await registry.close()
})
afterEach(() => registry.healed())

interface Stored {
  readonly repository: string
  readonly image: MadeImage
  readonly layer: Digest
  readonly url: string
}

/** An image of one layer, in a repository of its own. */
function push(seed: string): Stored {
  const repository = `library/${seed}`
  const image = makeImage({ seed, layers: [size] })
  const [layer] = [...image.blobs].find(([, bytes]) => bytes.length === size) ?? []
  assert.ok(layer)
  registry.push(repository, image, '1.0')
  return { repository, image, layer, url: `${registry.host}/${repository}:1.0` }
}

const readsOf = (layer: Digest): readonly RecordedRequest[] => registry.asked(new RegExp(layer), 'GET')
const seen = (reads: readonly RecordedRequest[]) => reads.map(({ status, headers: { range } }) => [status, range])
/**
 * Exact, although a connection was cut: the registry hands each byte to the kernel before it counts it, and closes with
 * nothing unread, so that what it has counted arrives; and the cache keeps all that it has received.
 */
const sentBy = (reads: readonly RecordedRequest[]) => reads.reduce((sum, { bytesSent }) => sum + bytesSent, 0)

for (const percent of [1, 50, 99]) {
  test(`resume: of a blob that is broken off at ${percent} %, the origin sends only what is missing`, async () => {
    const { repository, image, layer, url } = push(`broken-${percent}`)
    const cutAfter = Math.round((size * percent) / 100)
    registry.fault({ path: new RegExp(layer), cutAfter, times: 1 })
    await succeeds(service, { url })

    const reads = readsOf(layer)
    assert.deepEqual(seen(reads), [
      [200, undefined],
      [206, `bytes=${cutAfter}-`],
    ])
    assert.equal(sentBy(reads), size)
    await serves(service, repository, image)
  })
}

test('resume: a blob whose rest breaks off again and again is sent once all the same', async () => {
  const { repository, image, layer, url } = push('often')
  const parts = [10_000, mebibyte, 1, 2 * mebibyte]
  for (const cutAfter of parts) registry.fault({ path: new RegExp(layer), cutAfter, times: 1 })
  await succeeds(service, { url })
  const reads = readsOf(layer)
  assert.equal(reads.length, parts.length + 1)
  assert.equal(sentBy(reads), size)
  await serves(service, repository, image)
})

test('resume: where a registry ignores Range, the blob is fetched anew', async () => {
  const { repository, image, layer, url } = push('ignores')
  registry.fault({ path: new RegExp(layer), cutAfter: mebibyte, times: 1 })
  registry.fault({ path: new RegExp(layer), ignoreRange: true })
  await succeeds(service, { url })
  assert.deepEqual(seen(readsOf(layer)), [
    [200, undefined],
    [200, `bytes=${mebibyte}-`],
  ])
  await serves(service, repository, image)
})

test('resume: where a registry answers a range with 416, the blob is fetched anew', async () => {
  const { repository, image, layer, url } = push('416')
  registry.fault({ path: new RegExp(layer), cutAfter: mebibyte, times: 1 })
  registry.fault({ path: new RegExp(layer), status: 416, times: 1 })
  await succeeds(service, { url })
  assert.deepEqual(seen(readsOf(layer)), [
    [200, undefined],
    [416, `bytes=${mebibyte}-`],
    [200, undefined],
  ])
  await serves(service, repository, image)
})

test('resume: where the rest is of another blob, the digest catches it, and the blob is fetched anew, once', async () => {
  const { repository, image, layer, url } = push('foreign')
  registry.fault({ path: new RegExp(layer), cutAfter: mebibyte, times: 1 })
  registry.fault({ path: new RegExp(layer), body: bytesOf(size, 'another blob'), times: 1 })
  await succeeds(service, { url })
  assert.deepEqual(seen(readsOf(layer)), [
    [200, undefined],
    [206, `bytes=${mebibyte}-`],
    [200, undefined],
  ])
  await serves(service, repository, image)
})

test('resume: killed in the middle of a blob and started again, the service asks only for what is missing', async (t) => {
  const { repository, image, layer, url } = push('killed')
  const stalled = Promise.withResolvers<void>()
  t.after(() => stalled.resolve())
  // On a whole MiB, for the cache writes so much at a time: what it had only in memory would be gone, and asked for again.
  const bytes = 3 * mebibyte
  registry.fault({ path: new RegExp(layer), stallAfter: { bytes, until: stalled.promise }, times: 1 })
  const job = await service.preheat({ type: 'image', url })
  await written(job.id, bytes)
  await service.restart('killed')
  stalled.resolve()

  const { state, error } = await service.settled(job.id)
  assert.equal(state, 'SUCCESS', JSON.stringify(error))
  const reads = readsOf(layer)
  assert.deepEqual(seen(reads), [
    [200, undefined],
    [206, `bytes=${bytes}-`],
  ])
  assert.equal(reads[0]?.aborted, true)
  assert.equal(reads[1]?.bytesSent, size - bytes)
  await serves(service, repository, image)
})

/** The cache says what it has written, not what it has received. */
async function written(job: number, bytes: number): Promise<void> {
  const until = AbortSignal.timeout(20_000)
  while ((await service.job(job)).progress.bytes_done < bytes) {
    assert.equal(until.aborted, false, `less than ${bytes} bytes of job ${job} are written`)
    await pause(25)
  }
}
