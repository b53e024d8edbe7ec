// The embedded peer against a registry over real HTTP and a real disk.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Blob } from '../../../src/model/blob.ts'
import { hexOf } from '../../../src/model/digest.ts'
import type { Digest } from '../../../src/model/digest.ts'
import { Failure } from '../../../src/model/failure.ts'
import { peerDriverCases } from '../../conformance/peer-driver.cases.ts'
import { bytesOf, digestOf } from '../../support/image.ts'
import { HandClock, HttpOrigin, blobOf, layer, makeBench, partials, peer, read, warm } from './local-bench.ts'
import type { LocalBench } from './local-bench.ts'

const mib = 2 ** 20
const endless = Promise.withResolvers<void>().promise

function it(
  name: string,
  body: (bench: LocalBench) => Promise<void>,
  options: Parameters<typeof makeBench>[0] = {},
): void {
  void test(name, { timeout: 60_000 }, async (t) => {
    const bench = await makeBench(options)
    t.after(() => bench.close())
    await body(bench)
  })
}

const hexOfBlob = (blob: Blob): string => hexOf(blob.digest as Digest)
const placeOf = ({ dir }: LocalBench, blob: Blob): string =>
  join(dir, 'blobs/sha256', hexOfBlob(blob).slice(0, 2), hexOfBlob(blob))
const asked = ({ registry }: LocalBench, blob: Blob) => registry.asked(new URL(blob.url).pathname)
const path = (blob: Blob): string => new URL(blob.url).pathname

/** Resolves with what `progress` to give to warm, and when it has been told at least so many bytes. */
function reaching(bytes: number): { readonly progress: (told: number) => void; readonly reached: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { progress: (told) => void (told >= bytes && resolve()), reached: promise }
}

const itself = 'the embedded peer is this process: nothing stands between it and us, and its disk has cases of its own'

const unlike = {
  'a peer that cannot be reached says so': itself,
  'a peer that is unreachable is a typed cause': itself,
  'a peer that is busy is a typed cause': itself,
  'a peer that is denied is a typed cause': itself,
  'a peer that is misconfigured is a typed cause': itself,
  'a peer that is full is a typed cause': itself,
  'a peer that keeps nothing is no success': itself,
}

peerDriverCases(
  'local',
  async () => {
    const bench = await makeBench()
    const { registry } = bench
    const wrongBlob = layer(bench, 3 * mib, 'wrong')
    registry.fault({ path: path(wrongBlob), body: bytesOf(3 * mib, 'something else') })
    const endlessBlob = layer(bench, 4 * mib, 'endless')
    registry.fault({ path: path(endlessBlob), stallAfter: { bytes: 2 * mib, until: endless } })
    const { progress, reached } = reaching(mib)
    const origin = new HttpOrigin()
    return {
      driver: bench.driver,
      peer,
      image: null,
      origin: {
        authorization: async () => undefined,
        askThrough: () => assert.fail('the embedded peer asks no proxy'),
        read: (blob, from, sink, signal) => {
          const counting = {
            begin: sink.begin.bind(sink),
            write: (chunk: Uint8Array) => {
              if (blob === endlessBlob) progress(mib)
              return sink.write(chunk)
            },
          }
          return origin.read(blob, from, counting, signal)
        },
      },
      blob: layer(bench, 3 * mib + 17),
      wrongBlob,
      missingBlob: blobOf(registry, bytesOf(100, 'missing')),
      endlessBlob,
      begun: () => reached,
      troubled: () => assert.fail('the embedded peer is in no such trouble'),
      reads: (blob) => asked(bench, blob).length,
      close: () => bench.close(),
    }
  },
  unlike,
)

it('what was warmed is served byte for byte, whole and in part', async (bench) => {
  const bytes = bytesOf(2 * mib + 5, 'layer')
  const blob = layer(bench, bytes.length)
  await warm(bench, blob)
  assert.deepEqual(await read(bench.cache, blob), bytes)
  assert.deepEqual(await read(bench.cache, blob, mib - 1, mib + 1), bytes.subarray(mib - 1, mib + 2))
})

