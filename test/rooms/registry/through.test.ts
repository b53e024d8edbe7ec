// What peers need of an origin: an Authorization to fetch with, and its blobs asked for through a forward proxy.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { HttpClientOptions } from '../../../src/kit/http.ts'
import { Secret } from '../../../src/kit/secret.ts'
import type { Blob } from '../../../src/model/blob.ts'
import type { JobSecrets } from '../../../src/model/job.ts'
import type { PeerAsk } from '../../../src/model/peer-http.ts'
import type { Origin } from '../../../src/model/ports.ts'
import { HttpProxyDoor } from '../../../src/registry/proxy-door.ts'
import { startForwardProxy } from '../../support/forward-proxy.ts'
import { bytesOf, digestOf, makeImage } from '../../support/image.ts'
import { asNamed, fileRequest, imageRequest, makeOrigins, testSignal } from '../../support/origins.ts'
import { startRegistry, type RegistryOptions } from '../../support/registry.ts'
import { rawServer } from '../kit/raw-server.ts'

const repository = 'library/app'
const users = { alice: 's3cret' }
const basic = `Basic ${btoa('alice:s3cret')}`

interface Options {
  readonly registry?: RegistryOptions
  readonly secrets?: JobSecrets
  readonly bandwidth?: number
  readonly client?: Partial<HttpClientOptions>
  /** Alice is configured for the registry. */
  readonly configured?: true
}

async function bench(t: TestContext, { registry: how, secrets = {}, bandwidth, client, configured }: Options = {}) {
  const registry = await startRegistry(how)
  registry.push(repository, makeImage(), 'latest')
  const proxy = await startForwardProxy()
  const alice = { username: 'alice', password: new Secret(users.alice) }
  const registries = configured ? { [registry.host]: alice } : {}
  const { origins, http } = makeOrigins({ bandwidth, registries }, client)
  t.after(async () => {
    await http.close()
    await proxy.close()
    await registry.close()
  })
  const request = imageRequest(`${registry.host}/${repository}`)
  const resolved = await origins.resolve(request, secrets, asNamed, testSignal())
  const [layer] = resolved.artifact.blobs.filter(({ kind }) => kind === 'layer')
  assert.ok(layer)
  return { ...resolved, registry, proxy, origins, http, layer }
}

async function read(origin: Origin, address: string, blob: Blob, ask: Partial<PeerAsk> = {}) {
  const chunks: Uint8Array[] = []
  const take = (chunk: Uint8Array) => void chunks.push(chunk)
  const usual = { method: 'GET', headers: {}, firstByteMs: 10_000, signal: testSignal(), take } as const
  const answer = await origin.askThrough({ address, tls: undefined }, blob, { ...usual, ...ask })
  return { ...answer, body: Buffer.concat(chunks) }
}

const pathOf = ({ url }: Blob) => new URL(url).pathname

test('every blob of an image is read through a proxy, manifests too', async (t) => {
  const { artifact, origin, proxy } = await bench(t)
  for (const blob of artifact.blobs) {
    const { status, headers, words, body } = await read(origin, proxy.address, blob, { headers: { accept: '*/*' } })
    assert.deepEqual([status, headers['via'], words, digestOf(body)], [200, '1.1 forward.test', '', blob.digest])
  }
  assert.deepEqual(
    proxy.requests.map(({ target }) => target),
    artifact.blobs.map(({ url }) => url),
  )
})

test('tokens are fetched without the proxy, and renewed when the registry says so through it', async (t) => {
  const { origin, proxy, layer, registry } = await bench(t, {
    registry: { auth: { kind: 'bearer', users, anonymous: true } },
  })
  const before = await origin.authorization(layer, testSignal())
  assert.match(before ?? '', /^Bearer /)
  registry.guard?.revokeTokens()
  assert.equal((await read(origin, proxy.address, layer)).status, 200)
  assert.deepEqual(
    proxy.requests.map(({ target }) => target),
    [layer.url, layer.url],
  )
  const [refused, renewed] = proxy.requests.map(({ headers }) => headers.authorization)
  assert.equal(refused, before)
  assert.equal(renewed, await origin.authorization(layer, testSignal()))
  assert.notEqual(renewed, refused)
})

