// The outgoing client and TLS: every cause by its name, with and without a configured authority, and client certificates.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, test, type TestContext } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { EgressPolicy } from '../../../src/kit/egress.ts'
import { HttpClient, type HttpRequest } from '../../../src/kit/http.ts'
import type { HttpFaultKind } from '../../../src/kit/http-fault.ts'
import { Secret } from '../../../src/kit/secret.ts'
import type { TlsSettings } from '../../../src/kit/tls.ts'
import { makeCertificate, type Certificate } from '../../support/certificates.ts'
import { requires } from '../../support/requires.ts'
import { rawServer } from './raw-server.ts'

const skip = requires('openssl', 'openssl')

const made = new Map<string, Certificate>()
const http = new HttpClient({ egress: new EgressPolicy({ allow: ['127.0.0.0/8'] }), userAgent: 'warmfront/test' })

before(async () => {
  if (skip !== false) return
  made.set('server', await makeCertificate())
  made.set('other', await makeCertificate())
  made.set('expired', await makeCertificate({ expired: true }))
  made.set('elsewhere', await makeCertificate({ names: 'DNS:registry.example.com' }))
})
after(() => http.close())

function certificate(name: string): Certificate {
  const found = made.get(name)
  assert.ok(found)
  return found
}

const shown = (name: string): TlsSettings => {
  const { cert, key } = certificate(name)
  return { clientCert: cert, clientKey: new Secret(key) }
}

const asking = (url: URL, tls: TlsSettings): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  purpose: 'registry',
  tls,
  signal: AbortSignal.timeout(30_000),
})

/** Answers with the subject of the client's certificate and the name that it asked for. */
async function start(t: TestContext, name: string, options: ServerOptions = {}): Promise<URL> {
  const { cert, key } = certificate(name)
  const server = createServer({ cert, key, ...options }, (request, response) => {
    const socket = request.socket as TLSSocket & { readonly servername?: string | false }
    const { subject } = socket.getPeerCertificate()
    response.end(`${String(subject?.CN ?? 'nobody')} at ${socket.servername || 'no name'}`)
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return new URL(`https://127.0.0.1:${port}/`)
}

const ca = (name: string): TlsSettings => ({ caCert: certificate(name).ca })
const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const

/** What, the server's certificate and options, our settings, the fault or the answer. */
const causes: readonly (readonly [string, string, ServerOptions, () => TlsSettings, HttpFaultKind | 'answered'])[] = [
  ['the right authority', 'server', {}, () => ca('server'), 'answered'],
  ['no authority', 'server', {}, () => ({}), 'tls-unknown-authority'],
  ['another authority', 'server', {}, () => ca('other'), 'tls-unknown-authority'],
  [
    'several authorities',
    'server',
    {},
    () => ({ caCert: certificate('other').ca + certificate('server').ca }),
    'answered',
  ],
  ['any certificate at all', 'expired', {}, () => ({ insecureSkipVerify: true }), 'answered'],
  ['an expired certificate', 'expired', {}, () => ca('expired'), 'tls-expired'],
  ['an expired certificate, no authority', 'expired', {}, () => ({}), 'tls-expired'],
  ["another host's certificate", 'elsewhere', {}, () => ca('elsewhere'), 'tls-wrong-host'],
  ["another host's certificate, no authority", 'elsewhere', {}, () => ({}), 'tls-unknown-authority'],
  ['another version of TLS', 'server', old, () => ca('server'), 'tls'],
]
for (const [what, name, options, settings, expected] of causes) {
  test(`${what}: ${expected}`, { skip }, async (t) => {
    const reading = http.read(asking(await start(t, name, options), settings()), 100)
    if (expected === 'answered') assert.equal((await reading).status, 200)
    else await assert.rejects(reading, { name: 'HttpFault', kind: expected })
  })
}

test('plain HTTP on a port for TLS is plain-http, with an authority and without', { skip }, async (t) => {
  const url = await rawServer(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'))
  url.protocol = 'https:'
  for (const tls of [{}, ca('server'), { insecureSkipVerify: true }]) {
    await assert.rejects(http.read(asking(url, tls), 100), { kind: 'plain-http' })
  }
})

test('the server name of the settings is sent, and is what the certificate is checked against', { skip }, async (t) => {
  const url = await start(t, 'elsewhere')
  const named = { ...ca('elsewhere'), serverName: 'registry.example.com' }
  assert.equal((await http.read(asking(url, named), 100)).body.toString(), 'nobody at registry.example.com')
  const wrong = { ...ca('elsewhere'), serverName: 'other.example.com' }
  await assert.rejects(http.read(asking(url, wrong), 100), { kind: 'tls-wrong-host' })
})

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${version}: a client certificate is shown to a server that asks for it`, { skip }, async (t) => {
    const asks = { requestCert: true, ca: certificate('other').ca, minVersion: version, maxVersion: version }
    const url = await start(t, 'server', asks)
    const { body } = await http.read(asking(url, { ...ca('server'), ...shown('other') }), 100)
    assert.equal(body.toString(), 'test registry at no name')
    // Without one it is another connection, whatever is open already. In 1.2 the alert could be about anything.
    const kind = version === 'TLSv1.3' ? 'tls-client-certificate' : 'tls'
    await assert.rejects(http.read(asking(url, ca('server')), 100), { kind })
  })
}

const unusable: readonly (readonly [string, () => TlsSettings])[] = [
  ['a certificate without a key', () => ({ clientCert: certificate('other').cert })],
  ['a key without a certificate', () => ({ clientKey: new Secret(certificate('other').key) })],
  ["another certificate's key", () => ({ ...shown('other'), clientCert: certificate('server').cert })],
  ['a key that is none', () => ({ ...shown('other'), clientKey: new Secret('c2VjcmV0') })],
  ['a certificate that is none', () => ({ ...shown('other'), clientCert: 'c2VjcmV0' })],
  [
    'an authority that is none',
    () => ({ caCert: '-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----\n' }),
  ],
]
for (const [what, settings] of unusable) {
  test(`${what} is a fault that says so, and nothing of the key`, { skip }, async () => {
    const fault = await http
      .read(asking(new URL('https://127.0.0.1:1/'), settings()), 100)
      .catch((error: unknown) => error)
    assert.ok(fault instanceof Error && 'kind' in fault)
    assert.equal(fault.kind, 'tls-settings')
    assert.match(fault.message, /^the certificate or key configured for 127\.0\.0\.1:1 cannot be used/)
    assert.ok(!/c2VjcmV0|PRIVATE/.test(`${fault.stack} ${String(fault.cause)}`))
  })
}
