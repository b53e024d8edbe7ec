// A job as the Open API shows it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toJob, toRow } from '../../../../src/contracts/open-api/translate.ts'
import { Failure } from '../../../../src/model/failure.ts'
import type { JobState } from '../../../../src/model/job.ts'
import { clusterSample, task } from '../../../conformance/job-samples.ts'
import { jobOf } from './samples.ts'

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

test('the answer to the POST has no result yet; a settled job has it cluster by cluster', () => {
  const { problem } = new Failure('registry.denied', 'The registry said no.')
  const tasks = [task(0, { state: 'warm' }), task(1, { state: 'failed', problem })]
  const job = jobOf({ state: 'failed', problem, clusterIds: [1, 2] })
  const view = { job, tasks, clusters: [clusterSample(1), clusterSample(2)] }
  assert.equal(toJob(view, 'fresh').result, null)
  const [first, second] = toJob(view, 'whole').result?.job_states ?? []
  assert.deepEqual(first?.results?.[0]?.success_tasks.length, 1)
  assert.deepEqual(first?.results?.[0]?.failure_tasks.length, 1)
  assert.match(first?.error ?? '', /^The registry said no\. Give a credential/)
  assert.deepEqual(second?.results, [{ failure_tasks: [], scheduler_cluster_id: 2, success_tasks: [] }])
  assert.notEqual(first?.task_uuid, second?.task_uuid)
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
