// The way to peers: who we are there, what comes back, and that what goes wrong is the peer's.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { HttpClient } from '../../../src/kit/http.ts'
import { EgressPolicy } from '../../../src/kit/egress.ts'
import { Secret } from '../../../src/kit/secret.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { PeerAsk, PeerEndpoint } from '../../../src/model/peer-http.ts'
import { RegistryPeerDoor, type PeerDoorOptions } from '../../../src/registry/peer-door.ts'
import { makeCertificate } from '../../support/certificates.ts'
import { freePort } from '../../support/free-port.ts'
import { bytesOf, digestOf } from '../../support/image.ts'
import { testSignal } from '../../support/origins.ts'
import { startRegistry, type RegistryOptions } from '../../support/registry.ts'
import { requires } from '../../support/requires.ts'
import { rawServer } from '../kit/raw-server.ts'

const bytes = bytesOf(40_000, 'a layer')
const path = `/v2/library/app/blobs/${digestOf(bytes)}`

interface Opening {
  readonly peer?: RegistryOptions
  readonly door?: (host: string) => Partial<PeerDoorOptions>
  readonly allow?: readonly string[]
}

async function open(
  t: TestContext,
  { peer: options, door: settings = () => ({}), allow = ['127.0.0.0/8'] }: Opening = {},
) {
  const registry = await startRegistry(options)
  registry.pushBlob('library/app', bytes)
  const http = new HttpClient({ egress: new EgressPolicy({ allow }), userAgent: 'warmfront/test' })
  t.after(async () => {
    await http.close()
    await registry.close()
  })
  const door = new RegistryPeerDoor({ http, registries: {}, tls: {}, ...settings(registry.host) })
  const peer: PeerEndpoint = { address: registry.host, tls: undefined }
  return { registry, door, peer, ask: (change: Partial<PeerAsk> = {}) => door.ask(peer, path, asked(change)) }
}

const asked = (change: Partial<PeerAsk> = {}): PeerAsk => ({
  method: 'GET',
  headers: {},
  firstByteMs: 20_000,
  signal: testSignal(),
  ...change,
})

test('the bytes go to who takes them, and the answer has its headers', async (t) => {
  const { ask } = await open(t)
  const chunks: Uint8Array[] = []
  const answer = await ask({ take: (chunk) => void chunks.push(chunk), headers: { range: 'bytes=10-19' } })
  assert.deepEqual([answer.status, answer.headers['content-range'], answer.words], [206, 'bytes 10-19/40000', ''])
  assert.deepEqual(Buffer.concat(chunks), bytes.subarray(10, 20))
})

test('a refusal comes back with its words, and nobody takes its body', async (t) => {
  const { registry, ask } = await open(t)
  registry.fault({ path, status: 404, body: '{"errors":[{"code":"BLOB_UNKNOWN","message":"no such blob"}]}' })
  const answer = await ask({ take: () => assert.fail('a refusal is no blob') })
  assert.deepEqual([answer.status, answer.words], [404, 'BLOB_UNKNOWN: no such blob'])
})

test('what its taker throws comes back as it is', async (t) => {
  const { ask } = await open(t)
  const own = new Failure('registry.wrong-digest', 'Not these.')
  await assert.rejects(
    ask({
      take: () => {
        throw own
      },
    }),
    own,
  )
})

test('it is asked with the credential that is configured for its host, by Basic and by Bearer', async (t) => {
  const credential = { username: 'alice', password: new Secret('s3cret') }
  for (const kind of ['basic', 'bearer'] as const) {
    const auth = { kind, users: { alice: 's3cret' } }
    const { ask } = await open(t, { peer: { auth }, door: (host) => ({ registries: { [host]: credential } }) })
    assert.equal((await ask()).status, 200)
  }
})

test("the credential of docker's config.json will do", async (t) => {
  const auth = Buffer.from('alice:s3cret').toString('base64')
  const { ask } = await open(t, {
    peer: { auth: { kind: 'basic', users: { alice: 's3cret' } } },
    door: (host) => ({ dockerConfig: () => JSON.stringify({ auths: { [host]: { auth } } }) }),
  })
  assert.equal((await ask()).status, 200)
})

