// Squid and its kind, warmed as a job does it: what they hold afterwards, what they do not, and how that is known.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { Secret } from '../../../../src/kit/secret.ts'
import type { Blob } from '../../../../src/model/blob.ts'
import { contextOf, warm } from '../../../conformance/peer-driver.cases.ts'
import { makeCertificate } from '../../../support/certificates.ts'
import { dockerRegistryMissing, registryUser, startDockerRegistry } from '../../../support/docker-registry.ts'
import { startForwardProxy } from '../../../support/forward-proxy.ts'
import { bytesOf, digestOf, makeImage } from '../../../support/image.ts'
import { asNamed, fileRequest, imageRequest, testSignal } from '../../../support/origins.ts'
import { startRegistry } from '../../../support/registry.ts'
import { squidMissing } from '../../../support/squid.ts'
import { openBench, peerAt, repository, type BenchOptions } from './bench.ts'

const skip = squidMissing()
const image = makeImage()

async function bench(t: TestContext, options: BenchOptions = {}) {
  const opened = await openBench({ image, ...options })
  t.after(() => opened.close())
  return opened
}

const isPublic = { path: /./, headers: { 'cache-control': 'public, max-age=3600' } }
const pathOf = ({ url }: Blob) => new URL(url).pathname

test('every blob of a warmed image is read through squid when the origin is gone', { skip }, async (t) => {
  const opened = await bench(t)
  for (const blob of opened.blobs) assert.equal((await warm(opened, blob)).proof, 'peer-status')
  await opened.registry.close()
  for (const blob of opened.blobs) {
    const { status, body } = await opened.through(blob)
    assert.deepEqual([status, digestOf(body)], [200, blob.digest])
  }
})

test('so it is with the image of a real registry', { skip: skip || dockerRegistryMissing() }, async (t) => {
  const registry = await startDockerRegistry()
  t.after(() => registry.stop())
  await registry.push(image, 'library/app:1.0')
  const opened = await bench(t)
  const request = imageRequest(`${registry.host}/library/app:1.0`)
  const { artifact, origin } = await opened.origins.resolve(request, {}, asNamed, testSignal())
  for (const blob of artifact.blobs) await warm({ ...opened, origin, image: artifact.image }, blob)
  await registry.stop()
  for (const blob of artifact.blobs) assert.equal(digestOf((await opened.through(blob)).body), blob.digest)
})

test('what squid holds is hashed where it stands, and not fetched again', { skip }, async (t) => {
  const opened = await bench(t)
  await opened.through(opened.layer)
  const { source, proof, moved } = await warm(opened, opened.layer)
  assert.deepEqual({ source, proof, moved }, { source: 'local', proof: 'digest', moved: { local: opened.layer.size } })
  assert.equal(opened.reads(opened.layer), 1)
})

test('wrong bytes that squid holds are replaced', { skip }, async (t) => {
  const opened = await bench(t)
  const { registry, layer } = opened
  registry.fault({ path: pathOf(layer), method: 'GET', times: 1, body: 'not these' })
  assert.equal((await opened.through(layer)).body.toString(), 'not these')
  assert.equal((await warm(opened, layer)).source, 'origin')
  await registry.close()
  assert.equal(digestOf((await opened.through(layer)).body), layer.digest)
})

test('what is cancelled is fetched no further', { skip }, async (t) => {
  const opened = await bench(t)
  const { registry } = opened
  const layer = opened.addLayer('big')
  registry.fault({ path: pathOf(layer), method: 'GET', stallAfter: { bytes: 1000, until: new Promise(() => {}) } })
  const cancel = new AbortController()
  const begun = Promise.withResolvers<void>()
  const warming = warm(opened, layer, { signal: cancel.signal, progress: () => begun.resolve() })
  await Promise.race([begun.promise, warming])
  const [fetched] = registry.asked(pathOf(layer), 'GET')
  cancel.abort(new Error('no longer wanted'))
  await assert.rejects(warming, /no longer wanted/)
  await registry.over(pathOf(layer))
  assert.equal(fetched?.aborted, true)
  assert.equal(await opened.driver.probe(opened.peer, layer, contextOf(opened)), 'absent')
})

test('what another is only beginning to read is there in part', { skip }, async (t) => {
  const opened = await bench(t)
  const { registry } = opened
  const layer = opened.addLayer('big')
  const stall = Promise.withResolvers<void>()
  registry.fault({ path: pathOf(layer), method: 'GET', stallAfter: { bytes: 1000, until: stall.promise } })
  const begun = Promise.withResolvers<void>()
  const warming = warm(opened, layer, { progress: () => begun.resolve() })
  await Promise.race([begun.promise, warming])
  assert.equal(await opened.driver.probe(opened.peer, layer, contextOf(opened)), 'partial')
  stall.resolve()
  await warming
  assert.equal(await opened.driver.probe(opened.peer, layer, contextOf(opened)), 'present')
})

