// The outgoing client through a forward proxy: what is sent, to whom, and who is judged.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { EgressPolicy, type EgressOptions } from '../../../src/kit/egress.ts'
import { HttpClient, type HttpRequest } from '../../../src/kit/http.ts'
import { makeCertificate, type Certificate } from '../../support/certificates.ts'
import { startForwardProxy } from '../../support/forward-proxy.ts'
import { startRegistry } from '../../support/registry.ts'
import { requires } from '../../support/requires.ts'
import { rawServer } from './raw-server.ts'

const loopback: EgressOptions = { allow: ['127.0.0.0/8'] }

async function bench(t: TestContext, { egress = loopback, tls }: { egress?: EgressOptions; tls?: Certificate } = {}) {
  const server = await startRegistry()
  server.putFile('/x', Buffer.from('hello'))
  const proxy = await startForwardProxy(tls)
  const http = new HttpClient({ egress: new EgressPolicy(egress), userAgent: 'warmfront/test' })
  t.after(async () => {
    await http.close()
    await proxy.close()
    await server.close()
  })
  const asking = (change: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'GET',
    url: new URL('/x?y=1#z', server.url),
    headers: { 'x-a': '1' },
    purpose: 'registry',
    tls: {},
    via: { address: proxy.address, tls: tls && { caCert: tls.ca } },
    signal: AbortSignal.timeout(30_000),
    ...change,
  })
  return { server, proxy, http, asking }
}

test('the proxy is asked in absolute form, with the host of the origin', async (t) => {
  const { server, proxy, http, asking } = await bench(t)
  const { status, body } = await http.read(asking(), 100)
  assert.deepEqual([status, body.toString()], [200, 'hello'])
  const [asked] = proxy.requests
  assert.deepEqual(
    [asked?.method, asked?.target, asked?.headers.host, asked?.headers['x-a'], asked?.headers['user-agent']],
    ['GET', `${server.url}/x?y=1`, server.host, '1', 'warmfront/test'],
  )
})

test('an https origin is asked for in the same form, and not by CONNECT', async (t) => {
  const { proxy, http, asking } = await bench(t)
  const { status } = await http.read(asking({ url: new URL('https://registry.example.com/v2/?a') }), 100)
  assert.equal(status, 502)
  const [asked] = proxy.requests
  assert.deepEqual([asked?.target, asked?.headers.host], ['https://registry.example.com/v2/?a', 'registry.example.com'])
})

test(
  'requests for many origins share the connections of one proxy',
  { skip: requires('openssl', 'openssl') },
  async (t) => {
    const { proxy, http, asking } = await bench(t, { tls: await makeCertificate() })
    for (let count = 0; count < 20; count++) {
      await http.read(asking({ url: new URL(`https://${count}.example.com/`) }), 100)
    }
    assert.ok(new Set(proxy.requests.map(({ port }) => port)).size <= 2)
  },
)

test(
  'the certificate is that of the proxy, and not of the origin',
  { skip: requires('openssl', 'openssl') },
  async (t) => {
    const { http, asking, proxy } = await bench(t, {
      tls: await makeCertificate({ names: 'DNS:registry.example.com' }),
    })
    const url = new URL('https://registry.example.com/')
    await assert.rejects(http.read(asking({ url }), 100), { kind: 'tls-wrong-host' })
    assert.equal(proxy.requests.length, 0)
  },
)

test('the name that is configured for the proxy is what its certificate is checked against', async (t) => {
  const tls = await makeCertificate({ names: 'DNS:squid.example.com' })
  const { http, asking, proxy } = await bench(t, { tls })
  const via = { address: proxy.address, tls: { caCert: tls.ca, serverName: 'squid.example.com' } }
  assert.equal((await http.read(asking({ via }), 100)).status, 200)
})

test('the address of the proxy is judged as a peer, whatever is asked for', async (t) => {
  const { http, asking, proxy } = await bench(t, { egress: {} })
  const url = new URL('http://registry.example.com/')
  await assert.rejects(http.read(asking({ url }), 100), { kind: 'denied', rule: 'loopback' })
  const named = { address: proxy.address.replace('127.0.0.1', 'localhost'), tls: undefined }
  await assert.rejects(http.read(asking({ url, via: named }), 100), { kind: 'denied', rule: 'loopback' })
  assert.equal(proxy.requests.length, 0)
})

test('an origin that is an address is judged too, although the proxy goes there', async (t) => {
  const { http, asking, proxy } = await bench(t)
  const metadata = asking({ url: new URL('http://169.254.169.254/latest') })
  await assert.rejects(http.read(metadata, 100), { kind: 'denied', rule: 'metadata' })
  const inside = asking({ url: new URL('http://[fd00::1]/'), purpose: 'file' })
  await assert.rejects(http.read(inside, 100), { kind: 'denied', rule: 'private' })
  assert.equal(proxy.requests.length, 0)
})

test('a request may have its own time for the first byte', async (t) => {
  const { http, asking } = await bench(t)
  const silent = await rawServer(t, () => {})
  const request = asking({ url: silent, firstByteMs: 50 })
  const { via: _, ...direct } = request
  await assert.rejects(http.read(direct, 100), { kind: 'first-byte-timeout', message: /50 ms/ })
})
