// A registry's answers, and its silence, as one sentence with the right code.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HttpFault, httpFaultOf, type HttpFaultKind } from '../../../src/kit/http-fault.ts'
import { Failure, type FailureCode } from '../../../src/model/failure.ts'
import { parseRetryAfter } from '../../../src/kit/retry-after.ts'
import { faultOf } from '../../../src/registry/fault.ts'
import { refusalOf } from '../../../src/registry/refusal.ts'

const where = { who: 'The registry h.io', what: 'a/b:1' }
const reply = (status: number, body = '', headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: Buffer.from(body),
})
const errors = (code: unknown, message: unknown) => JSON.stringify({ errors: [{ code, message }] })

const statuses: readonly (readonly [number, FailureCode])[] = [
  [401, 'registry.denied'],
  [403, 'registry.denied'],
  [404, 'registry.not-found'],
  [408, 'registry.busy'],
  [429, 'registry.busy'],
  [500, 'registry.busy'],
  [503, 'registry.busy'],
  [400, 'registry.refused'],
  [412, 'registry.refused'],
  [451, 'registry.refused'],
  [204, 'registry.invalid'],
  [304, 'registry.invalid'],
]
for (const [status, code] of statuses) {
  test(`status ${status} is ${code} and names registry and image`, () => {
    const failure = refusalOf(reply(status), where, 0)
    assert.equal(failure.code, code)
    assert.match(failure.message, /^The registry h\.io .*a\/b:1.*\.$/)
    assert.ok(failure.message.includes(String(status)))
  })
}

test("the registry's own code and message are quoted", () => {
  const { message } = refusalOf(reply(404, errors('MANIFEST_UNKNOWN', 'manifest unknown')), where, 0)
  assert.equal(message, 'The registry h.io does not have a/b:1 (404 MANIFEST_UNKNOWN: manifest unknown).')
})

test('what is quoted is cleaned and cut', () => {
  const { message } = refusalOf(reply(412, errors('X', `line\n\u001b[31m\u202ered${'y'.repeat(5000)}`)), where, 0)
  assert.ok(['\n', '\u001b', '\u202e'].every((character) => !message.includes(character)))
  assert.ok(message.length < 300)
})

for (const body of [
  '<html>secret</html>',
  '[]',
  'null',
  '{"errors":[]}',
  '{"errors":[null]}',
  '{"errors":[{"code":7}]}',
  '{',
]) {
  test(`a body of ${body} is not quoted`, () => {
    assert.equal(refusalOf(reply(403, body), where, 0).message, 'The registry h.io denied a/b:1 (403).')
  })
}

test('Retry-After is carried along', () => {
  assert.equal(refusalOf(reply(429, '', { 'retry-after': '7' }), where, 0).retryAfterMs, 7000)
  assert.equal(refusalOf(reply(503), where, 0).retryAfterMs, undefined)
})

const now = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT')
const waits: readonly (readonly [string | undefined, number | undefined])[] = [
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['1.5', undefined],
  ['-1', undefined],
  ['0', 0],
  ['120', 120_000],
  ['99999999999', 3_600_000],
  ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
  ['Wed, 21 Oct 2020 07:28:30 GMT', 0],
]
for (const [text, ms] of waits) {
  test(`Retry-After: ${text} means ${ms} ms`, () => {
    assert.equal(parseRetryAfter(text, now), ms)
  })
}

/** As Node, OpenSSL and undici name them → kind → code */
const faults: readonly (readonly [string, HttpFaultKind, FailureCode])[] = [
  ['ENOTFOUND', 'name-not-found', 'registry.unreachable'],
  ['ECONNREFUSED', 'refused', 'registry.unreachable'],
  ['EHOSTUNREACH', 'unreachable', 'registry.unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect-timeout', 'registry.unreachable'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-unknown-authority', 'registry.tls-unknown-authority'],
  ['CERT_HAS_EXPIRED', 'tls-expired', 'registry.tls-expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-wrong-host', 'registry.tls-wrong-host'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls', 'registry.tls'],
  ['CERT_REVOKED', 'tls', 'registry.tls'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'plain-http', 'registry.tls'],
  ['ECONNRESET', 'broken-off', 'registry.broken-off'],
  ['UND_ERR_SOCKET', 'broken-off', 'registry.broken-off'],
  ['UND_ERR_HEADERS_OVERFLOW', 'too-large', 'registry.too-large'],
]
for (const [code, kind, failureCode] of faults) {
  test(`${code} is ${failureCode}`, () => {
    const fault = httpFaultOf(Object.assign(new Error('raw words'), { code }))
    assert.equal(fault?.kind, kind)
    const failure = faultOf(fault, where, 'cdn.h.io')
    assert.ok(failure instanceof Failure)
    assert.equal(failure.code, failureCode)
    assert.match(failure.message, /^The registry h\.io could not give a\/b:1: .*cdn\.h\.io.*\.$/)
    assert.ok(!failure.message.includes('raw words'))
  })
}

test('a denied address is never told apart, and the rule is for the log', () => {
  const told = ['metadata', 'private'].map((rule) =>
    faultOf(new HttpFault('denied', `10.0.0.1 ${rule}`, { rule }), where, '10.0.0.1'),
  )
  const [first, second] = told
  assert.ok(first instanceof Failure && second instanceof Failure)
  assert.equal(first.code, 'egress.denied')
  assert.equal(first.message, second.message)
  assert.ok(!first.message.includes('10.0.0.1'))
  assert.equal(first.facts['rule'], 'metadata')
})

test('what is not of the network stays what it is', () => {
  const error = Object.assign(new Error('disk'), { code: 'ENOSPC' })
  assert.equal(httpFaultOf(error), undefined)
  assert.equal(httpFaultOf('text'), undefined)
  assert.equal(faultOf(error, where, 'h'), error)
  const reset = Object.assign(new Error("the reader's own"), { code: 'ECONNRESET' })
  assert.equal(faultOf(reset, where, 'h'), reset)
})

test('what the parser could not read is malformed, or broken off where it ended too soon', () => {
  const parserError = (message: string) => Object.assign(new Error(message), { name: 'HTTPParserError' })
  assert.equal(httpFaultOf(parserError('Expected HTTP/'))?.kind, 'malformed')
  assert.equal(httpFaultOf(parserError('Invalid EOF state'))?.kind, 'broken-off')
})

test('a reason below is found', () => {
  const below = Object.assign(new Error('x'), { code: 'ECONNREFUSED' })
  assert.equal(httpFaultOf(new Error('y', { cause: below }))?.kind, 'refused')
})