const alice = { auth: { kind: 'basic', users: { [registryUser.username]: registryUser.password } } } as const
const brought = { headers: { authorization: `Basic ${btoa(`${registryUser.username}:${registryUser.password}`)}` } }

test('what was asked for with an Authorization is kept only where the origin says public', { skip }, async (t) => {
  const opened = await bench(t, { registry: alice, secrets: brought })
  const { driver, peer, layer, registry } = opened
  await assert.rejects(warm(opened, layer), { code: 'peer.not-cached', message: /only where its origin says .*public/ })
  registry.fault(isPublic)
  assert.equal((await warm(opened, layer)).proof, 'peer-status')
  assert.equal(await driver.probe(peer, layer, contextOf(opened)), 'present')
})

test('a redirect is followed through squid, and what it leads to is what has to be kept', { skip }, async (t) => {
  const store = await startRegistry()
  t.after(() => store.close())
  store.push(repository, image)
  const opened = await bench(t, { registry: { redirectBlobsTo: store.url } })
  assert.equal((await warm(opened, opened.layer)).source, 'origin')
  const again = await warm(opened, opened.layer)
  assert.deepEqual([again.source, again.moved.origin], ['local', undefined])
  assert.equal(store.asked(pathOf(opened.layer), 'GET').length, 1)
})

test('an address that is signed anew each time is never found again', { skip }, async (t) => {
  const store = await startRegistry()
  t.after(() => store.close())
  store.push(repository, image)
  const opened = await bench(t)
  const { registry, layer } = opened
  let signature = 0
  const location = {
    get location() {
      return `${store.url}${pathOf(layer)}?signature=${signature++}`
    },
  }
  registry.fault({ path: pathOf(layer), status: 307, headers: location })
  await assert.rejects(warm(opened, layer), { code: 'peer.not-cached' })
})

test('a file is hashed as it comes', { skip }, async (t) => {
  const opened = await bench(t, { squid: { settings: ['refresh_pattern /model 60 100% 60'] } })
  const bytes = bytesOf(100_000, 'model')
  opened.registry.putFile('/model.bin', bytes)
  const request = fileRequest([`${opened.registry.url}/model.bin`])
  const { artifact, origin } = await opened.origins.resolve(request, {}, asNamed, testSignal())
  const [file] = artifact.blobs
  assert.ok(file)
  const warmed = await warm({ ...opened, origin, image: null }, file)
  assert.deepEqual([warmed.digest, warmed.bytes, warmed.source], [digestOf(bytes), bytes.length, 'origin'])
  assert.equal((await warm({ ...opened, origin, image: null }, file)).source, 'local')
  assert.equal(await opened.driver.probe(opened.peer, file, contextOf({ image: null })), 'present')
})

test('where the file is may be a secret, and then nobody can look for it', { skip }, async (t) => {
  const { driver, peer, layer, image: name } = await bench(t)
  const file = { ...layer, kind: 'file', digest: null, url: 'http://files.example.com/a?token=***' } as const
  assert.equal(await driver.probe(peer, file, contextOf({ image: name })), 'unknown')
})

test('a proxy knows a blob by its address: of another repository it is another', { skip }, async (t) => {
  const opened = await bench(t)
  const { registry, layer } = opened
  registry.push('library/other', image, 'latest')
  const request = imageRequest(`${registry.host}/library/other`)
  const { artifact, origin } = await opened.origins.resolve(request, {}, asNamed, testSignal())
  const same = artifact.blobs.find(({ digest }) => digest === layer.digest)
  assert.ok(same)
  const there = { ...opened, origin, image: artifact.image }
  await Promise.all([warm(opened, layer), warm(there, same)])
  assert.deepEqual([opened.reads(layer), opened.reads(same)], [1, 1])
})

test('a squid that lets nothing but registries through is known all the same', { skip }, async (t) => {
  const settings = ['acl here url_regex ^http://127.0.0.1', 'http_access allow here', 'http_access deny all']
  const opened = await bench(t, { squid: { open: 'custom', settings } })
  await opened.through(opened.layer)
  assert.equal((await warm(opened, opened.layer)).source, 'local')
})

test('an origin that squid does not reach is the registry’s trouble, told by squid', { skip }, async (t) => {
  const opened = await bench(t)
  await opened.registry.close()
  const told = { code: 'registry.unreachable', message: /^The peer 127.*does not reach the origin.*ERR_CONNECT_FAIL/ }
  await assert.rejects(warm(opened, opened.layer), told)
})

