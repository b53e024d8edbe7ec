import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Blob } from '../../../../src/model/blob.ts'
import { HttpOrigin } from '../local-bench.ts'
import { makeBench, mebibyte, type BenchOptions } from './bench.ts'

async function open(t: TestContext, options: BenchOptions = {}) {
  const bench = await makeBench(options)
  t.after(() => bench.close())
  return { bench, daemon: await bench.daemon() }
}

test('a peer is asked for the blob as a pull of it would be, and for nothing else', async (t) => {
  const { bench, daemon } = await open(t)
  const blob = bench.layer(1000)
  await bench.warm(daemon, blob, { origin: new HttpOrigin('Bearer fresh') })
  const [download] = daemon.downloads
  assert.equal(download?.url, blob.url)
  assert.equal(download?.priority, 6)
  assert.deepEqual(download?.request_header, { Authorization: 'Bearer fresh' })
  assert.equal(download?.enable_task_id_based_blob_digest, true)
  assert.deepEqual(download?.filtered_query_params, [])
  for (const name of ['range', 'tag', 'application', 'piece_length']) assert.ok(!(name in (download ?? {})), name)
})

test('each call has a credential of its own', async (t) => {
  const { bench, daemon } = await open(t)
  let calls = 0
  const origin = new HttpOrigin()
  origin.authorization = async () => `Bearer ${++calls}`
  await bench.warm(daemon, bench.layer(1000, 'one'), { origin })
  await bench.warm(daemon, bench.layer(1000, 'two'), { origin })
  const sent = daemon.downloads.map((download) => download.request_header['Authorization'])
  assert.deepEqual(sent, ['Bearer 1', 'Bearer 2'])
})

test('what the request says for itself goes to the peer, with its own signing parameters beside the usual', async (t) => {
  const { bench, daemon } = await open(t)
  bench.registry.putFile('/files/a.tar', Buffer.alloc(10))
  const file: Blob = {
    kind: 'file',
    digest: null,
    size: 10,
    mediaType: '',
    url: `${bench.registry.url}/files/a.tar?sign=1&version=2`,
  }
  const identity = { tag: 'nightly', application: 'ci', filteredQueryParams: ['sign'], pieceLength: 8 * mebibyte }
  await bench.warm(daemon, file, { identity, image: null })
  const [download] = daemon.downloads
  assert.equal(download?.tag, 'nightly')
  assert.equal(download?.application, 'ci')
  assert.equal(download?.piece_length, 8 * mebibyte)
  assert.equal(download?.filtered_query_params[0], 'sign')
  assert.ok(download?.filtered_query_params.includes('X-Amz-Signature'))
})

for (const emptyHits of [true, false]) {
  test(`what is held is a hit, told by ${emptyHits ? 'an empty stream' : 'pieces that are local'}`, async (t) => {
    const { bench, daemon } = await open(t)
    daemon.emptyHits = emptyHits
    const blob = bench.layer(5 * mebibyte)
    await bench.warm(daemon, blob)
    const { moved, source, bytes } = await bench.warm(daemon, blob)
    assert.deepEqual({ moved, source, bytes }, { moved: { local: blob.size }, source: 'local', bytes: blob.size })
    assert.equal(bench.reads(blob), 2) // one for each piece, all of them by the first warming
  })
}

test('a hit costs two calls, and a blob whose size nobody knows one more', async (t) => {
  const { bench, daemon } = await open(t)
  const blob = bench.layer(9 * mebibyte)
  await bench.warm(daemon, blob)
  const before = { ...daemon.calls }
  await bench.warm(daemon, blob)
  const { download, sync, stat } = daemon.calls
  assert.deepEqual([download - before.download, sync - before.sync, stat - before.stat], [1, 1, 0])
  const warmed = await bench.warm(daemon, { ...blob, size: null })
  assert.equal(warmed.bytes, blob.size)
  assert.equal(daemon.calls.stat, stat + 1)
})

