import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemOf, progressOf } from '../../../src/engine/progress.ts'
import { isSettled, mayBecome } from '../../../src/engine/lifecycle.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { Task } from '../../../src/model/task.ts'

const task = (change: Partial<Task> & { readonly size?: number | null }): Task => ({
  ordinal: 0,
  peer: { id: 'p1', clusterId: 1, hostname: 'p1', ip: '10.0.0.1', seed: true, ordinary: true },
  blob: {
    kind: 'layer',
    digest: null,
    size: change.size === undefined ? 100 : change.size,
    mediaType: '',
    url: 'https://example.com/f',
  },
  state: 'waiting',
  attempts: 0,
  bytes: 0,
  source: null,
  proof: null,
  digest: null,
  problem: null,
  startedAtMs: null,
  endedAtMs: null,
  ...change,
})

test('progress: tasks and bytes are counted by state and source', () => {
  const tasks = [
    task({ state: 'warm', bytes: 100, source: 'origin' }),
    task({ state: 'warm', bytes: 100, source: 'local' }),
    task({ state: 'running', bytes: 40 }),
    task({ state: 'failed' }),
    task({}),
  ]
  assert.deepEqual(progressOf(tasks), {
    tasks: 5,
    running: 1,
    warm: 2,
    failed: 1,
    bytesTotal: 500,
    bytesDone: 240,
    bytesFromOrigin: 100,
  })
})

test('progress: the total is unknown while one size is, and known once that blob is warm', () => {
  assert.equal(progressOf([task({}), task({ size: null })]).bytesTotal, null)
  assert.equal(progressOf([task({}), task({ size: null, state: 'warm', bytes: 7 })]).bytesTotal, 107)
  assert.equal(progressOf([]).bytesTotal, null)
})

test('progress: the first failed task speaks for the others', () => {
  const first = new Failure('registry.denied', 'The registry r refused.').problem
  const second = new Failure('peer.full', 'The peer is full.').problem
  assert.equal(problemOf([task({ state: 'warm' })]), null)
  assert.equal(problemOf([task({ state: 'failed', problem: second })])?.message, 'The peer is full.')
  const both = problemOf([
    task({ state: 'failed', problem: first }),
    task({ state: 'failed', problem: second }),
    task({}),
  ])
  assert.equal(both?.code, 'registry.denied')
  assert.equal(both?.message, '2 of 3 tasks failed, the first because: The registry r refused.')
})

test('lifecycle: a settled job stays as it is, and no job skips its resolve', () => {
  for (const state of ['succeeded', 'failed', 'cancelled'] as const) {
    assert.ok(isSettled(state))
    assert.equal(mayBecome(state, 'resolving'), false)
  }
  assert.equal(mayBecome('queued', 'warming'), false)
  assert.equal(mayBecome('warming', 'resolving'), true)
})