it('an empty blob can be held', async (bench) => {
  const blob = layer(bench, 0)
  assert.equal((await warm(bench, blob)).bytes, 0)
  assert.deepEqual(await read(bench.cache, blob), Buffer.alloc(0))
})

it('a blob whose size the manifest does not say is warmed all the same', async (bench) => {
  const blob = { ...layer(bench, mib + 3), size: null }
  assert.equal((await warm(bench, blob)).bytes, mib + 3)
  assert.equal((await warm(bench, blob)).source, 'local')
})

it('a blob that is not verified is never readable', async (bench) => {
  const blob = layer(bench, 4 * mib)
  const { resolve: goOn, promise: until } = Promise.withResolvers<void>()
  bench.registry.fault({ path: path(blob), stallAfter: { bytes: 3 * mib, until } })
  const { progress, reached } = reaching(2 * mib)
  const warming = warm(bench, blob, { progress })
  await reached
  assert.equal(await read(bench.cache, blob), undefined)
  await assert.rejects(stat(placeOf(bench, blob)), { code: 'ENOENT' })
  goOn()
  await warming
  assert.equal((await read(bench.cache, blob))?.length, 4 * mib)
})

it('wrong bytes leave nothing behind, and name the blob and the host', async (bench) => {
  const blob = layer(bench, mib)
  bench.registry.fault({ path: path(blob), body: bytesOf(mib, 'other'), times: 1 })
  await assert.rejects(warm(bench, blob), (thrown: Error) => {
    assert.ok(thrown.message.includes(bench.registry.host) && thrown.message.includes(hexOfBlob(blob).slice(0, 12)))
    return true
  })
  assert.deepEqual(await partials(bench), [])
  assert.equal(await read(bench.cache, blob), undefined)
  assert.equal((await warm(bench, blob)).moved.origin, mib)
})

it('more bytes than the blob has are refused at once', async (bench) => {
  const blob = layer(bench, mib)
  bench.registry.fault({ path: path(blob), body: bytesOf(9 * mib, 'layer') })
  await assert.rejects(warm(bench, blob), { code: 'registry.wrong-digest' })
  assert.deepEqual(await partials(bench), [])
})

it('a broken connection is taken up by range, and the origin sends only what is missing', async (bench) => {
  const blob = layer(bench, 4 * mib)
  bench.registry.fault({ path: path(blob), cutAfter: 2 * mib + 4096, times: 1 })
  await assert.rejects(warm(bench, blob), { code: 'registry.broken-off' })
  const { size: kept } = await stat(join(bench.dir, 'partial', hexOfBlob(blob)))
  assert.ok(kept > mib)
  const warmed = await warm(bench, blob)
  assert.equal(warmed.moved.origin, 4 * mib - kept)
  assert.equal(asked(bench, blob)[1]?.headers.range, `bytes=${kept}-`)
  assert.deepEqual(await read(bench.cache, blob), bytesOf(4 * mib, 'layer'))
  assert.deepEqual(await partials(bench), [])
})

it('an origin that ignores the range is read from the beginning', async (bench) => {
  const blob = layer(bench, 3 * mib)
  bench.registry.fault({ path: path(blob), cutAfter: 2 * mib, times: 1 })
  bench.registry.fault({ path: path(blob), ignoreRange: true })
  await assert.rejects(warm(bench, blob), { code: 'registry.broken-off' })
  assert.equal((await warm(bench, blob)).moved.origin, 3 * mib)
  assert.deepEqual(await read(bench.cache, blob), bytesOf(3 * mib, 'layer'))
})

it('a partial that is complete already needs no origin', async (bench) => {
  const blob = layer(bench, mib)
  await writeFile(join(bench.dir, 'partial', hexOfBlob(blob)), bytesOf(mib, 'layer'))
  assert.equal((await warm(bench, blob)).moved.origin, undefined)
  assert.equal(asked(bench, blob).length, 0)
})