test('a proxy that passes everything on is no cache', async (t) => {
  const proxy = await startForwardProxy()
  t.after(() => proxy.close())
  const opened = await bench(t)
  const there = { ...opened, peer: peerAt(proxy.address) }
  await assert.rejects(warm(there, opened.layer), {
    code: 'peer.misconfigured',
    message: /does not heed.*only-if-cached/,
  })
  assert.equal(await opened.driver.probe(there.peer, opened.layer, contextOf(opened)), 'unknown')
})

test('a header proves it where the settings name one', { skip }, async (t) => {
  const settings = { hit_header: 'X-Cache', hit_value: 'HIT from squid.test' }
  const opened = await bench(t, { settings })
  const { driver, layer } = opened
  assert.equal(driver.can.probe, 'none')
  const first = await warm(opened, layer)
  const second = await warm(opened, layer)
  assert.deepEqual(
    [first.source, first.proof, second.source, second.proof],
    ['origin', 'peer-header', 'local', 'peer-header'],
  )
  assert.equal(await driver.probe(opened.peer, layer, contextOf(opened)), 'unknown')
  const forgetful = await opened.startSquid({ settings: ['cache deny all'] })
  await assert.rejects(warm({ ...opened, peer: forgetful }, layer), { code: 'peer.not-cached' })
})

test(
  'an https origin is fetched by squid itself, and who has its TLS opened by squid finds it',
  {
    skip: squidMissing('openssl'),
  },
  async (t) => {
    const tls = await makeCertificate()
    const anyCertificate = ['sslproxy_cert_error allow all'] // squid 5.7 knows no addresses in them, only names
    const room = (host: string) => ({ registries: { [host]: { caCert: tls.ca, plainHttp: false } } })
    const opened = await bench(t, { registry: { tls }, room, squid: { bumps: tls, settings: anyCertificate } })
    const { driver, peer, layer, registry } = opened
    assert.match((await driver.foresee?.(contextOf(opened), opened.blobs))?.[0] ?? '', /ssl_bump/)
    assert.equal((await warm(opened, layer)).proof, 'peer-status')
    assert.equal(await driver.probe(peer, layer, contextOf(opened)), 'present')
    await registry.close()
    assert.equal(digestOf(await throughTunnel(peer.address, layer.url, tls.ca)), layer.digest)
  },
)

test('TLS is spoken to the proxy where the cluster has it', { skip }, async (t) => {
  const tls = await makeCertificate()
  const opened = await bench(t, { squid: { tls }, tls: { caCert: tls.ca } })
  assert.equal((await opened.driver.health(opened.peer, testSignal())).state, 'up')
  assert.equal((await warm(opened, opened.layer)).proof, 'peer-status')
})

test('a proxy may want a credential, which is the one that is configured for its host', { skip }, async (t) => {
  const strange = await bench(t, { squid: { open: 'users' } })
  await assert.rejects(warm(strange, strange.layer), { code: 'peer.denied', message: /wants a credential of its own/ })
  assert.equal((await strange.driver.health(strange.peer, testSignal())).state, 'degraded')
  const password = new Secret(registryUser.password)
  const room = (_: string, proxy: string) => ({ registries: { [proxy]: { ...registryUser, password } } })
  const known = await bench(t, { squid: { open: 'users' }, room })
  assert.equal((await warm(known, known.layer)).proof, 'peer-status')
  assert.equal((await known.driver.health(known.peer, testSignal())).state, 'up')
  assert.ok(known.registry.requests.every(({ headers }) => headers['proxy-authorization'] === undefined))
})

test('health tells the version, and who does not answer', { skip }, async (t) => {
  const { driver, peer } = await bench(t)
  const { state, version } = await driver.health(peer, testSignal())
  assert.equal(state, 'up')
  assert.match(version ?? '', /^squid\/\d/)
  assert.deepEqual(await driver.health(peer, AbortSignal.abort()), {
    state: 'down',
    detail: 'it did not answer in time',
    version: null,
    diskFree: null,
    held: null,
  })
})

/** As a node reads https through a proxy: CONNECT, and TLS in the tunnel. */
async function throughTunnel(proxy: string, address: string, ca: string): Promise<Buffer> {
  const { host, pathname } = new URL(address)
  const [hostname, port] = proxy.split(':')
  const connect = request({ hostname, port, method: 'CONNECT', path: host, agent: false }).end()
  const [, socket] = await once(connect, 'connect')
  const tunnel = connectTls({ socket, ca, host: '127.0.0.1' })
  tunnel.write(`GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
  const answer = await buffer(tunnel)
  const end = answer.indexOf('\r\n\r\n')
  return answer.subarray(end + 4)
}
