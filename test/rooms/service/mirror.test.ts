// The embedded peer over HTTP, as nodes pull from it.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { bytesOf, makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { adminToken, startService, type TestService } from '../../support/service.ts'

const image = makeImage({ layers: [3_000_000, 1000], platforms: ['linux/amd64'] })
const [layer, bytes] = [...image.blobs].find(([, content]) => content.length === 3_000_000) ?? []
assert.ok(layer !== undefined && bytes !== undefined)
let registry: TestRegistry
let service: TestService
before(async () => {
  registry = await startRegistry()
  registry.push('library/app', image, '1.0')
  service = await startService()
  const settled = await service.settled(
    (await service.preheat({ type: 'image', url: `${registry.host}/library/app:1.0` })).id,
  )
  assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))
})
after(async () => {
  await service.stop()
  await registry.close()
})

const get = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  fetch(service.url + path, { method, headers })
const sha256 = (content: ArrayBuffer): string =>
  `sha256:${createHash('sha256').update(new Uint8Array(content)).digest('hex')}`

test('mirror: a blob comes whole, with its digest, length and ranges announced', async () => {
  const answer = await get(`/v2/library/app/blobs/${layer}?ns=${registry.host}`)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('docker-content-digest'), layer)
  assert.equal(answer.headers.get('content-length'), '3000000')
  assert.equal(answer.headers.get('accept-ranges'), 'bytes')
  assert.equal(answer.headers.get('content-encoding'), null)
  assert.equal(sha256(await answer.arrayBuffer()), layer)
})

test('mirror: an open range is a 206, also at its end, and one beyond it is a 416', async () => {
  const tail = await get(`/v2/library/app/blobs/${layer}`, { range: 'bytes=2999990-' })
  assert.equal(tail.status, 206)
  assert.equal(tail.headers.get('content-range'), 'bytes 2999990-2999999/3000000')
  assert.deepEqual(Buffer.from(await tail.arrayBuffer()), bytes.subarray(2_999_990))
  const beyond = await get(`/v2/library/app/blobs/${layer}`, { range: 'bytes=3000000-' })
  assert.equal(beyond.status, 416)
  assert.equal(beyond.headers.get('content-range'), 'bytes */3000000')
})

test('mirror: HEAD says what GET would, without a body', async () => {
  const answer = await get(`/v2/library/app/manifests/1.0?ns=${registry.host}`, {}, 'HEAD')
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('docker-content-digest'), image.top.digest)
  assert.equal(answer.headers.get('content-type'), image.top.mediaType)
  assert.equal(answer.headers.get('content-length'), String(image.top.bytes.length))
  assert.equal((await answer.arrayBuffer()).byteLength, 0)
})

test('mirror: a tag is answered for the registry that it was resolved at, and for no other', async () => {
  const own = await get(`/v2/library/app/manifests/1.0?ns=${registry.host}`)
  assert.deepEqual(Buffer.from(await own.arrayBuffer()), image.top.bytes)
  assert.equal((await get('/v2/library/app/manifests/1.0?ns=registry.example.com')).status, 404)
})

test('mirror: a miss is a 404 in the dialect of registries', async () => {
  const answer = await get(`/v2/library/app/blobs/sha256:${'0'.repeat(64)}`)
  assert.equal(answer.status, 404)
  const { errors } = (await answer.json()) as { readonly errors: readonly { readonly code: string }[] }
  assert.equal(errors[0]?.code, 'BLOB_UNKNOWN')
})

test('mirror: a client that goes away early leaves the next one its answer', async () => {
  for (let n = 0; n < 20; n++) {
    const gone = new AbortController()
    const answer = await fetch(`${service.url}/v2/library/app/blobs/${layer}`, { signal: gone.signal })
    await answer.body?.getReader().read()
    gone.abort()
  }
  assert.equal(sha256(await (await get(`/v2/library/app/blobs/${layer}`)).arrayBuffer()), layer)
})

test('mirror: this machine pulls without a token, a request through a proxy does not', async () => {
  const proxied = { 'x-forwarded-for': '127.0.0.1' }
  const path = `/v2/library/app/blobs/${layer}`
  const refused = await get(path, proxied)
  assert.equal(refused.status, 401)
  assert.match(refused.headers.get('www-authenticate') ?? '', /Bearer|Basic/)
  assert.equal((await get(path, { ...proxied, authorization: `Bearer ${adminToken}` })).status, 200)
})

test('mirror: what was not verified is not served', async () => {
  const wrong = makeImage({ layers: [50_000], seed: 'wrong' })
  const [digest] = [...wrong.blobs].find(([, content]) => content.length === 50_000) ?? []
  registry.push('library/wrong', wrong, '1.0')
  registry.fault({ path: new RegExp(String(digest)), body: bytesOf(50_000, 'something else') })
  const job = await service.preheat({ type: 'image', url: `${registry.host}/library/wrong:1.0` })
  const settled = await service.settled(job.id)
  assert.equal(settled.error?.code, 'registry.wrong-digest')
  assert.equal((await get(`/v2/library/wrong/blobs/${digest}`)).status, 404)
  assert.equal((await get(`/v2/library/wrong/manifests/1.0?ns=${registry.host}`)).status, 404)
})