test('a refusal comes back with its words', async (t) => {
  const { origin, proxy, layer, registry } = await bench(t)
  registry.fault({ path: pathOf(layer), status: 404, body: '{"errors":[{"code":"BLOB_UNKNOWN","message":"<gone>"}]}' })
  const { status, words, body } = await read(origin, proxy.address, layer)
  assert.deepEqual([status, words, body.length], [404, 'BLOB_UNKNOWN: ‹gone›', 0])
  const plain = { 'content-type': 'text/plain' }
  registry.healed()
  registry.fault({ path: pathOf(layer), status: 500, body: 'no\nspace', headers: plain })
  assert.equal((await read(origin, proxy.address, layer)).words, 'no space')
})

test('without a taker the answer comes at its headers, however long the body takes', async (t) => {
  const { origin, proxy, registry, layer } = await bench(t)
  const bytes = bytesOf(300_000, 'big')
  registry.pushBlob(repository, bytes)
  const digest = digestOf(bytes)
  const big = { ...layer, digest, size: bytes.length, url: layer.url.replace(layer.digest ?? '', digest) }
  registry.fault({ path: pathOf(big), stallAfter: { bytes: 100, until: new Promise(() => {}) } })
  const ask = { method: 'GET', headers: {}, firstByteMs: 10_000, signal: testSignal() } as const
  const { status } = await origin.askThrough({ address: proxy.address, tls: undefined }, big, ask)
  assert.equal(status, 200)
})

test('a redirect goes through the proxy too, and leaves the credential behind', async (t) => {
  const store = await startRegistry()
  t.after(() => store.close())
  store.push(repository, makeImage())
  const registry = { redirectBlobsTo: store.url, auth: { kind: 'basic', users } } as const
  const opened = await bench(t, { registry, secrets: { headers: { authorization: basic } } })
  const { origin, proxy, layer } = opened
  const look = { headers: { 'cache-control': 'only-if-cached' } }
  await read(origin, proxy.address, layer, look)
  await read(origin, proxy.address, layer, look)
  opened.registry.redirectBlobsTo = undefined
  await read(origin, proxy.address, layer, look)
  const seen = proxy.requests.map(({ target, headers }) => {
    return [new URL(target).host, headers.authorization, headers['cache-control']]
  })
  assert.deepEqual(seen, [
    [opened.registry.host, basic, 'only-if-cached'],
    [store.host, undefined, 'only-if-cached'],
    // By now it is known to redirect, and no cache has that answer.
    [opened.registry.host, basic, undefined],
    [store.host, undefined, 'only-if-cached'],
    // It does not redirect any more, so that it is asked again.
    [opened.registry.host, basic, undefined],
    [opened.registry.host, basic, 'only-if-cached'],
  ])
})

test('a redirect that leads nowhere good is refused', async (t) => {
  const { origin, proxy, registry, layer } = await bench(t)
  registry.fault({ path: pathOf(layer), status: 302, headers: { location: 'ftp://example.com/' } })
  await assert.rejects(read(origin, proxy.address, layer), { code: 'registry.invalid' })
})

