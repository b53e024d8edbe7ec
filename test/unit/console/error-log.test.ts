import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Cause, Job } from '../../../src/console/api/types.ts'
import { toErrorLog } from '../../../src/console/pages/preheat/error-log.ts'
import { sampleCluster, sampleJob, sampleProgress } from './samples.ts'

const digest = `sha256:${'a'.repeat(64)}`
const at = '2026-01-01T00:00:00.000Z'

const cause: Cause = {
  code: 'registry.denied',
  side: 'registry',
  message: 'The registry refused\nthe layer.',
  hint: 'Give a credential.',
  tasks: 3,
  peers: 2,
  blobs: 1,
}

const failureOf = (hostname: string, ip: string) => ({
  description: 'The registry refused\nthe layer. Give a credential.',
  hostname,
  ip,
  url: 'https://r.example/blob',
})

const failed = (change: Partial<Job> = {}): Job =>
  sampleJob({
    phase: 'failed',
    ended_at: '2026-01-01T00:01:00.000Z',
    digest,
    requested_by: 'harbor',
    scheduler_clusters: [sampleCluster(1, 'local')],
    progress: sampleProgress({ tasks: 5, warm: 2, failed: 3 }),
    error: { code: 'tasks.failed', side: 'registry', message: '3 of 5 tasks failed.', hint: 'Look at them.' },
    result: {
      created_at: at,
      updated_at: at,
      group_uuid: 'group_1',
      state: 'FAILURE',
      job_states: [
        {
          created_at: at,
          error: '',
          state: 'FAILURE',
          task_name: 'preheat',
          task_uuid: 'task_1',
          ttl: 0,
          results: [
            { scheduler_cluster_id: 1, failure_tasks: [failureOf('node-1', '192.0.2.1'), failureOf('node-2', '')] },
          ],
        },
      ],
    },
    ...change,
  })

it('the error log says which job, then the causes, then a line for each failure', () => {
  assert.equal(
    toErrorLog(failed(), [cause]),
    `Job:      7 (preheat), failed
Image:    registry.example.com/library/app:1.0
Digest:   ${digest}
Clusters: local (1)
Asked by: harbor, contract open-api
Accepted: 2026-01-01T00:00:00.000Z
Ended:    2026-01-01T00:01:00.000Z
Tasks:    5: 2 warm, 3 failed

Error: [tasks.failed] 3 of 5 tasks failed. Look at them.

Causes:
3 tasks at 2 peers, 1 blob: [registry.denied] The registry refused the layer. Give a credential.

Failures:
cluster 1 | node-1 (192.0.2.1) | https://r.example/blob | The registry refused the layer. Give a credential.
cluster 1 | node-2 | https://r.example/blob | The registry refused the layer. Give a credential.
and 1 more: GET /oapi/v1/jobs/7/tasks?state=failed
`,
  )
})

it('the error log of a job that failed before it had a plan has no failures to list', () => {
  const log = toErrorLog(
    failed({ result: null, digest: null, progress: sampleProgress(), warnings: ['a peer is down'] }),
    [],
  )
  assert.match(log, /Error: \[tasks\.failed\]/)
  assert.doesNotMatch(log, /Causes|Failures|Digest/)
  assert.match(log, /\n\nWarnings:\na peer is down\n$/)
})
