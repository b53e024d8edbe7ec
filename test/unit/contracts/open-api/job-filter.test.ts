// What the queries of lists ask for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toJobFilter, toTaskFilter } from '../../../../src/contracts/open-api/job-filter.ts'
import type { JobFilter } from '../../../../src/model/ports.ts'

const open = ['queued', 'resolving', 'warming'] as const
const rows: readonly (readonly [string, JobFilter])[] = [
  ['', {}],
  ['state=&phase=&type=&args_type=&contract=&scheduler_cluster_id=&peer=&q=&user_id=', {}],
  ['scheduler_cluster_id=0&user_id=0', {}],
  ['state=PENDING', { states: open }],
  ['phase=warming', { states: ['warming'] }],
  ['state=PENDING&phase=warming', { states: ['warming'] }],
  ['state=SUCCESS&phase=warming', { states: [] }],
  ['state=RECEIVED', { states: [] }],
  ['type=preheat', { types: ['image', 'file'] }],
  ['args_type=image', { types: ['image'] }],
  ['type=preheat&args_type=file', { types: ['file'] }],
  ['type=get_task&args_type=file', { types: [] }],
  ['type=gc', { types: [] }],
  ['contract=open-api', { contract: 'open-api' }],
  ['scheduler_cluster_id=12', { cluster: 12 }],
  ['peer=local-1%40node', { peer: 'local-1@node' }],
  ['q=100%25+_', { text: '100% _' }],
]

for (const [query, filter] of rows) {
  test(`jobs: ${query === '' ? 'nothing' : query}`, () => {
    assert.deepEqual(toJobFilter(new URLSearchParams(query)), filter)
  })
}

test('a number that the validator lets through and that is none is refused', () => {
  for (const query of ['scheduler_cluster_id=1e999', 'user_id=-1']) {
    assert.throws(() => toJobFilter(new URLSearchParams(query)), { code: 'request.invalid' })
  }
})

test('tasks: empty is as good as absent', () => {
  assert.deepEqual(toTaskFilter(new URLSearchParams('state=&peer=&blob=')), {})
  assert.deepEqual(toTaskFilter(new URLSearchParams('state=warm&peer=a&blob=b')), {
    state: 'warm',
    peer: 'a',
    blob: 'b',
  })
})
