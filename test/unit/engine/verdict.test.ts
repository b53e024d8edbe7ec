// What a person is told of how a job ended.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endedEarly, judge, stampedeWarnings } from '../../../src/engine/verdict.ts'
import { Failure, type FailureCode } from '../../../src/model/failure.ts'
import type { Task, TaskState } from '../../../src/model/task.ts'
import { blobOf, clusterOf, driverOf, many, peerOf, tasksOf } from './samples.ts'

/** A task for each: warm, or failed for this reason. */
const tasksWith = (...codes: readonly (FailureCode | 'warm')[]): readonly Task[] =>
  tasksOf(
    codes.map((_, n) => peerOf(n)),
    [blobOf(1)],
  ).map((task, n): Task => {
    const code = codes[n]
    if (code === undefined || code === 'warm') return { ...task, state: 'warm' }
    return { ...task, state: 'failed', problem: new Failure(code, `It was ${code}.`).problem }
  })
const full = (count: number) => many(count, () => 'peer.full' as const)
const warm = (count: number) => many(count, () => 'warm' as const)

const failing: readonly {
  readonly name: string
  readonly codes: readonly (FailureCode | 'warm')[]
  readonly message: string
}[] = [
  { name: 'one failure speaks for itself', codes: [...warm(2), 'peer.full'], message: 'It was peer.full.' },
  {
    name: 'of several for one cause, the first speaks',
    codes: [...full(2), ...warm(1)],
    message: '2 of 3 tasks failed, the first because: It was peer.full.',
  },
  {
    name: 'several causes are named, the most frequent first',
    codes: [...warm(6), 'peer.denied', ...full(2), 'peer.unreachable'],
    message:
      '4 of 10 tasks failed: 2 peer.full, 1 peer.denied and 1 peer.unreachable; the first because: It was peer.denied.',
  },
  {
    name: 'no more causes are named than a sentence bears',
    codes: [
      ...(['peer.denied', 'peer.full', 'peer.slow', 'peer.busy', 'peer.broken', 'peer.none'] as const),
      ...(['registry.busy', 'registry.denied'] as const),
    ],
    message:
      '8 of 8 tasks failed: 1 peer.denied, 1 peer.full, 1 peer.slow, 1 peer.busy, 1 peer.broken, 1 peer.none and 2 more; the first because: It was peer.denied.',
  },
]
for (const { name, codes, message } of failing) {
  test(`verdict: ${name}`, () => {
    const { problem, warnings } = judge(tasksWith(...codes), 100)
    assert.equal(problem?.message, message)
    assert.equal(
      problem.code,
      codes.find((code) => code !== 'warm'),
    )
    assert.deepEqual(warnings, [])
  })
}

test('verdict: a job of which all is warm succeeded, and so did one that had nothing to do', () => {
  assert.deepEqual(judge(tasksWith(...warm(3)), 100), { problem: null, warnings: [] })
  assert.deepEqual(judge([], 100), { problem: null, warnings: [] })
})

test('verdict: what was left undone without a cause is no success', () => {
  const [task] = tasksOf([peerOf(1)], [blobOf(1)])
  assert.ok(task)
  assert.equal(judge([task], 100).problem?.code, 'self.fault')
})

test('verdict: so many of a hundred are enough, and the others are told of', () => {
  const tasks = tasksWith(...warm(7), ...full(2), 'peer.denied')
  assert.deepEqual(judge(tasks, 70), {
    problem: null,
    warnings: ['3 of 10 tasks failed: 2 peer.full and 1 peer.denied, which a success_percentage of 70 allows.'],
  })
  assert.equal(judge(tasks, 71).problem?.code, 'peer.full')
  assert.deepEqual(judge(tasksWith(...warm(2), 'peer.full'), 66).warnings, [
    '1 of 3 tasks failed, which a success_percentage of 66 allows.',
  ])
  assert.notEqual(judge(tasksWith(...warm(2), 'peer.full'), 67).problem, null)
})

const underWay = (...states: readonly TaskState[]): readonly Task[] =>
  tasksOf(
    states.map((_, n) => peerOf(n)),
    [blobOf(1)],
  ).map((task, n) => ({ ...task, state: states[n] ?? 'waiting' }))
const detaching = () => driverOf({ cancel: 'detaches' })

test('verdict: a cancelled job says which peers may still finish', () => {
  const cancelled = new Failure('job.cancelled', 'The job was cancelled.')
  const tasks = underWay('warm', 'running', 'waiting', 'running')
  assert.equal(
    endedEarly(cancelled, tasks, detaching).message,
    'The job was cancelled. Peers node-1 (10.0.0.1) and node-3 (10.0.0.3) may still finish what was begun.',
  )
  assert.deepEqual(
    endedEarly(cancelled, tasks, () => driverOf()),
    cancelled.problem,
  )
  assert.deepEqual(endedEarly(cancelled, underWay('warm', 'waiting'), detaching), cancelled.problem)
})

test('verdict: a job that was late says how far it came', () => {
  const late = new Failure('job.deadline', 'The job was not done within its 5 s.')
  assert.equal(
    endedEarly(late, underWay('warm', 'running'), detaching).message,
    'The job was not done within its 5 s. 1 of 2 tasks were done by then. Peer node-1 (10.0.0.1) may still finish what was begun.',
  )
  assert.deepEqual(endedEarly(late, [], detaching), late.problem)
})

test('verdict: of another accident nothing more is said', () => {
  const denied = new Failure('registry.denied', 'The registry refused.')
  assert.deepEqual(endedEarly(denied, underWay('running'), detaching), denied.problem)
})

test('verdict: of many stampedes, a dozen are named', () => {
  const stampedes = many(15, (n) => ({ cluster: clusterOf(2), blob: blobOf(n), times: 3.5 }))
  const warnings = stampedeWarnings(stampedes)
  assert.equal(warnings.length, 13)
  assert.equal(
    warnings[0],
    'Blob sha256:000000000000 came 3.5 times from its origin for cluster 2 (cluster-2), where its peers should have fed each other: look at its scheduler.',
  )
  assert.equal(warnings[12], 'And 3 more blobs came from their origin too often.')
  assert.deepEqual(stampedeWarnings([]), [])
})