test('a large blob comes from the origin once, and from peers after that', async (t) => {
  const { bench, daemon } = await open(t)
  const other = await bench.daemon({ hostname: 'other' })
  const blob = bench.layer(9 * mebibyte)
  const [first, second] = await Promise.all([bench.warm(daemon, blob), bench.warm(other, blob)])
  assert.equal((first.moved.origin ?? 0) + (second.moved.origin ?? 0), blob.size)
  assert.equal((first.moved.peer ?? 0) + (second.moved.peer ?? 0), blob.size)
  assert.deepEqual(new Set([first.source, second.source]), new Set(['origin', 'peer']))
  assert.equal(bench.reads(blob), 3)
})

test('blobs of up to 4 MiB come from the origin to each peer', async (t) => {
  const { bench, daemon } = await open(t)
  const other = await bench.daemon()
  const blob = bench.layer(4 * mebibyte)
  for (const each of [daemon, other]) assert.equal((await bench.warm(each, blob)).source, 'origin')
  assert.equal(bench.reads(blob), 2)
})

test('where the scheduler is broken every peer goes to the origin, and the bytes say so', async (t) => {
  const { bench, daemon } = await open(t)
  const other = await bench.daemon()
  const blob = bench.layer(5 * mebibyte)
  bench.scheduler.isBroken = true
  for (const each of [daemon, other]) assert.deepEqual((await bench.warm(each, blob)).moved, { origin: blob.size })
})

test('an empty blob is warm', async (t) => {
  const { bench, daemon } = await open(t)
  const blob = bench.layer(0)
  bench.registry.fault({ path: new URL(blob.url).pathname, ignoreRange: true }) // as registries do for no bytes
  for (const source of [null, 'local']) {
    const warmed = await bench.warm(daemon, blob)
    assert.deepEqual(
      { bytes: warmed.bytes, moved: warmed.moved, source: warmed.source },
      { bytes: 0, moved: {}, source },
    )
  }
})

test('a task that is finished in its own words only, after a node read a part of it, is fetched anew', async (t) => {
  const { bench, daemon } = await open(t)
  const blob = bench.layer(9 * mebibyte)
  await bench.warm(daemon, blob)
  const [taskId = ''] = daemon.store.tasks.keys()
  daemon.lieFinished(taskId)
  assert.equal(await bench.probe(daemon, blob), 'partial')
  const { moved, source } = await bench.warm(daemon, blob)
  assert.deepEqual({ moved, source }, { moved: { origin: blob.size }, source: 'origin' })
  assert.equal(daemon.calls.delete, 1)
  assert.equal(await bench.probe(daemon, blob), 'present')
})

test('a held blob of another length than the manifest says is fetched anew, once', async (t) => {
  const { bench, daemon } = await open(t)
  const blob = bench.layer(1000)
  const path = new URL(blob.url).pathname
  bench.registry.fault({ path, body: Buffer.alloc(700), status: 200, times: 2 })
  await assert.rejects(bench.warm(daemon, { ...blob, size: 699 }), { code: 'registry.wrong-digest' })
  assert.equal(daemon.store.tasks.size, 0)
  const { bytes, source } = await bench.warm(daemon, blob)
  assert.deepEqual({ bytes, source }, { bytes: 1000, source: 'origin' })
})

test('a refusal of the origin is told with the peer, the origin and how long to wait', async (t) => {
  const { bench, daemon } = await open(t)
  const blob = bench.layer(1000)
  const path = new URL(blob.url).pathname
  bench.registry.fault({ path, status: 429, headers: { 'retry-after': '7' }, body: 'slow down', times: 1 })
  await assert.rejects(bench.warm(daemon, blob), (error) => {
    const { code, message, retryAfterMs } = Object(error)
    assert.deepEqual({ code, retryAfterMs }, { code: 'registry.busy', retryAfterMs: 7_000 })
    for (const part of [daemon.address, bench.registry.host, 'slow down']) assert.ok(message.includes(part), message)
    return true
  })
  bench.registry.fault({ path, status: 403, times: 1 })
  await assert.rejects(bench.warm(daemon, blob), { code: 'registry.denied' })
  assert.equal((await bench.warm(daemon, blob)).source, 'origin')
})

