// A request of the Open API as a command.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toFreshSecrets, toSubmission } from '../../../../src/contracts/open-api/submission.ts'
import type { Args, CreateJob } from '../../../../src/contracts/open-api/wire.ts'
import type { PeerChoice } from '../../../../src/model/peer.ts'
import { args, circumstances } from './samples.ts'

const submit = (change: Partial<Args>, more: Partial<CreateJob> = {}) =>
  toSubmission({ type: 'preheat', args: { ...args, ...change }, ...more }, circumstances)

const choices: readonly { readonly given: Partial<Args>; readonly means: Partial<PeerChoice> }[] = [
  { given: {}, means: { scope: 'single_seed_peer', ips: null, count: null, percentage: null } },
  { given: { scope: '' }, means: { scope: 'single_seed_peer' } },
  { given: { scope: null }, means: { scope: 'single_seed_peer' } },
  { given: { scope: 'single_peer' }, means: { scope: 'single_peer' } },
  { given: { ips: [], count: 0, percentage: 0 }, means: { ips: null, count: null, percentage: null } },
  { given: { ips: ['192.0.2.1'], count: 3 }, means: { ips: ['192.0.2.1'], count: 3 } },
]
for (const { given, means } of choices) {
  test(`${JSON.stringify(given)} chooses peers`, () => {
    const { peers } = submit(given).request
    assert.deepEqual({ ...peers, ...means }, peers)
  })
}

test('secrets go their own way: the request itself may be shown', () => {
  const { request, secrets } = submit({
    username: 'ann',
    password: 's3cret',
    headers: { Authorization: 'Bearer s3cret', 'X-A': '1' },
  })
  assert.ok(!JSON.stringify(request).includes('s3cret'))
  assert.equal(request.username, 'ann')
  assert.deepEqual(secrets, { password: 's3cret', headers: { Authorization: 'Bearer s3cret', 'X-A': '1' } })
})

test('files are fetched by the addresses as they came, each once, `url` last, and shown without signatures', () => {
  const { request, secrets } = submit({
    type: 'file',
    url: 'https://a.example.com/2?signature=s3cret',
    urls: ['https://a.example.com/1', 'https://a.example.com/1'],
  })
  assert.deepEqual(secrets.urls, ['https://a.example.com/1', 'https://a.example.com/2?signature=s3cret'])
  assert.ok(request.type === 'file')
  assert.deepEqual(request.urls, ['https://a.example.com/1', 'https://a.example.com/2?signature=***'])
})

test('a retry brings what it brings, and nothing for what is empty', () => {
  assert.deepEqual(toFreshSecrets({}), {})
  assert.deepEqual(toFreshSecrets({ username: '', password: null, headers: null }), {})
  const brought = { username: 'ann', password: 'p', headers: { A: 'b' } }
  assert.deepEqual(toFreshSecrets(brought), brought)
})

test('a key names the command, and without one it has none', () => {
  const body: CreateJob = { type: 'preheat', args }
  assert.equal(toSubmission(body, { ...circumstances, idempotencyKey: 'k' }).idempotencyKey, 'k')
  assert.ok(!('idempotencyKey' in toSubmission(body, circumstances)))
})