test('what goes wrong at the proxy is the peer’s', async (t) => {
  const { origin, layer } = await bench(t)
  const told = (address: string, code: string, message: RegExp, ask: Partial<PeerAsk> = {}) =>
    assert.rejects(read(origin, address, layer, ask), { code, message })
  const gone = await startForwardProxy()
  await gone.close()
  await told(
    gone.address,
    'peer.unreachable',
    /^The peer 127\S+ could not give blob sha256:\S+ of library\/app: .* refused/,
  )
  const silent = await rawServer(t, () => {})
  await told(silent.host, 'peer.slow', /begin to answer/, { firstByteMs: 50 })
  const strange = await rawServer(t, (socket) => void socket.end('220 mail ready\r\n'))
  await told(strange.host, 'peer.misconfigured', /not HTTP/)
  const broken = await rawServer(t, (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'))
  await told(broken.host, 'peer.broken', /broke off/)
  await told('169.254.169.254:3128', 'egress.denied', /may not be reached/)
})

test('what the taker throws, and the reason of the signal, come back as they are', async (t) => {
  const { origin, proxy, layer } = await bench(t)
  const own = new Error('own')
  const throwing = { take: () => Promise.reject(own) }
  await assert.rejects(read(origin, proxy.address, layer, throwing), (error) => error === own)
  const aborted = { signal: AbortSignal.abort(own) }
  await assert.rejects(read(origin, proxy.address, layer, aborted), (error) => error === own)
})

test('the bandwidth of an origin holds for what comes through a proxy', async (t) => {
  const { origin, proxy, layer } = await bench(t, { bandwidth: 1_000_000 })
  assert.equal(digestOf((await read(origin, proxy.address, layer)).body), layer.digest)
})

test('files are asked for with what the request brought, and their addresses are their own', async (t) => {
  const { origins, registry, proxy } = await bench(t)
  registry.putFile('/a.bin', Buffer.from('hello'))
  const secrets = { headers: { authorization: 'Bearer mine' }, urls: [`${registry.url}/a.bin?token=s3cret`] }
  const resolved = await origins.resolve(fileRequest([`${registry.url}/a.bin`]), secrets, asNamed, testSignal())
  const [file] = resolved.artifact.blobs
  assert.ok(file)
  assert.equal(await resolved.origin.authorization(file, testSignal()), 'Bearer mine')
  assert.equal((await read(resolved.origin, proxy.address, file)).body.toString(), 'hello')
  const [asked] = proxy.requests
  assert.deepEqual([asked?.target, asked?.headers.authorization], [secrets.urls[0], 'Bearer mine'])
  await assert.rejects(resolved.origin.authorization({ ...file, url: 'http://other/' }, testSignal()), TypeError)
})

test('an origin that wants nothing gives nothing', async (t) => {
  const { origin, layer } = await bench(t)
  assert.equal(await origin.authorization(layer, testSignal()), undefined)
  await assert.rejects(read(origin, '127.0.0.1:9', { ...layer, digest: null }), TypeError)
})

test('the end of the token that came with the request is known', async (t) => {
  const jwt = (claims: object) => `Bearer e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.e30`
  const with_ = (authorization: string) => bench(t, { secrets: { headers: { Authorization: authorization } } })
  assert.equal((await bench(t)).expiresAtMs, null)
  assert.equal((await with_('Bearer opaque')).expiresAtMs, null)
  assert.equal((await with_(jwt({ exp: 4_000_000_000 }))).expiresAtMs, 4_000_000_000_000)
})

test('a look into a proxy’s cache bears no credential and follows nothing', async (t) => {
  const { registry, proxy, http, layer } = await bench(t)
  const door = new HttpProxyDoor({ http, registries: {}, tls: {} })
  const endpoint = { address: proxy.address, tls: undefined }
  const ask = { method: 'GET', headers: { range: 'bytes=0-0' }, firstByteMs: 10_000, signal: testSignal() } as const
  assert.equal((await door.ask(endpoint, new URL(layer.url), ask)).status, 206)
  assert.equal(proxy.requests[0]?.headers.authorization, undefined)
  registry.fault({ path: pathOf(layer), status: 302, headers: { location: '/elsewhere' } })
  assert.equal((await door.ask(endpoint, new URL(layer.url), ask)).status, 302)
  const nobody = { address: '127.0.0.1:9', tls: undefined }
  await assert.rejects(door.ask(nobody, new URL('http://a.test/x?token=s3cret'), ask), {
    code: 'peer.unreachable',
    message: /http:\/\/a\.test\/x\?token=\*\*\*/,
  })
})

test('a guarded peer gets no password that is configured, neither by itself nor as a proxy', async (t) => {
  const { origin, proxy, layer } = await bench(t, { registry: { auth: { kind: 'basic', users } }, configured: true })
  assert.equal(await origin.authorization(layer, testSignal()), basic)
  await assert.rejects(origin.authorization(layer, testSignal(), true), { code: 'registry.denied' })
  await assert.rejects(read(origin, proxy.address, layer, { guarded: true }), { code: 'registry.denied' })
  assert.deepEqual(proxy.requests, [])
  assert.equal((await read(origin, proxy.address, layer)).status, 200)
})

test('a guarded peer gets tokens for what is configured, and the password that came with the request', async (t) => {
  const auth = { kind: 'bearer', users } as const
  const tokens = await bench(t, { registry: { auth }, configured: true })
  assert.match((await tokens.origin.authorization(tokens.layer, testSignal(), true)) ?? '', /^Bearer /)
  const secrets = { headers: { authorization: basic } }
  const brought = await bench(t, { registry: { auth: { kind: 'basic', users } }, secrets })
  assert.equal(await brought.origin.authorization(brought.layer, testSignal(), true), basic)
})