it('a partial that is damaged or too long is thrown away without blaming the origin', async (bench) => {
  for (const [seed, size] of [
    ['damaged', mib],
    ['too long', 5 * mib],
  ] as const) {
    const blob = layer(bench, 2 * mib, seed)
    await writeFile(join(bench.dir, 'partial', hexOfBlob(blob)), bytesOf(size, 'from another world'))
    assert.equal((await warm(bench, blob)).bytes, 2 * mib)
    assert.deepEqual(await read(bench.cache, blob), bytesOf(2 * mib, seed))
  }
})

it('who cancels does not stop the others, and the last one stops the bytes', async (bench) => {
  const blob = layer(bench, 4 * mib)
  const { resolve: goOn, promise: until } = Promise.withResolvers<void>()
  bench.registry.fault({ path: path(blob), stallAfter: { bytes: 2 * mib, until }, times: 1 })
  const [first, second] = [new AbortController(), new AbortController()]
  const { progress, reached } = reaching(mib)
  const leading = warm(bench, blob, { job: 1, signal: first.signal, progress })
  const joining = warm(bench, blob, { job: 2, signal: second.signal })
  await reached
  first.abort(new Error('the first has gone'))
  await assert.rejects(leading, /the first has gone/)
  goOn()
  assert.equal((await joining).bytes, 4 * mib)
  assert.equal(asked(bench, blob).length, 1)

  const other = layer(bench, 4 * mib, 'other')
  bench.registry.fault({ path: path(other), stallAfter: { bytes: 2 * mib, until: endless } })
  const begun = reaching(mib)
  const alone = warm(bench, other, { signal: second.signal, progress: begun.progress })
  await begun.reached
  second.abort(new Error('the last has gone'))
  await assert.rejects(alone, /the last has gone/)
  await bench.driver.stop() // waits until the file is put away
  assert.equal(await read(bench.cache, other), undefined)
  assert.deepEqual(await partials(bench), [hexOfBlob(other)])
})

it('who comes while a cancelled download is being put away goes on from it', async (bench) => {
  const blob = layer(bench, 4 * mib)
  bench.registry.fault({ path: path(blob), stallAfter: { bytes: 2 * mib, until: endless }, times: 1 })
  const cancel = new AbortController()
  const { progress, reached } = reaching(mib)
  const cancelled = warm(bench, blob, { signal: cancel.signal, progress })
  await reached
  cancel.abort(new Error('gone'))
  await assert.rejects(cancelled, /gone/) // the waiter hears of it before the file is put away
  assert.ok(((await warm(bench, blob)).moved.origin ?? 0) <= 3 * mib)
  assert.deepEqual(await read(bench.cache, blob), bytesOf(4 * mib, 'layer'))
})

it('a joiner does not inherit a refused credential', async (bench) => {
  const blob = layer(bench, mib)
  const { resolve: answer, promise: held } = Promise.withResolvers<void>()
  bench.registry.fault({ path: path(blob), held, status: 401, times: 1 })
  const leading = warm(bench, blob, { job: 1, origin: new HttpOrigin('Basic wrong') })
  const joining = warm(bench, blob, { job: 2, origin: new HttpOrigin('Basic right') })
  answer()
  await assert.rejects(leading, { code: 'registry.denied' })
  assert.equal((await joining).moved.origin, mib)
  assert.deepEqual(
    asked(bench, blob).map(({ headers }) => headers.authorization),
    ['Basic wrong', 'Basic right'],
  )
})

it('a job cancelled by a refusal of ours ends with it and asks nobody again', async (bench) => {
  const blob = layer(bench, 2 * mib)
  bench.registry.fault({ path: path(blob), stallAfter: { bytes: mib, until: endless } })
  const [stays, goes] = [new AbortController(), new AbortController()]
  const { progress, reached } = reaching(mib)
  const leading = warm(bench, blob, { signal: stays.signal, progress })
  const joining = warm(bench, blob, { job: 2, signal: goes.signal })
  await reached
  goes.abort(new Failure('job.cancelled', 'The job was cancelled.'))
  await assert.rejects(joining, { code: 'job.cancelled' })
  stays.abort(new Error('done'))
  await assert.rejects(leading, /done/)
  assert.equal(asked(bench, blob).length, 1)
})

