// What went wrong on the way to a peer, in words.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HttpFault, type HttpFaultKind } from '../../../src/kit/http-fault.ts'
import { Failure, type FailureCode } from '../../../src/model/failure.ts'
import { peerFaultOf } from '../../../src/registry/fault.ts'

const where = { who: 'The peer squid-1:3128', what: 'sha256:0123 of library/app' }

const rows: Readonly<Record<HttpFaultKind, FailureCode>> = {
  denied: 'egress.denied',
  'name-not-found': 'peer.unreachable',
  refused: 'peer.unreachable',
  unreachable: 'peer.unreachable',
  'connect-timeout': 'peer.unreachable',
  'first-byte-timeout': 'peer.slow',
  'no-progress': 'peer.slow',
  'broken-off': 'peer.broken',
  'tls-unknown-authority': 'peer.misconfigured',
  'tls-expired': 'peer.misconfigured',
  'tls-wrong-host': 'peer.misconfigured',
  'tls-client-certificate': 'peer.denied',
  'tls-settings': 'peer.misconfigured',
  tls: 'peer.misconfigured',
  'plain-http': 'peer.misconfigured',
  'tls-spoken': 'peer.misconfigured',
  'too-large': 'peer.misconfigured',
  malformed: 'peer.misconfigured',
}

for (const [kind, code] of Object.entries(rows) as [HttpFaultKind, FailureCode][]) {
  test(`${kind} is ${code}, in one sentence that names the peer`, () => {
    const fault = new HttpFault(kind, 'words from outside', kind === 'denied' ? { rule: 'metadata' } : {})
    const failure = peerFaultOf(fault, where, 'squid-1:3128')
    assert.ok(failure instanceof Failure)
    assert.equal(failure.code, code)
    assert.match(failure.message, /^The peer squid-1:3128 could not give sha256:0123 of library\/app: [^.]+\.$/)
    assert.doesNotMatch(failure.message, /words from outside|metadata/)
    assert.deepEqual([failure.cause, failure.facts['fault']], [fault, kind])
  })
}

test('what is no fault of the network stays what it is', () => {
  const error = new Error('an abort')
  assert.equal(peerFaultOf(error, where, 'squid-1:3128'), error)
})
