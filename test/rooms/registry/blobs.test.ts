// Blobs read from a registry that breaks off, ignores ranges, sends too much or sends readers elsewhere.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Blob } from '../../../src/model/blob.ts'
import { makeImage } from '../../support/image.ts'
import { asNamed, Collected, imageRequest, makeOrigins, sha256Of, testSignal } from '../../support/origins.ts'
import { startRegistry, type RegistryOptions } from '../../support/registry.ts'
import { openRegistryRoom } from '../../support/registry-room.ts'

const size = 1_000_000

/** An image of one layer, resolved; the faults come after that. */
async function bench(t: TestContext, options: RegistryOptions = {}, format: 'oci' | 'schema1' = 'oci') {
  const image = makeImage({ format, layers: [size] })
  const { registry, http, resolve } = await openRegistryRoom(t, { registry: options, image })
  const { artifact, origin } = await resolve()
  const layer = artifact.blobs.find(({ kind }) => kind === 'layer')
  assert.ok(layer?.digest)
  const bytes = image.blobs.get(layer.digest)
  assert.ok(bytes)
  return { registry, image, origin, layer: layer as Blob, bytes, http }
}

for (const at of [1, size / 2, size - 1]) {
  test(`a blob that broke off after ${at} bytes is gone on with by range`, async (t) => {
    const { registry, origin, layer, bytes } = await bench(t)
    registry.fault({ path: /\/blobs\//, cutAfter: at, times: 1 })
    const [first, second] = [new Collected(), new Collected()]
    await assert.rejects(origin.read(layer, 0, first, testSignal()), { code: 'registry.broken-off' })
    const held = first.bytes.length
    assert.ok(held <= at)
    await origin.read(layer, held, second, testSignal())
    assert.deepEqual(second.begun, [[held, size]])
    assert.ok(Buffer.concat([first.bytes, second.bytes]).equals(bytes))
    assert.equal(registry.asked(/\/blobs\//).at(-1)?.bytesSent, size - held)
  })
}

test('where the range is ignored the blob begins anew', async (t) => {
  const { registry, origin, layer, bytes } = await bench(t)
  registry.fault({ path: /\/blobs\//, ignoreRange: true })
  const sink = new Collected()
  await origin.read(layer, 500, sink, testSignal())
  assert.deepEqual(sink.begun, [[0, size]])
  assert.ok(sink.bytes.equals(bytes))
})

test('where the range is refused the blob is asked for without one', async (t) => {
  const { registry, origin, layer, bytes } = await bench(t)
  registry.fault({ path: /\/blobs\//, status: 416, times: 1 })
  const sink = new Collected()
  await origin.read(layer, 500, sink, testSignal())
  assert.deepEqual(sink.begun, [[0, size]])
  assert.ok(sink.bytes.equals(bytes))
})

test('of a blob that is complete nothing is asked', async (t) => {
  const { registry, origin, layer } = await bench(t)
  const sink = new Collected()
  await origin.read(layer, size, sink, testSignal())
  assert.deepEqual(sink.begun, [[size, size]])
  assert.equal(registry.asked(/\/blobs\//).length, 0)
})

/** What goes wrong, from where it was read, and how it ends. */
const faults = [
  ['another size than the manifest says', { body: 'x'.repeat(10) }, 0, 'registry.wrong-digest'],
  [
    'more bytes than the manifest says',
    { body: 'x'.repeat(size + 1), headers: { 'content-length': null } },
    0,
    'registry.too-large',
  ],
  ['fewer bytes than the manifest says', { body: 'x', headers: { 'content-length': null } }, 0, 'registry.broken-off'],
  [
    'a range that was not asked for',
    { status: 206, headers: { 'content-range': `bytes 9-9/${size}` }, body: 'x' },
    500,
    'registry.invalid',
  ],
  [
    'a range that nobody can read',
    { status: 206, headers: { 'content-range': 'bytes x' }, body: 'x' },
    500,
    'registry.invalid',
  ],
  ['a part without a range', { status: 206, body: 'x' }, 0, 'registry.invalid'],
  [
    'a range of another total',
    { status: 206, headers: { 'content-range': 'bytes 500-500/501' }, body: 'x' },
    500,
    'registry.wrong-digest',
  ],
  ['403', { status: 403 }, 0, 'registry.denied'],
  ['404', { status: 404 }, 0, 'registry.not-found'],
  ['416 for the whole', { status: 416 }, 0, 'registry.refused'],
  ['502', { status: 502 }, 0, 'registry.busy'],
] as const
for (const [name, fault, from, code] of faults) {
  test(`a blob answered with ${name} is ${code}`, async (t) => {
    const { registry, origin, layer } = await bench(t)
    registry.fault({ path: /\/blobs\//, ...fault })
    await assert.rejects(origin.read(layer, from, new Collected(), testSignal()), { code })
  })
}

test('a blob that grows beyond its size is not read to its end', async (t) => {
  const { registry, origin, layer } = await bench(t)
  registry.fault({ path: /\/blobs\//, body: Buffer.alloc(size * 60), headers: { 'content-length': null } })
  const sink = new Collected()
  await assert.rejects(origin.read(layer, 0, sink, testSignal()), { code: 'registry.too-large' })
  assert.ok(sink.bytes.length <= size)
})

test('a blob of unknown size is read to its end', async (t) => {
  const { registry, origin, layer } = await bench(t, {}, 'schema1')
  assert.equal(layer.size, null)
  assert.equal(await sha256Of(origin, layer), layer.digest)
  registry.fault({ path: /\/blobs\//, headers: { 'content-length': null } })
  assert.equal(await sha256Of(origin, layer), layer.digest)
})

test('a redirect to another host is followed without the credential', async (t) => {
  const storage = await startRegistry({ refuseAuthorization: true })
  t.after(() => storage.close())
  const auth = { kind: 'basic', users: { ann: 'secret' } } as const
  const registry = await startRegistry({ auth, redirectBlobsTo: storage.url })
  const image = makeImage({ layers: [size] })
  registry.push('library/app', image, 'latest')
  storage.push('library/app', image)
  const { origins, http } = makeOrigins()
  t.after(async () => {
    await http.close()
    await registry.close()
  })
  const request = imageRequest(`${registry.host}/library/app`, { username: 'ann' })
  const secrets = { password: 'secret', headers: { 'X-Acme': 'mine', Cookie: 'c=1' } }
  const { artifact, origin } = await origins.resolve(request, secrets, asNamed, testSignal())
  for (const blob of artifact.blobs) assert.equal(await sha256Of(origin, blob), blob.digest)
  assert.equal(storage.requests.length, 2)
  for (const { headers } of storage.requests) {
    assert.deepEqual([headers.authorization, headers.cookie, headers['x-acme']], [undefined, undefined, undefined])
  }
  for (const { headers } of registry.asked(/\/blobs\//)) {
    assert.ok(headers.authorization?.startsWith('Basic '))
    assert.equal(headers['x-acme'], 'mine')
  }
  assert.ok(artifact.blobs.every(({ url }) => url.startsWith(registry.url))) // never the signed address
  const layer = artifact.blobs.find(({ kind }) => kind === 'layer')
  assert.ok(layer)
  const sink = new Collected()
  await origin.read(layer, 999_999, sink, testSignal())
  assert.equal(sink.bytes.length, 1) // the range travels along
})

test('a credential that was left behind is not taken up again, neither further away nor on the way back', async (t) => {
  const { registry, origin, layer } = await bench(t, { auth: { kind: 'bearer', users: {}, anonymous: true } })
  const away = await startRegistry()
  t.after(() => away.close())
  registry.redirectBlobsTo = away.url
  away.fault({ path: /\/blobs\//, status: 307, headers: { location: '/again' } })
  away.fault({ path: '/again', status: 307, headers: { location: `${registry.url}/elsewhere` } })
  registry.putFile('/elsewhere', Buffer.from('x'))
  await assert.rejects(origin.read(layer, 0, new Collected(), testSignal()))
  const later = [...away.asked('/again'), ...registry.asked('/elsewhere')]
  assert.deepEqual(
    later.map(({ headers }) => headers.authorization),
    [undefined, undefined],
  )
})

test('a redirect loop ends', async (t) => {
  const { registry, origin, layer } = await bench(t)
  registry.redirectBlobsTo = registry.url
  await assert.rejects(origin.read(layer, 0, new Collected(), testSignal()), { code: 'registry.invalid' })
  assert.equal(registry.asked(/\/blobs\//).length, 6)
})

test('a reader that fails is heard as it is, and the registry is not read on', async (t) => {
  const { registry, origin, layer } = await bench(t)
  const full = Object.assign(new Error('no room'), { code: 'ECONNRESET' })
  const sink = {
    begin: () => {},
    write: () => {
      throw full
    },
  }
  await assert.rejects(origin.read(layer, 0, sink, testSignal()), (error) => error === full)
  const late = { begin: () => Promise.reject(full), write: () => {} }
  await assert.rejects(origin.read(layer, 0, late, testSignal()), (error) => error === full)
  assert.equal(registry.asked(/\/blobs\//).length, 2)
})

test('a read that is given up stops, and the registry sees the connection go', async (t) => {
  const { registry, origin, layer } = await bench(t)
  const release = Promise.withResolvers<void>()
  registry.fault({ path: /\/blobs\//, stallAfter: { bytes: 1000, until: release.promise } })
  const stop = new AbortController()
  const reason = new Error('enough')
  const sink = { begin: () => {}, write: () => stop.abort(reason) }
  await assert.rejects(origin.read(layer, 0, sink, stop.signal), (error) => error === reason)
  release.resolve()
})
