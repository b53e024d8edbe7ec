// Which TLS settings may share connections.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '../../../src/kit/secret.ts'
import { tlsKey, type TlsSettings } from '../../../src/kit/tls.ts'

test('settings that differ in anything never share connections, equal ones do', () => {
  const all: readonly TlsSettings[] = [
    {},
    { insecureSkipVerify: true },
    { caCert: 'a' },
    { caCert: 'b' },
    { clientCert: 'a' },
    { caCert: 'a\nb' },
    { caCert: 'a', clientCert: 'b' },
    { serverName: 'a' },
    { clientKey: new Secret('a') },
    { clientKey: new Secret('b') },
  ]
  assert.equal(new Set(all.map(tlsKey)).size, all.length)
  assert.equal(tlsKey({}), tlsKey({ insecureSkipVerify: false }))
  assert.equal(tlsKey({ clientKey: new Secret('a') }), tlsKey({ clientKey: new Secret('a') }))
})

test('the key is not in it', () => {
  assert.ok(!tlsKey({ clientKey: new Secret('very secret') }).includes('secret'))
})
