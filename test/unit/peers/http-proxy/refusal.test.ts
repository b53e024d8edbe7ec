// What a proxy's answers are called, and whose trouble they are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureCode } from '../../../../src/model/failure.ts'
import { refusalOf } from '../../../../src/peers/http-proxy/refusal.ts'

const asked = { peer: 'squid-1:3128', what: 'sha256:0123 of library/app', origin: 'registry.example.com' }
const via = { via: '1.1 squid-1 (squid/5.7)' }
const page = (name: string) => ({ ...via, 'x-squid-error': `${name} 0` })

const rows: readonly (readonly [number, Readonly<Record<string, string>>, FailureCode])[] = [
  [407, page('ERR_CACHE_ACCESS_DENIED'), 'peer.denied'],
  [407, {}, 'peer.denied'],
  [403, page('ERR_ACCESS_DENIED'), 'peer.denied'],
  [403, page('ERR_TOO_BIG'), 'peer.misconfigured'],
  [503, page('ERR_SHUTTING_DOWN'), 'peer.busy'],
  [503, page('ERR_CONNECT_FAIL'), 'registry.unreachable'],
  [503, page('ERR_DNS_FAIL'), 'registry.unreachable'],
  [502, page('ERR_READ_ERROR'), 'registry.unreachable'],
  [504, page('ERR_READ_TIMEOUT'), 'registry.unreachable'],
  [500, page('ERR_CANNOT_FORWARD'), 'peer.broken'],
  [400, page('ERR_INVALID_URL'), 'peer.misconfigured'],
  [401, via, 'registry.denied'],
  [403, via, 'registry.denied'],
  [404, via, 'registry.not-found'],
  [410, {}, 'registry.not-found'],
  [429, via, 'registry.busy'],
  [429, {}, 'peer.busy'],
  [503, via, 'registry.busy'],
  [503, {}, 'peer.busy'],
  [502, via, 'registry.busy'],
  [502, {}, 'registry.unreachable'],
  [504, {}, 'registry.unreachable'],
  [500, via, 'registry.busy'],
  [500, {}, 'peer.broken'],
  [408, {}, 'registry.busy'],
  [400, {}, 'peer.misconfigured'],
  [405, {}, 'peer.misconfigured'],
  [400, via, 'registry.refused'],
  [451, {}, 'registry.refused'],
  [206, via, 'registry.invalid'],
]

for (const [status, headers, code] of rows) {
  test(`${status} with ${JSON.stringify(headers)} is ${code}, and names the peer`, () => {
    const failure = refusalOf({ status, headers, words: '' }, asked, 0)
    assert.equal(failure.code, code)
    assert.ok(failure.message.includes(asked.peer) && failure.message.includes(asked.what), failure.message)
  })
}

test('the sentence tells the page or the words, and the time to wait', () => {
  const answer = { status: 429, headers: { ...via, 'retry-after': '7' }, words: 'TOOMANYREQUESTS: slow down' }
  const busy = refusalOf(answer, asked, 0)
  assert.equal(
    busy.message,
    'The peer squid-1:3128 could not get sha256:0123 of library/app from registry.example.com: the origin failed for the moment (429 TOOMANYREQUESTS: slow down).',
  )
  assert.equal(busy.retryAfterMs, 7000)
  const denied = refusalOf({ status: 403, headers: page('ERR_ACCESS_DENIED'), words: '' }, asked, 0)
  assert.match(denied.message, /http_access rules forbid it \(403 ERR_ACCESS_DENIED\)\.$/)
})
