// How a registry is reached: scheme, certificates, credential, and what of a client's headers travels.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '../../../src/kit/secret.ts'
import { parseReference } from '../../../src/model/reference.ts'
import {
  baseOf,
  configuredIdentity,
  proxyHeaders,
  settingsOf,
  tlsTowards,
  travellingHeaders,
} from '../../../src/registry/endpoint.ts'

const book = {
  registries: {
    'plain.io': { plainHttp: true },
    'localhost:5000': { plainHttp: false },
    'docker.io': { username: 'hub' },
    'skip.io': { insecureSkipVerify: true },
    'ca.io': { caCert: 'own', username: 'u', password: new Secret('p') },
  },
  tls: { caCert: 'global' },
}

const bases: readonly (readonly [string, string])[] = [
  ['h.io/a', 'https://h.io'],
  ['localhost/a', 'http://localhost'],
  ['localhost:5000/a', 'https://localhost:5000'],
  ['127.1.2.3:5000/a', 'http://127.1.2.3:5000'],
  ['[::1]:5000/a', 'http://[::1]:5000'],
  ['plain.io/a', 'http://plain.io'],
  ['https://plain.io/a', 'https://plain.io'],
  ['http://h.io/a', 'http://h.io'],
  ['https://h.io/pre/fix/v2/a/manifests/1', 'https://h.io/pre/fix'],
  ['alpine', 'https://registry-1.docker.io'],
]
for (const [text, base] of bases) {
  test(`${text} is asked at ${base}`, () => {
    assert.equal(baseOf(parseReference(text), book), base)
  })
}

test('settings are found by the first name that is known, and only by their own', () => {
  assert.equal(settingsOf(book, 'docker.io', 'registry-1.docker.io')?.username, 'hub')
  assert.equal(settingsOf(book, 'constructor', 'toString'), undefined)
})

test("a host's own TLS settings win, then the registry's authority, then the global one", () => {
  const towards = (home: string, to: string) =>
    tlsTowards(new URL(home), settingsOf(book, new URL(home).host), book)(new URL(to))
  assert.deepEqual(towards('https://ca.io', 'https://ca.io/x'), { caCert: 'own', insecureSkipVerify: false })
  assert.deepEqual(towards('https://h.io', 'https://h.io/x'), { caCert: 'global', insecureSkipVerify: false })
  assert.deepEqual(towards('https://ca.io', 'https://cdn.io/x'), { caCert: 'own', insecureSkipVerify: false })
  assert.deepEqual(towards('https://h.io', 'https://ca.io/x'), { caCert: 'own', insecureSkipVerify: false })
  assert.deepEqual(towards('https://skip.io', 'https://skip.io/x'), { caCert: 'global', insecureSkipVerify: true })
})

test('leaving verification out for a registry does not leave it out for where it leads', () => {
  const towards = tlsTowards(new URL('https://skip.io'), { insecureSkipVerify: true }, { registries: {}, tls: {} })
  assert.deepEqual(towards(new URL('https://cdn.io')), { insecureSkipVerify: false })
})

const configured = (home: string, settings = settingsOf(book, new URL(home).host)) => {
  const identity = configuredIdentity(new URL(home), settings, () => undefined)
  return identity?.by === 'credential'
    ? [identity.credential.username, identity.credential.password.reveal()]
    : identity
}

test('the configured credential is that of the settings, then that of docker', () => {
  const inDocker = { by: 'header', called: 'a token', authorization: 'Bearer docker' } as const
  assert.deepEqual(configured('https://ca.io/v2/'), ['u', 'p'])
  assert.deepEqual(configured('https://docker.io/v2/'), ['hub', ''])
  assert.equal(configured('https://h.io/v2/'), undefined)
  assert.equal(
    configuredIdentity(new URL('https://h.io/'), undefined, () => inDocker),
    inDocker,
  )
  assert.equal(
    configuredIdentity(new URL('https://h.io/'), { plainHttp: false }, () => inDocker),
    inDocker,
  )
})

test('a configured credential goes in clear only where the settings say that there is no TLS', () => {
  const settings = { username: 'u', password: () => new Secret('from a file') }
  assert.equal(configured('http://ca.io/v2/'), undefined)
  assert.equal(configured('http://h.io/', settings), undefined)
  assert.deepEqual(configured('http://h.io/', { ...settings, plainHttp: true }), ['u', 'from a file'])
  assert.deepEqual(configured('http://127.0.0.1:5000/', settings), ['u', 'from a file'])
})

test('a client certificate and a server name are for that host alone, and files are read when they are needed', () => {
  let ca = 'first'
  const settings = { caCert: () => ca, clientCert: 'cert', clientKey: new Secret('key'), serverName: 'inner.io' }
  const towards = tlsTowards(new URL('https://h.io'), settings, { registries: {}, tls: {} })
  const own = towards(new URL('https://h.io/v2/'))
  assert.deepEqual(
    [own.caCert, own.clientCert, own.clientKey?.reveal(), own.serverName],
    ['first', 'cert', 'key', 'inner.io'],
  )
  ca = 'second'
  assert.deepEqual(towards(new URL('https://cdn.io/')), { insecureSkipVerify: false, caCert: 'second' })
})

test("of a client's headers those travel that are not about a connection or a read", () => {
  const given = {
    Authorization: 'Bearer x',
    'X-Acme': '1',
    Cookie: 'c=1',
    Host: 'evil',
    Range: 'bytes=0-0',
    'Content-Length': '7',
    'Accept-Encoding': 'gzip',
    Connection: 'close',
    'If-None-Match': 'x',
    'Proxy-Authorization': 'x',
    'User-Agent': 'x',
    'X-Split': 'a\r\nb: c',
    'Bad Name': 'x',
  }
  assert.deepEqual(travellingHeaders(given), { authorization: 'Bearer x', 'x-acme': '1', cookie: 'c=1' })
})

test('a proxy hears the credential of its own host, and in clear only where that was said to be right', () => {
  const known = { username: 'u', password: new Secret('p') }
  const registries = { 'squid:3128': known, 'plain:3128': { ...known, plainHttp: true }, 'squid.io': known }
  const told = (address: string, tls?: object) => proxyHeaders({ address, tls }, { registries, tls: {} })
  const basic = { 'proxy-authorization': 'Basic dTpw' }
  assert.deepEqual(told('squid:3128', {}), basic)
  assert.deepEqual(told('squid:3128'), {})
  assert.deepEqual(told('plain:3128'), basic)
  assert.deepEqual(told('squid.io:443', {}), basic)
  assert.deepEqual(told('other:3128', {}), {})
})
