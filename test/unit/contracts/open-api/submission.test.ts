// A request of the Open API as a command.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  toFreshSecrets,
  toImageQuestion,
  toPreheat,
  toTaskSubmission,
} from '../../../../src/contracts/open-api/submission.ts'
import type { Args, CreateJob } from '../../../../src/contracts/open-api/wire.ts'
import { Failure } from '../../../../src/model/failure.ts'
import type { PeerChoice } from '../../../../src/model/peer.ts'
import { args, circumstances } from './samples.ts'

const submit = (change: Partial<Args>, more: Partial<CreateJob> = {}) =>
  toPreheat({ type: 'preheat', args: { ...args, ...change }, ...more }, circumstances)

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
  assert.equal(toPreheat(body, { ...circumstances, idempotencyKey: 'k' }).idempotencyKey, 'k')
  assert.ok(!('idempotencyKey' in toPreheat(body, circumstances)))
})

test('all tasks must be warm, unless a job asks for less', () => {
  assert.deepEqual(
    [{}, { success_percentage: 0 }, { success_percentage: null }, { success_percentage: 70 }].map(
      (given) => submit(given).request.successPercentage,
    ),
    [100, 100, 100, 70],
  )
})

const hex = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
const address = 'https://registry.example.com/v2/library/app/blobs/sha256:' + hex

for (const { given, taskId, url } of [
  { given: { task_id: hex }, taskId: hex, url: null },
  { given: { task_id: `SHA256:${hex.toUpperCase()}` }, taskId: hex, url: null },
  { given: { url: address }, taskId: null, url: address },
  { given: { url: address, task_id: 'nonsense' }, taskId: null, url: address },
  { given: { content_for_calculating_task_id: 'test', task_id: 'nonsense' }, taskId: hex, url: null },
] as const) {
  test(`get_task understands ${JSON.stringify(given)}`, () => {
    const { request } = toTaskSubmission({ type: 'get_task', args: given }, 'get_task', circumstances)
    assert.deepEqual([request.type, request.taskId, request.url], ['get_task', taskId, url])
  })
}

test('nothing secret is kept of what is asked after: peers are asked without it', () => {
  const body: CreateJob = {
    type: 'delete_task',
    args: { url: 'https://files.example.com/a?signature=s3cret', username: 'ann', password: 'p', headers: { A: 'b' } },
  }
  const { request, secrets } = toTaskSubmission(body, 'delete_task', circumstances)
  assert.deepEqual(
    [request.url, request.username, request.headers],
    ['https://files.example.com/a?signature=***', '', {}],
  )
  assert.deepEqual(secrets, {})
})

for (const { name, make, says } of [
  {
    name: 'a task without a name',
    make: () => toTaskSubmission({ type: 'get_task', args: {} }, 'get_task', circumstances),
    says: /args\.task_id is missing, and so is args\.url/,
  },
  {
    name: 'a task whose name is none',
    make: () => toTaskSubmission({ type: 'get_task', args: { task_id: 'abc' } }, 'get_task', circumstances),
    says: /args\.task_id is "abc"; expected 64 hex/,
  },
  {
    name: 'a task at no address',
    make: () => toTaskSubmission({ type: 'get_task', args: { url: 'ftp://a/b' } }, 'get_task', circumstances),
    says: /neither https nor http/,
  },
  {
    name: 'no args',
    make: () => toTaskSubmission({ type: 'get_task' }, 'get_task', circumstances),
    says: /^args is missing/,
  },
  {
    name: 'a preheat of nothing',
    make: () => toPreheat({ type: 'preheat', args: {} }, circumstances),
    says: /args\.type is missing/,
  },
  {
    name: 'an image without a name',
    make: () => toImageQuestion({ type: 'get_image_distribution', args: {} }, circumstances),
    says: /args\.url is missing/,
  },
]) {
  test(`refused: ${name}`, () => {
    assert.throws(make, (error) => error instanceof Failure && error.side === 'caller' && says.test(error.message))
  })
}

test('a question about an image needs no type in its args, and keeps its credentials apart', () => {
  const body: CreateJob = { type: 'get_image_distribution', args: { url: 'registry.example.com/app:1', password: 'p' } }
  const { request, secrets } = toImageQuestion(body, circumstances)
  assert.deepEqual([request.type, request.reference.repository, secrets], ['image', 'app', { password: 'p' }])
})
