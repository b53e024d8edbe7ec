// A job as the Open API shows it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toTaskSubmission } from '../../../../src/contracts/open-api/submission.ts'
import { toTask } from '../../../../src/contracts/open-api/translate-tasks.ts'
import { toJob, toRow } from '../../../../src/contracts/open-api/translate.ts'
import { sentenceOf } from '../../../../src/contracts/open-api/words.ts'
import { Failure } from '../../../../src/model/failure.ts'
import type { Job, JobState } from '../../../../src/model/job.ts'
import type { Outcome } from '../../../../src/model/ports.ts'
import type { Task } from '../../../../src/model/task.ts'
import { clusterSample, peerSample, task } from '../../../conformance/job-samples.ts'
import { circumstances, jobOf } from './samples.ts'

const states: Readonly<Record<JobState, 'PENDING' | 'SUCCESS' | 'FAILURE'>> = {
  queued: 'PENDING',
  resolving: 'PENDING',
  warming: 'PENDING',
  succeeded: 'SUCCESS',
  failed: 'FAILURE',
  cancelled: 'FAILURE',
}
for (const [state, word] of Object.entries(states) as [JobState, string][]) {
  test(`${state} reads ${word} wherever a state is, and ${state} as the phase`, () => {
    const shown = toRow(jobOf({ state }), [clusterSample(1)])
    const words = [shown.state, shown.status, shown.result?.state, shown.result?.job_states[0]?.state]
    assert.deepEqual(words, [word, word, word, word])
    assert.equal(shown.phase, state)
  })
}

const tasksOf = (...tasks: readonly Task[]): Outcome => ({
  failures: tasks.filter(({ state }) => state !== 'warm'),
  successes: tasks.filter(({ state }) => state === 'warm'),
  byPeer: [],
})

test('the answer to the POST has no result yet; a settled job has it cluster by cluster', () => {
  const { problem } = new Failure('registry.denied', 'The registry said no.')
  const outcome = tasksOf(task(0, { state: 'warm' }), task(1, { state: 'failed', problem }))
  const job = jobOf({ state: 'failed', problem, clusterIds: [1, 2] })
  const view = { job, outcome, clusters: [clusterSample(1), clusterSample(2)] }
  assert.equal(toJob(view, 'fresh').result, null)
  const [first, second] = toJob(view, 'whole').result?.job_states ?? []
  const { url } = task(0).blob
  assert.deepEqual(first?.results, [
    {
      failure_tasks: [{ description: sentenceOf(problem), hostname: 'here', ip: '127.0.0.1', url }],
      scheduler_cluster_id: 1,
      success_tasks: [{ hostname: 'here', ip: '127.0.0.1', url }],
    },
  ])
  assert.match(first?.error ?? '', /^The registry said no\. Give a credential/)
  assert.deepEqual(second?.results, [{ failure_tasks: [], scheduler_cluster_id: 2, success_tasks: [] }])
  assert.notEqual(first?.task_uuid, second?.task_uuid)
})

test('where too many tasks are warm, each peer says how many, and every failure is still there', () => {
  const [whole, part, none] = ['a', 'b', 'c'].map((id) => peerSample(id, { hostname: `node-${id}` }))
  assert.ok(whole && part && none)
  const failures = [task(7, { state: 'failed', peer: part }), task(8, { state: 'cancelled', peer: none })]
  const byPeer = [
    { peer: whole, warm: 100, tasks: 100 },
    { peer: part, warm: 97, tasks: 100 },
    { peer: none, warm: 0, tasks: 100 },
  ]
  const view = {
    job: jobOf({ state: 'failed' }),
    outcome: { failures, successes: null, byPeer },
    clusters: [clusterSample(1)],
  }
  const [result] = toJob(view, 'whole').result?.job_states[0]?.results ?? []
  assert.deepEqual(
    result?.success_tasks?.map(({ hostname, url }) => [hostname, url]),
    [
      ['node-a', 'all 100 layers'],
      ['node-b', '97 of 100 layers'],
    ],
  )
  assert.equal(result.failure_tasks.length, 2)
})

