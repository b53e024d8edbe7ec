// What the driver does around its profiles: addresses, credentials, whose refusal it is, and pulls by a real containerd.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Digest } from '../../../../src/model/digest.ts'
import { Failure } from '../../../../src/model/failure.ts'
import type { JsonObject } from '../../../../src/model/peer.ts'
import { contextOf, warm } from '../../../conformance/peer-driver.cases.ts'
import { containerdMissing, startContainerd } from '../../../support/containerd.ts'
import { bytesOf, digestOf } from '../../../support/image.ts'
import { passed, startStandIn, stored, unknown, type Question, type Reply } from '../../../support/mirrors/stand-in.ts'
import { openBench, type Kind } from './bench.ts'
import { dfdaemon, distribution3, dockerRegistry, harbor, kraken, plainNginx, zot } from './kinds.ts'

async function open(t: TestContext, kind: Kind, settings?: (host: string) => JsonObject) {
  const bench = await openBench(settings === undefined ? kind : { ...kind, settings: ({ host }) => settings(host) })
  t.after(() => bench.close())
  return bench
}

for (const kind of [plainNginx, dockerRegistry]) {
  const skip = kind.skip || containerdMissing()
  test(`containerd pulls through ${kind.name} what was warmed, once the origin has ended`, { skip }, async (t) => {
    const bench = await open(t, kind)
    await Promise.all(bench.blobs.map((blob) => warm(bench, blob)))
    await bench.registry.close()
    const containerd = await startContainerd()
    t.after(() => containerd.stop())
    const reference = `registry.test/library/app@${bench.image?.digest}`
    const fetched = await containerd.fetch(reference, `http://${bench.mirror.address}`)
    assert.ok(fetched.ok, fetched.output)
    const there = new Set<Digest | null>(await containerd.digests())
    assert.deepEqual(there, new Set(bench.blobs.map(({ digest }) => digest)))
  })
}

test('a mirror is asked only for the registries that it serves', async (t) => {
  const bench = await open(t, distribution3, () => ({ profile: 'distribution', upstreams: ['quay.io', 'docker.io'] }))
  await assert.rejects(warm(bench, bench.blob), (error) => {
    assert.ok(error instanceof Failure)
    assert.match(error.message, /quay\.io, docker\.io/)
    return error.code === 'peer.misconfigured'
  })
  assert.equal(bench.registry.requests.length, 0)
  const foreseen = await bench.driver.foresee?.(contextOf(bench), bench.blobs)
  assert.match(foreseen?.[0] ?? '', /serve quay\.io, docker\.io, and not 127/)
})

test('nothing is foreseen for a registry that is served', async (t) => {
  const bench = await open(t, zot)
  assert.deepEqual(await bench.driver.foresee?.(contextOf(bench), bench.blobs), [])
})

test('the registry is named in the query where its settings want it', async (t) => {
  const bench = await open(t, kraken, (host) => ({ profile: 'kraken', upstreams: { [host]: { ns: true } } }))
  await warm(bench, bench.blob)
  const query = `?ns=${encodeURIComponent(bench.registry.host)}`
  assert.deepEqual(bench.mirror.requests, [`HEAD /v2/library/app/blobs/${bench.blob.digest}${query}`])
})

test("the blobs of an image at zot wait for one sync, which is the image's", async (t) => {
  const bench = await open(t, zot)
  await Promise.all(bench.blobs.map((blob) => warm(bench, blob)))
  const syncs = bench.mirror.requests?.filter((request) => request.endsWith(`/manifests/${bench.image?.digest}`))
  const documents = bench.blobs.filter(({ digest }) => digest === bench.image?.digest)
  assert.equal(syncs?.length, 1 + documents.length)
})

test("dfdaemon is given the right to the origin, and its refusal is the origin's", async (t) => {
  const bench = await open(t, dfdaemon)
  const origin = { ...bench.origin, authorization: async () => 'Bearer for-this-call' }
  await warm({ ...bench, origin }, bench.blob)
  const path = new URL(bench.blob.url).pathname
  assert.equal(bench.registry.asked(path, 'GET')[0]?.headers.authorization, 'Bearer for-this-call')
  const [other] = bench.blobs.filter(({ kind, digest }) => kind === 'layer' && digest !== bench.blob.digest)
  assert.ok(other)
  for (const [status, code] of [
    [401, 'registry.denied'],
    [403, 'registry.denied'],
    [404, 'registry.not-found'],
    [429, 'registry.busy'],
    [451, 'registry.refused'],
  ] as const) {
    bench.registry.fault({ path: new URL(other.url).pathname, status, times: 1 })
    await assert.rejects(warm(bench, other), (error) => {
      assert.ok(error instanceof Failure && error.message.includes(bench.peer.address))
      return error.code === code
    })
  }
})