test('a peer goes on with what it began although nobody waits for it any more', async (t) => {
  const { bench, daemon } = await open(t)
  const blob = bench.layer(1000)
  const path = new URL(blob.url).pathname
  const hang = Promise.withResolvers<void>()
  bench.registry.fault({ path, stallAfter: { bytes: 500, until: hang.promise } })
  const cancel = new AbortController()
  const warming = bench.warm(daemon, blob, { signal: cancel.signal })
  await bench.registry.arrived(path, 2)
  cancel.abort(new Error('no longer wanted'))
  await assert.rejects(warming, /no longer wanted/)
  assert.equal(await bench.probe(daemon, blob), 'partial')
  hang.resolve()
  assert.equal((await bench.warm(daemon, blob)).source, 'local')
  assert.equal(bench.reads(blob), 1)
})

test('a peer that gives no news for too long is slow', async (t) => {
  const { bench, daemon } = await open(t, { settings: { task_id: 'blob-digest' }, answerWithinMs: 300 })
  const blob = bench.layer(1000)
  const hang = Promise.withResolvers<void>()
  bench.registry.fault({ path: new URL(blob.url).pathname, held: hang.promise })
  await assert.rejects(bench.warm(daemon, blob), { code: 'peer.slow' })
  hang.resolve()
})

test('a file is fetched from its own address, and its length is what the peer found', async (t) => {
  const { bench, daemon } = await open(t)
  bench.registry.putFile('/files/a.tar', Buffer.alloc(12_345))
  const file: Blob = { kind: 'file', digest: null, size: null, mediaType: '', url: `${bench.registry.url}/files/a.tar` }
  const { bytes, digest, source } = await bench.warm(daemon, file, { image: null })
  assert.deepEqual({ bytes, digest, source }, { bytes: 12_345, digest: null, source: 'origin' })
})

test('no peer is asked for an address whose signature is not to be handed on', async (t) => {
  const { bench, daemon } = await open(t)
  const file: Blob = {
    kind: 'file',
    digest: null,
    size: 1,
    mediaType: '',
    url: 'https://s3.example/a?X-Amz-Signature=***',
  }
  await assert.rejects(bench.warm(daemon, file, { image: null }), { code: 'peer.unsupported' })
  assert.equal(daemon.calls.download, 0)
})

test('a peer that names a blob otherwise than by the digest it was asked for is misconfigured', async (t) => {
  const { bench, daemon } = await open(t)
  daemon.knowsDigestIds = false
  await assert.rejects(bench.warm(daemon, bench.layer(1000)), { code: 'peer.misconfigured', message: /task_id/ })
})

test('a task is looked for, and forgotten, by its bare id', async (t) => {
  const { bench, daemon } = await open(t)
  const blob = bench.layer(1000)
  await bench.warm(daemon, blob)
  const [taskId = ''] = daemon.store.tasks.keys()
  const task: Blob = { kind: 'file', digest: null, size: null, mediaType: '', url: `task:${taskId}` }
  assert.equal(await bench.probe(daemon, task), 'present')
  assert.equal(await bench.evict(daemon, task), true)
  assert.equal(await bench.probe(daemon, task), 'absent')
  assert.equal(await bench.evict(daemon, task), false)
  await assert.rejects(bench.warm(daemon, task, { image: null }), { code: 'peer.unsupported' })
})

test('a blob is forgotten although the peer could not tell its scheduler', async (t) => {
  const { bench, daemon } = await open(t)
  const blob = bench.layer(1000)
  await bench.warm(daemon, blob)
  bench.scheduler.isBroken = true
  assert.equal(await bench.evict(daemon, blob), true)
  assert.equal(await bench.probe(daemon, blob), 'absent')
})