const taskJob = (type: 'get_task' | 'delete_task'): Job => {
  const { request } = toTaskSubmission({ type, args: { task_id: 'a'.repeat(64) } }, type, circumstances)
  return jobOf({ state: 'failed', request })
}
const seed = peerSample('seed', { hostname: 'node-s', seed: true })
const node = peerSample('node', { hostname: 'node-n', ip: '192.0.2.7', seed: false })
const asked = tasksOf(
  task(0, { state: 'warm', peer: seed }),
  task(1, { state: 'failed', peer: node, problem: new Failure('peer.not-cached', 'It is not there.').problem }),
  task(2, { state: 'failed', peer: node, problem: new Failure('peer.unreachable', 'No answer.').problem }),
)

test("get_task has Dragonfly's shape: who holds it, and beside it who gave no clear answer", () => {
  const job = taskJob('get_task')
  const shown = toJob({ job, outcome: asked, clusters: [clusterSample(1)] }, 'whole')
  assert.equal(shown.type, 'get_task')
  assert.deepEqual(Object.keys(shown.args), Object.keys(shown.args).toSorted())
  assert.deepEqual([shown.args.task_id, shown.args.url, shown.args.type], ['a'.repeat(64), '', undefined])
  const [state] = shown.result?.job_states ?? []
  assert.equal(state?.task_name, 'get_task')
  const [result] = state?.results ?? []
  const { id, hostname, ip } = seed
  const never = '0001-01-01T00:00:00Z'
  assert.deepEqual(result?.peers, [
    { IsFinished: true, created_at: never, host_type: 'super', hostname, id, ip, updated_at: never },
  ])
  assert.deepEqual(
    result.failure_tasks.map(({ hostname: name, host_type }) => [name, host_type]),
    [['node-n', 'normal']],
  )
  assert.ok(!('success_tasks' in result))
})

test("delete_task has Dragonfly's shape: who has forgotten it, and who could not be told to", () => {
  const shown = toJob({ job: taskJob('delete_task'), outcome: asked, clusters: [clusterSample(1)] }, 'whole')
  const [result] = shown.result?.job_states[0]?.results ?? []
  assert.deepEqual(result?.success_tasks, [{ host_type: 'super', hostname: 'node-s', ip: '127.0.0.1' }])
  assert.match(result.failure_tasks[0]?.description ?? '', /^No answer\. Check that the peer runs/)
  assert.equal(result.failure_tasks.length, 1)
})

test('of too many peers that hold it, all are there', () => {
  const outcome = { failures: [], successes: null, byPeer: [seed, node].map((peer) => ({ peer, warm: 1, tasks: 1 })) }
  const shown = toJob({ job: taskJob('get_task'), outcome, clusters: [clusterSample(1)] }, 'whole')
  assert.equal(shown.result?.job_states[0]?.results?.[0]?.peers?.length, 2)
})

test('a task says how long it took and where its bytes came from; what is not known is absent or null', () => {
  const shown = toTask(task(0, { state: 'warm', moved: { peer: 7 }, startedAtMs: 1000, endedAtMs: 3500 }))
  assert.deepEqual([shown.duration_ms, shown.moved, shown.source], [2500, { peer: 7 }, null])
  assert.equal(toTask(task(0)).duration_ms, null)
})

test('a row has its own clusters of all, and no tasks', () => {
  const shown = toRow(jobOf({ state: 'succeeded', clusterIds: [2] }), [clusterSample(1), clusterSample(2)])
  assert.deepEqual(
    shown.scheduler_clusters.map(({ id }) => id),
    [2],
  )
  assert.equal(shown.result?.job_states[0]?.results, null)
})

test('what a job warned of is shown', () => {
  assert.deepEqual(toRow(jobOf({ warnings: ['A layer was left out.'] }), []).warnings, ['A layer was left out.'])
})
