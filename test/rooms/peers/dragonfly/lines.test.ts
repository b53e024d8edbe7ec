import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '../../../../src/kit/secret.ts'
import type { TlsSettings } from '../../../../src/kit/tls.ts'
import { makeCertificate, type Certificate } from '../../../support/certificates.ts'
import { requires } from '../../../support/requires.ts'
import { makeBench, peerOf } from './bench.ts'

const skip = requires('openssl', 'openssl')

const settingsOf = ({ ca, cert, key }: Certificate): TlsSettings => ({
  caCert: ca,
  clientCert: cert,
  clientKey: new Secret(key),
  serverName: 'localhost',
})

test('a peer that speaks mutual TLS is warmed with the certificate of the cluster', { skip }, async (t) => {
  const certificate = await makeCertificate()
  const bench = await makeBench({ tls: () => settingsOf(certificate), settings: { task_id: 'blob-digest' } })
  t.after(() => bench.close())
  const daemon = await bench.daemon({ tls: certificate })
  assert.equal((await bench.warm(daemon, bench.layer(1000))).bytes, 1000)
})

test('a peer is checked by its address where no server name is set', { skip }, async (t) => {
  const certificate = await makeCertificate({ names: 'IP:127.0.0.1' })
  const { serverName: _, ...tls } = settingsOf(certificate)
  const bench = await makeBench({ tls: () => tls, settings: { task_id: 'blob-digest' } })
  t.after(() => bench.close())
  const daemon = await bench.daemon({ tls: certificate })
  assert.equal((await bench.warm(daemon, bench.layer(1000))).bytes, 1000)
})

test('a certificate that changes is used at once, and what runs is not disturbed', { skip }, async (t) => {
  const [old, fresh] = await Promise.all([makeCertificate(), makeCertificate()])
  let tls = settingsOf(old)
  const bench = await makeBench({ tls: () => tls, settings: { task_id: 'blob-digest' } })
  t.after(() => bench.close())
  const [before, after] = await Promise.all([bench.daemon({ tls: old }), bench.daemon({ tls: fresh })])
  const blob = bench.layer(1000)
  const path = new URL(blob.url).pathname
  const hang = Promise.withResolvers<void>()
  bench.registry.fault({ path, stallAfter: { bytes: 500, until: hang.promise }, times: 2 })
  const running = bench.warm(before, blob)
  await bench.registry.arrived(path, 2)
  await assert.rejects(bench.warm(after, bench.layer(1000)), { code: 'peer.misconfigured' })
  tls = settingsOf(fresh)
  assert.equal((await bench.warm(after, bench.layer(2000, 'other'))).bytes, 2000)
  hang.resolve()
  // The download itself ends well; its proof is asked for with the new certificate, which this peer does not accept.
  await assert.rejects(running, { code: 'peer.misconfigured' })
  tls = settingsOf(old)
  assert.equal((await bench.warm(before, blob)).source, 'local')
})

test('any certificate will do where somebody asked for just that', { skip }, async (t) => {
  const [peers, other] = await Promise.all([makeCertificate(), makeCertificate()])
  const { clientCert = '', clientKey = new Secret('') } = settingsOf(peers)
  const tls = { caCert: other.ca, clientCert, clientKey, serverName: 'elsewhere', insecureSkipVerify: true }
  const bench = await makeBench({ tls: () => tls, settings: { task_id: 'blob-digest' } })
  t.after(() => bench.close())
  const daemon = await bench.daemon({ tls: peers })
  assert.equal((await bench.warm(daemon, bench.layer(1000))).bytes, 1000)
})

const unfit: readonly {
  readonly name: string
  readonly tls: (peers: Certificate, other: Certificate) => TlsSettings
  readonly code: string
}[] = [
  { name: 'whose authority is not trusted', tls: (_, other) => settingsOf(other), code: 'peer.misconfigured' },
  {
    name: 'that wants a client certificate',
    tls: ({ ca }) => ({ caCert: ca, serverName: 'localhost' }),
    code: 'peer.denied',
  },
  {
    name: 'of another name',
    tls: (peers) => ({ ...settingsOf(peers), serverName: 'elsewhere' }),
    code: 'peer.misconfigured',
  },
  {
    name: 'for which the key is missing',
    tls: ({ ca, cert }) => ({ caCert: ca, clientCert: cert }),
    code: 'peer.misconfigured',
  },
]
for (const { name, tls, code } of unfit) {
  test(`a peer ${name} is a typed cause`, { skip }, async (t) => {
    const [peers, other] = await Promise.all([makeCertificate(), makeCertificate()])
    const bench = await makeBench({ tls: () => tls(peers, other), settings: { task_id: 'blob-digest' } })
    t.after(() => bench.close())
    const daemon = await bench.daemon({ tls: peers })
    await assert.rejects(bench.warm(daemon, bench.layer(1000)), { code })
    const { state, detail } = await bench.driver.health(peerOf(daemon), AbortSignal.timeout(10_000))
    assert.equal(state, 'down')
    assert.notEqual(detail, '')
  })
}

test('a peer that speaks TLS where none is set is a typed cause', { skip }, async (t) => {
  const bench = await makeBench()
  t.after(() => bench.close())
  const daemon = await bench.daemon({ tls: await makeCertificate() })
  await assert.rejects(bench.warm(daemon, bench.layer(1000)), { code: 'peer.unreachable' })
})

test('an address that the policy denies is not connected to', async (t) => {
  const bench = await makeBench({ allow: [] })
  t.after(() => bench.close())
  const daemon = await bench.daemon()
  await assert.rejects(bench.warm(daemon, bench.layer(1000)), { code: 'egress.denied' })
  assert.equal(daemon.calls.download, 0)
})

test('a peer that came back is found, also by its name', async (t) => {
  const bench = await makeBench({ allow: ['127.0.0.0/8', 'localhost'] })
  t.after(() => bench.close())
  const daemon = await bench.daemon()
  const named = { ...peerOf(daemon), address: `localhost:${daemon.port}` }
  const health = () => bench.driver.health(named, AbortSignal.timeout(10_000))
  assert.equal((await health()).state, 'up')
  await daemon.stop()
  assert.equal((await health()).state, 'down')
})

test('health waits no longer than it may', async (t) => {
  const bench = await makeBench()
  t.after(() => bench.close())
  const daemon = await bench.daemon()
  assert.equal((await bench.driver.health(peerOf(daemon), AbortSignal.abort())).state, 'down')
  daemon.serves = false
  const { state, detail } = await bench.driver.health(peerOf(daemon), AbortSignal.timeout(10_000))
  assert.equal(state, 'down')
  assert.match(detail, /does not serve/)
})