it('what is held survives a restart, with its media type', async (bench) => {
  const blob: Blob = {
    ...layer(bench, 5000),
    kind: 'manifest',
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
  }
  await warm(bench, blob)
  await bench.restart()
  assert.equal((await warm(bench, blob)).source, 'local')
  assert.equal((await bench.cache.open(blob.digest as Digest))?.mediaType, blob.mediaType)
  assert.equal(asked(bench, blob).length, 1)
})

it('a broken-off download survives a restart, and an old one is removed', async (bench) => {
  const [fresh, old] = [layer(bench, 4 * mib, 'fresh'), layer(bench, 4 * mib, 'old')]
  for (const blob of [fresh, old]) {
    bench.registry.fault({ path: path(blob), cutAfter: 2 * mib, times: 1 })
    await assert.rejects(warm(bench, blob), { code: 'registry.broken-off' })
  }
  await utimes(join(bench.dir, 'partial', hexOfBlob(old)), 1000, 1000)
  await writeFile(join(bench.dir, 'partial', 'once-left-behind'), 'x')
  await bench.restart()
  assert.deepEqual(await partials(bench), [hexOfBlob(fresh)])
  assert.ok(((await warm(bench, fresh)).moved.origin ?? 0) < 4 * mib)
})

it('kill -9 in the middle of a fill leaves a resumable partial and no false blob', async (bench) => {
  const blob = layer(bench, 4 * mib)
  bench.registry.fault({ path: path(blob), stallAfter: { bytes: 3 * mib, until: endless }, times: 1 })
  const program = fileURLToPath(new URL('local-child.ts', import.meta.url))
  const child = spawn(process.execPath, [program, bench.dir, JSON.stringify(blob)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const text of child.stdout) if (String(text).includes(`filled ${2 * mib}`)) break
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')

  await bench.restart()
  assert.equal(await read(bench.cache, blob), undefined)
  const { size: kept } = await stat(join(bench.dir, 'partial', hexOfBlob(blob)))
  assert.ok(kept >= 2 * mib)
  assert.equal((await warm(bench, blob)).moved.origin, 4 * mib - kept)
  assert.deepEqual(await read(bench.cache, blob), bytesOf(4 * mib, 'layer'))
})

it(
  'a full cache evicts the least recently used, also of what an earlier run left',
  async (bench) => {
    const [a, b, c, d] = (['a', 'b', 'c', 'd'] as const).map((seed) => layer(bench, mib, seed)) as [
      Blob,
      Blob,
      Blob,
      Blob,
    ]
    for (const [place, blob] of [a, b, c].entries()) {
      await warm(bench, blob)
      await utimes(placeOf(bench, blob), 1000 + place, 1000 + place)
    }
    await bench.restart()
    assert.equal((await warm(bench, a)).source, 'local') // now b is the least recently used
    bench.driver.settled(1)
    await warm(bench, d, { job: 2 })
    const held = await Promise.all([a, b, c, d].map(async (blob) => (await read(bench.cache, blob)) !== undefined))
    assert.deepEqual(held, [true, false, true, true])
    await assert.rejects(stat(placeOf(bench, b)), { code: 'ENOENT' })
  },
  { sizeLimit: 3 * mib },
)

const pinClock = new HandClock()
it(
  'what an unsettled job needs or somebody reads is never evicted; the refusal says how much that is',
  async (bench) => {
    const [a, b, c] = [layer(bench, mib, 'a'), layer(bench, mib, 'b'), layer(bench, mib, 'c')]
    await warm(bench, a, { job: 1 })
    await warm(bench, b, { job: 2 })
    pinClock.ms += 60_000
    await assert.rejects(warm(bench, c, { job: 3 }), { code: 'peer.full', message: /1\.0 MiB of 2\.0 MiB/ })
    assert.equal(asked(bench, c).length, 0)

    bench.driver.settled(1)
    const reading = (await bench.cache.open(a.digest as Digest))?.bytes(0, mib - 1)[Symbol.asyncIterator]()
    await reading?.next()
    pinClock.ms += 60_000
    await assert.rejects(warm(bench, c, { job: 3 }), { code: 'peer.full' })

    await reading?.return?.()
    await warm(bench, c, { job: 3 })
    assert.equal(await read(bench.cache, a), undefined)
    assert.equal((await read(bench.cache, b))?.length, mib)
  },
  { sizeLimit: 2 * mib, clock: pinClock },
)

it(
  'a blob of unknown size that outgrows the cache is refused, and takes no room afterwards',
  async (bench) => {
    const blob = { ...layer(bench, 5 * mib), size: null }
    bench.registry.fault({ path: path(blob), headers: { 'content-length': null } })
    await assert.rejects(warm(bench, blob), { code: 'peer.full' })
    assert.deepEqual(await partials(bench), [])
    assert.equal((await warm(bench, layer(bench, 2 * mib, 'fits'))).source, 'origin')
  },
  { sizeLimit: 2 * mib },
)

it('a blob that somebody shortened or removed is a miss, and is fetched again', async (bench) => {
  const [short, gone] = [layer(bench, mib, 'short'), layer(bench, mib, 'gone')]
  for (const blob of [short, gone]) await warm(bench, blob)
  await truncate(placeOf(bench, short), 100)
  await rm(placeOf(bench, gone))
  for (const blob of [short, gone]) {
    assert.equal(await read(bench.cache, blob), undefined)
    assert.equal((await warm(bench, blob)).source, 'origin')
    assert.equal((await read(bench.cache, blob))?.length, mib)
  }
})

it('a manifest that lies about a size cannot remove what is held', async (bench) => {
  const blob = layer(bench, mib)
  await warm(bench, blob)
  await assert.rejects(warm(bench, { ...blob, size: 10 }, { job: 2 }), { code: 'registry.wrong-digest' })
  assert.equal((await read(bench.cache, blob))?.length, mib)
})

it('a file is fetched anew each time and kept under the digest of what came', async (bench) => {
  const url = `${bench.registry.url}/model.bin`
  const file: Blob = { kind: 'file', digest: null, size: null, mediaType: 'application/octet-stream', url }
  for (const seed of ['first', 'second']) {
    const bytes = bytesOf(mib + 1, seed)
    bench.registry.putFile('/model.bin', bytes)
    const warmed = await warm(bench, file)
    assert.equal(warmed.digest, digestOf(bytes))
    assert.deepEqual(await read(bench.cache, { ...file, digest: warmed.digest }), bytes)
  }
  bench.registry.fault({ path: '/model.bin', cutAfter: 1000 })
  await assert.rejects(warm(bench, file), { code: 'registry.broken-off' })
  assert.deepEqual(await partials(bench), [])
})

const tagClock = new HandClock()
const image = { namespace: 'docker.io', repository: 'library/nginx', mediaType: 'x/y' }
it(
  'a tag is answered from an unexpired resolve, and only while its manifest is held',
  async (bench) => {
    const blob = layer(bench, 1000)
    const digest = blob.digest as Digest
    const lookUp = () => bench.cache.digestOf('docker.io', 'library/nginx', '1.27')
    await bench.driver.name(peer, { ...image, tag: '1.27', digest })
    assert.equal(await lookUp(), undefined)
    await warm(bench, blob)
    assert.equal(await lookUp(), digest)
    assert.equal(await bench.cache.digestOf('docker.io', 'library/nginx', '1.28'), undefined)
    await bench.restart()
    assert.equal(await lookUp(), digest)
    tagClock.ms += 3600_000
    assert.equal(await lookUp(), undefined)
  },
  { clock: tagClock },
)

it('closing stops what is under way, says why, and refuses what comes later', async (bench) => {
  const blob = layer(bench, 2 * mib)
  bench.registry.fault({ path: path(blob), stallAfter: { bytes: mib, until: endless } })
  const { progress, reached } = reaching(mib)
  const warming = warm(bench, blob, { progress })
  await reached
  await Promise.all([bench.driver.stop(), assert.rejects(warming, { code: 'self.stopping' })])
  await assert.rejects(warm(bench, blob), { code: 'self.stopping' })
  assert.equal((await readFile(join(bench.dir, 'partial', hexOfBlob(blob)))).length, mib)
})
