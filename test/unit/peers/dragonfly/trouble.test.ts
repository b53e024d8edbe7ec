import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metadata, status, type ServiceError } from '@grpc/grpc-js'
import { troubleOf } from '../../../../src/peers/dragonfly/trouble.ts'

const place = { who: 'The peer node-1 (10.0.0.1:4000)', what: 'sha256:abc', origin: 'registry.example.com' }
const nowMs = Date.parse('2026-11-01T00:00:00Z')

function errorOf(code: status, details: string, json?: string): ServiceError {
  const metadata = new Metadata()
  if (json !== undefined) metadata.set('grpc-status-details-bin', Buffer.from(json))
  return Object.assign(new Error(details), { code, details, metadata })
}

const byStatus: readonly (readonly [status, string, string])[] = [
  [status.UNAVAILABLE, 'No connection established. Last error: connect ECONNREFUSED 10.0.0.1:4000', 'peer.unreachable'],
  [status.UNAVAILABLE, 'Last error: self-signed certificate in certificate chain', 'peer.misconfigured'],
  [
    status.UNAVAILABLE,
    'Last error: 0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:SSL alert number 116',
    'peer.denied',
  ],
  [status.DEADLINE_EXCEEDED, 'Deadline exceeded', 'peer.slow'],
  [status.RESOURCE_EXHAUSTED, 'server is overloaded, please try again later', 'peer.busy'],
  [status.RESOURCE_EXHAUSTED, 'Received message larger than max (40000000 vs. 33554432)', 'peer.broken'],
  [status.UNAUTHENTICATED, '', 'peer.denied'],
  [status.PERMISSION_DENIED, '', 'peer.denied'],
  [status.UNIMPLEMENTED, 'unknown service dfdaemon.v2.DfdaemonUpload', 'peer.misconfigured'],
  [status.INVALID_ARGUMENT, 'missing download', 'peer.misconfigured'],
  [status.NOT_FOUND, 'local task not found: x', 'peer.not-cached'],
  [status.INTERNAL, 'task x failed', 'peer.not-cached'],
  [status.INTERNAL, 'no space left on device: not enough space to store the task: content_length=9', 'peer.full'],
  [status.INTERNAL, 'invalid content length', 'registry.invalid'],
  [status.INTERNAL, 'something else', 'peer.broken'],
  [status.UNKNOWN, '', 'peer.broken'],
]
for (const [code, details, expected] of byStatus) {
  test(`${status[code]} "${details.slice(0, 40)}" is ${expected}, and names the peer`, () => {
    const failure = troubleOf(errorOf(code, details), place, nowMs)
    assert.equal(failure.code, expected)
    assert.match(failure.message, /node-1 \(10\.0\.0\.1:4000\)/)
    assert.equal(failure.facts['grpc'], code)
  })
}

const byOrigin: readonly (readonly [number | null, string])[] = [
  [401, 'registry.denied'],
  [403, 'registry.denied'],
  [404, 'registry.not-found'],
  [408, 'registry.busy'],
  [429, 'registry.busy'],
  [451, 'registry.refused'],
  [503, 'registry.busy'],
  [null, 'registry.unreachable'],
]
for (const [code, expected] of byOrigin) {
  test(`an origin that told the peer ${code} is ${expected}, and both are named`, () => {
    const json = JSON.stringify({ message: 'said so', header: {}, status_code: code })
    const failure = troubleOf(errorOf(status.INTERNAL, 'backend error', json), place, nowMs)
    assert.equal(failure.code, expected)
    for (const part of ['node-1', 'registry.example.com', 'sha256:abc', 'said so']) {
      assert.ok(failure.message.includes(part), failure.message)
    }
  })
}

const waits: readonly (readonly [string, number | undefined])[] = [
  ['7', 7_000],
  ['Sun, 01 Nov 2026 00:00:30 GMT', 30_000],
  ['999999999', 3_600_000],
  ['soon', undefined],
]
for (const [header, expected] of waits) {
  test(`Retry-After: ${header} of the origin is ${expected} ms`, () => {
    const json = JSON.stringify({ message: '', header: { 'Retry-After': header }, status_code: 429 })
    assert.equal(troubleOf(errorOf(status.INTERNAL, '', json), place, nowMs).retryAfterMs, expected)
  })
}

const odd = ['', 'no json', '[]', 'null', `"${'x'.repeat(70_000)}"`, '{"status_code":"401","header":[]}', '\u0000']
for (const json of odd) {
  test(`details ${JSON.stringify(json.slice(0, 20))} make no other harm`, () => {
    const failure = troubleOf(errorOf(status.INTERNAL, 'words', json), place, nowMs)
    assert.ok(['peer.broken', 'registry.unreachable'].includes(failure.code))
  })
}

test('what a peer says is cut, on one line and without credentials', () => {
  const details = `<b>\r\nBearer abcdefghijk ${'x'.repeat(5_000)}`
  const { message } = troubleOf(errorOf(status.UNKNOWN, details), place, nowMs)
  assert.ok(message.length < 400)
  assert.doesNotMatch(message, /[\r\n<]|abcdefghijk/)
})