test(
  'what a pull-through registry lost on the way to its store is fetched again',
  { skip: dockerRegistry.skip },
  async (t) => {
    const bench = await open(t, dockerRegistry)
    const path = new URL(bench.blob.url).pathname
    bench.registry.fault({ path, method: 'GET', cutAfter: 1000, times: 1 })
    const { proof } = await warm(bench, bench.blob)
    assert.equal(proof, 'peer-header')
  },
)

test('files, and blobs of no image, are not for registries', async (t) => {
  const bench = await open(t, distribution3)
  await assert.rejects(warm({ ...bench, image: null }, bench.blob), { code: 'peer.unsupported' })
})

test('a cancelled wait for a sync ends at once, and other waits for it go on', async (t) => {
  const bench = await open(t, zot)
  const held = Promise.withResolvers<void>()
  const path = new URL(bench.blob.url).pathname
  bench.registry.fault({ path, stallAfter: { bytes: 1000, until: held.promise } })
  const [reason, cancel] = [new Error('no longer wanted'), new AbortController()]
  const cancelled = warm(bench, bench.blob, { signal: cancel.signal })
  const patient = warm(bench, bench.blob, { job: 2 })
  await bench.registry.arrived(path, 1)
  cancel.abort(reason)
  await assert.rejects(cancelled, reason)
  held.resolve()
  assert.equal((await patient).bytes, bench.blob.size)
})

test('manifests are not for those that keep them unseen', async (t) => {
  const bench = await open(t, harbor)
  const [document] = bench.resolved.artifact.blobs.filter(({ kind }) => kind === 'index')
  assert.ok(document)
  await assert.rejects(warm(bench, document), { code: 'peer.unsupported' })
})

/** A mirror that answers as told. */
const scripted = (
  profile: string,
  answer: (question: Question, layer: Buffer) => Reply,
  layer = bytesOf(300_000, ''),
) => ({
  settings: () => ({ profile }),
  start: () => startStandIn(async (question) => answer(question, layer)),
  startKeepingNothing: () => startStandIn(async (question) => answer(question, layer)),
})

test('a pull-through registry behind something that refuses HEAD is filled by GET', async (t) => {
  let reads = 0
  const mirror = scripted('distribution', (question, layer) => {
    if (question.method === 'HEAD') return { status: 405 }
    if (question.headers.range !== undefined) return stored(question, '', layer)
    reads++
    return passed(question, { status: 200, mediaType: '', body: layer })
  })
  const bench = await open(t, mirror)
  const bytes = bytesOf(300_000, '')
  const blob = { ...bench.blob, digest: digestOf(bytes) }
  const { source, moved, proof } = await warm(bench, blob)
  assert.deepEqual({ source, moved, proof }, { source: 'origin', moved: { origin: 300_000 }, proof: 'peer-header' })
  assert.equal(reads, 1)
})

test('an image that zot took in without one of its blobs is not warm', async (t) => {
  const bench = await open(
    t,
    scripted('zot', (question) =>
      question.kind === 'manifests' ? stored(question, '', Buffer.from('{}')) : unknown('BLOB_UNKNOWN'),
    ),
  )
  await assert.rejects(warm(bench, bench.blob), { code: 'peer.not-cached' })
})

test('an answer that cannot be for this blob is refused, whatever it says of itself', async (t) => {
  const hit = { 'x-cache': 'HIT' }
  for (const [headers, body, code] of [
    [{ ...hit, 'content-type': 'text/html' }, 'Welcome', 'peer.misconfigured'],
    [hit, 'too short', 'registry.wrong-digest'],
    [{ ...hit, 'docker-content-digest': digestOf(Buffer.from('x')) }, 'x', 'registry.wrong-digest'],
    [{ ...hit, 'transfer-encoding': 'chunked' }, 'chunks that end too early', 'peer.broken'],
    [{ ...hit, 'transfer-encoding': 'chunked' }, 'x'.repeat(300_001), 'registry.wrong-digest'],
    [{ ...hit, 'transfer-encoding': 'chunked' }, 'x'.repeat(300_000), 'registry.wrong-digest'],
  ] as const) {
    const bench = await open(
      t,
      scripted('generic', () => ({ status: 200, headers, body: Buffer.from(body) })),
    )
    await assert.rejects(warm(bench, bench.blob), { code })
  }
})

test('a signed manifest goes by the name that its registry gives it, since its digest is that of a part', async (t) => {
  const digest = digestOf(Buffer.from('the signed part'))
  const headers = { 'docker-content-digest': digest, 'x-cache': 'HIT' }
  const bench = await open(
    t,
    scripted('generic', () => ({ status: 200, headers, body: Buffer.from('all of it') })),
  )
  const mediaType = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
  const blob = { ...bench.blob, kind: 'manifest', digest, size: null, mediaType } as const
  assert.deepEqual(await warm(bench, blob), {
    digest,
    bytes: 9,
    moved: { local: 9 },
    source: 'local',
    proof: 'peer-header',
  })
})
