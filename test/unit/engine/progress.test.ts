import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSettled, mayBecome } from '../../../src/engine/lifecycle.ts'
import { progressOf, tallyOf } from '../../../src/engine/progress.ts'
import type { Task } from '../../../src/model/task.ts'
import { blobOf, peerOf, tasksOf } from './samples.ts'

const tasksWith = (...changes: readonly (Partial<Task> & { readonly size?: number | null })[]): readonly Task[] =>
  changes.flatMap(({ size = 100, ...change }, ordinal) =>
    tasksOf([peerOf(1)], [blobOf(ordinal, { size })]).map((task) => ({ ...task, ordinal, ...change })),
  )

test('progress: tasks and bytes are counted by state and source', () => {
  const tasks = tasksWith(
    { state: 'warm', bytes: 100, source: 'origin', moved: { origin: 90, peer: 10 } },
    { state: 'warm', bytes: 100, source: 'local', moved: { local: 100 } },
    { state: 'warm', bytes: 100, source: null, moved: {} },
    { state: 'running', bytes: 40 },
    { state: 'failed', bytes: 5 },
    {},
  )
  assert.deepEqual(progressOf(tasks), {
    tasks: 6,
    running: 1,
    warm: 3,
    failed: 1,
    hits: 1,
    bytesTotal: 600,
    bytesDone: 345,
    bytesFromOrigin: 90,
    bytesFromPeers: 10,
    bytesHeld: 100,
    bytesPerSecond: null,
    secondsLeft: null,
  })
  assert.deepEqual(tallyOf(tasks).rest, { tasks: 2, bytes: 160 })
})

test('progress: the total is unknown while one size is, and known once that blob is warm', () => {
  assert.equal(progressOf(tasksWith({}, { size: null })).bytesTotal, null)
  assert.equal(tallyOf(tasksWith({}, { size: null })).rest.bytes, null)
  assert.equal(progressOf(tasksWith({}, { size: null, state: 'warm', bytes: 7 })).bytesTotal, 107)
  assert.equal(progressOf([]).bytesTotal, null)
})

test('lifecycle: a settled job stays as it is, and no job skips its resolve', () => {
  for (const state of ['succeeded', 'failed', 'cancelled'] as const) {
    assert.ok(isSettled(state))
    assert.equal(mayBecome(state, 'resolving'), false)
  }
  assert.equal(mayBecome('queued', 'warming'), false)
  assert.equal(mayBecome('warming', 'resolving'), true)
})
