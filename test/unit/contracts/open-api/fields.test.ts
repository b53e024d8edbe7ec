// Which field a refusal of the Open API is about.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuse } from '../../../../src/contracts/open-api/refusals.ts'
import { toSettings } from '../../../../src/contracts/open-api/settings.ts'
import { toPreheat, toTaskSubmission } from '../../../../src/contracts/open-api/submission.ts'
import { toNewCluster } from '../../../../src/contracts/open-api/translate-clusters.ts'
import { toAsked } from '../../../../src/contracts/open-api/translate-tokens.ts'
import type { Args, Refusal } from '../../../../src/contracts/open-api/wire.ts'
import { Failure } from '../../../../src/model/failure.ts'
import { args, circumstances } from './samples.ts'

function refusalOf(run: () => unknown): Refusal {
  try {
    run()
  } catch (error) {
    const { status, body } = refuse(error, { method: 'POST', path: '/' })
    assert.equal(status, 422)
    return body as Refusal
  }
  return assert.fail('nothing was refused')
}

const preheat = (change: Partial<Args>) => () =>
  toPreheat({ type: 'preheat', args: { ...args, ...change } }, circumstances)
const files = (change: Partial<Args>) => preheat({ type: 'file', url: '', ...change })
const task = (change: Partial<Args>) => () =>
  toTaskSubmission({ type: 'get_task', args: change }, 'get_task', circumstances)
const deep = (depth: number): object => (depth === 0 ? {} : { a: deep(depth - 1) })

const rows: readonly (readonly [field: string, run: () => unknown])[] = [
  ['args', () => toPreheat({ type: 'preheat' }, circumstances)],
  ['args.type', () => toPreheat({ type: 'preheat', args: {} }, circumstances)],
  ['args.url', preheat({ url: '' })],
  ['args.url', preheat({ url: 'not a reference' })],
  ['args.platform', preheat({ platform: 'linux/amd64,arm64' })],
  ['args.timeout', preheat({ timeout: 1 })],
  ['args.piece_length', preheat({ piece_length: 1 })],
  ['args.object_storage', preheat({ object_storage: { region: 'x' } })],
  ['args.urls', files({})],
  ['args.urls.1', files({ urls: ['https://a.example/1', 'ftp://a.example/2?token=s3cret', 'nothing'] })],
  ['args.url', files({ urls: ['https://a.example/1'], url: 'https://ann:s3cret@a.example/' })],
  ['args.task_id', task({})],
  ['args.task_id', task({ task_id: 'x' })],
  ['args.url', task({ url: 'x' })],
  ['platforms', () => toNewCluster({ name: 'n', platforms: ['arm64'] })],
  [
    'scheduler_cluster_config.filter_parent_limit',
    () => toNewCluster({ name: 'n', scheduler_cluster_config: { filter_parent_limit: 9 } }),
  ],
  ['settings', () => toSettings({ peers: ['x'.repeat(300_000)] })],
  ['settings.tls', () => toSettings({ tls: {} })],
  ['settings.a.0.password', () => toSettings({ a: [{ password: 's3cret' }] })],
  [`settings${'.a'.repeat(17)}`, () => toSettings({ ...deep(17) })],
  ['expired_at', () => toAsked({ name: 'n', expired_at: 'tomorrow' })],
]
for (const [field, run] of rows) {
  test(`${field} is named where it is wrong: ${run.toString().slice(0, 100).replaceAll(/\s+/g, ' ')}`, () => {
    const refusal = refusalOf(run)
    assert.deepEqual(
      refusal.fields?.map((one) => one.field),
      [field],
    )
    const [{ message } = { message: '' }] = refusal.fields ?? []
    assert.ok(message !== '' && refusal.message.startsWith(message), 'the sentence without what to do')
    assert.ok(!JSON.stringify(refusal).includes('s3cret'))
  })
}

test('fields are named on 422 only, and not where none is wrong', () => {
  const about = (failure: Failure) => Object(refuse(failure, { method: 'POST', path: '/' }).body) as Refusal
  assert.equal(about(new Failure('request.conflict', 'Taken.', { field: 'name' })).fields, undefined)
  assert.equal(about(new Failure('request.invalid', 'Not JSON.')).fields, undefined)
})
