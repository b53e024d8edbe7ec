// What the transport throws, as a fault that says what a person can do about it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HttpFault, httpFaultOf, type HttpFaultKind } from '../../../src/kit/http-fault.ts'

const coded = (code: string) => Object.assign(new Error('raw words'), { code })

/** As Node and OpenSSL name them, in this release and the one before. */
const codes: readonly (readonly [string, HttpFaultKind])[] = [
  ['EAI_AGAIN', 'name-not-found'],
  ['ETIMEDOUT', 'connect-timeout'],
  ['CERT_NOT_YET_VALID', 'tls-expired'],
  ['HOSTNAME_MISMATCH', 'tls-wrong-host'],
  ['CERT_REVOKED', 'tls'],
  ['UNABLE_TO_GET_CRL', 'tls'],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', 'tls'],
  ['ERR_OSSL_EVP_UNSUPPORTED', 'tls'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls'],
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'tls'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls-client-certificate'],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'tls-client-certificate'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'tls-client-certificate'],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', 'tls-client-certificate'],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', 'tls-client-certificate'],
  ['ERR_SSL_SSL/TLS_ALERT_UNSUPPORTED_CERTIFICATE', 'tls-client-certificate'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tls-client-certificate'],
  ['ERR_SSL_TLSV1_ALERT_ACCESS_DENIED', 'tls-client-certificate'],
]
for (const [code, kind] of codes) {
  test(`${code} is ${kind}`, () => {
    assert.equal(httpFaultOf(coded(code))?.kind, kind)
  })
}

test('what the parser could not read is malformed, broken off where it ended too soon, or TLS', () => {
  const parserError = (message: string, data: string) =>
    Object.assign(new Error(message), { name: 'HTTPParserError', data })
  assert.equal(httpFaultOf(parserError('Expected HTTP/', 'SSH-2.0'))?.kind, 'malformed')
  assert.equal(httpFaultOf(parserError('Invalid EOF state', ''))?.kind, 'broken-off')
  assert.equal(httpFaultOf(parserError('Expected HTTP/', '\u0015\u0003\u0001\0\u0002\u0002F'))?.kind, 'tls-spoken')
})

test('a reason below is found, and a fault stays what it is', () => {
  assert.equal(httpFaultOf(new Error('above', { cause: coded('ECONNREFUSED') }))?.kind, 'refused')
  const fault = new HttpFault('denied', 'why', { rule: 'port' })
  assert.equal(httpFaultOf(fault), fault)
})

test('what no network throws is none', () => {
  for (const thrown of [
    'text',
    undefined,
    new Error('plain'),
    coded('ENOSPC'),
    Object.assign(new Error('x'), { code: 7 }),
  ])
    assert.equal(httpFaultOf(thrown), undefined)
})