test('its bytes come no faster than the settings of its host allow', async (t) => {
  let nowMs = 0
  const clock = { now: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) }
  const { ask } = await open(t, { door: (host) => ({ clock, registries: { [host]: { bandwidth: 10_000 } } }) })
  await ask({ take: () => {} })
  await ask({ take: () => {} })
  assert.ok(nowMs >= 6_000, `80,000 bytes in ${nowMs} ms`)
})

test('a peer that does not let us in says so: its 401, or its token server', async (t) => {
  const basic = await open(t, { peer: { auth: { kind: 'basic', users: {} } } })
  assert.equal((await basic.ask()).status, 401)
  const bearer = await open(t, { peer: { auth: { kind: 'bearer', users: {} } } })
  await assert.rejects(bearer.ask(), { code: 'peer.denied' })
})

test('an Authorization for the origin goes to the peer, and not to whom it redirects', async (t) => {
  const { registry: store } = await open(t)
  const { registry, ask } = await open(t, { peer: { redirectBlobsTo: store.url } })
  assert.equal((await ask({ headers: { authorization: 'Bearer of-the-origin', range: 'bytes=0-0' } })).status, 206)
  assert.equal(registry.requests[0]?.headers.authorization, 'Bearer of-the-origin')
  assert.deepEqual(
    store.requests.map(({ headers: { authorization, range } }) => [authorization, range]),
    [[undefined, 'bytes=0-0']],
  )
})

test('a peer that asked for a pause is not asked before it is over', async (t) => {
  const { registry, ask } = await open(t)
  registry.fault({ path, status: 429, headers: { 'retry-after': '60' } })
  assert.equal((await ask()).status, 429)
  await assert.rejects(ask(), (error) => {
    assert.ok(error instanceof Failure && error.retryAfterMs !== undefined)
    assert.ok(error.retryAfterMs > 50_000)
    return error.code === 'peer.busy'
  })
  assert.equal(registry.requests.length, 1)
})

test('a peer that begins to answer too late is peer.slow, however patient the client is', async (t) => {
  const { registry, ask } = await open(t)
  registry.fault({ path, held: new Promise(() => {}) })
  await assert.rejects(ask({ firstByteMs: 20 }), { code: 'peer.slow' })
})

test('a peer that is not there, or not a registry, or breaks off, is a cause of its own', async (t) => {
  const { registry, door, ask } = await open(t)
  const nobody = { address: `127.0.0.1:${await freePort()}`, tls: undefined }
  await assert.rejects(door.ask(nobody, path, asked()), (error) => {
    assert.ok(error instanceof Failure && error.message.includes(nobody.address))
    return error.code === 'peer.unreachable'
  })
  const strange = await rawServer(t, (socket) => socket.end('220 mail.example.com ready\r\n'))
  await assert.rejects(door.ask({ address: strange.host, tls: undefined }, path, asked()), {
    code: 'peer.misconfigured',
  })
  registry.fault({ path, cutAfter: 100 })
  await assert.rejects(ask({ take: () => {} }), { code: 'peer.broken' })
})

test('an address that may not be reached is egress.denied, whoever it is for', async (t) => {
  const { registry, ask } = await open(t, { allow: [] })
  await assert.rejects(ask(), { code: 'egress.denied' })
  assert.equal(registry.requests.length, 0)
})

test('TLS is spoken exactly where the endpoint has it', { skip: requires('openssl', 'openssl') }, async (t) => {
  const tls = await makeCertificate()
  const { registry, door, peer } = await open(t, { peer: { tls } })
  const trusting = { address: registry.host, tls: { caCert: tls.ca } }
  assert.equal((await door.ask(trusting, path, asked())).status, 200)
  await assert.rejects(door.ask({ ...peer, tls: {} }, path, asked()), { code: 'peer.misconfigured' })
  const plain = await open(t)
  await assert.rejects(plain.door.ask({ ...plain.peer, tls: {} }, path, asked()), { code: 'peer.misconfigured' })
})

test('no more is asked at once than the settings of its host allow', async (t) => {
  const { registry, ask } = await open(t, { door: (host) => ({ registries: { [host]: { concurrency: 2 } } }) })
  registry.fault({ path, held: registry.arrived(path, 2) })
  await Promise.all(Array.from({ length: 10 }, () => ask({ take: () => {} })))
  assert.equal(registry.mostAtOnce, 2)
})
