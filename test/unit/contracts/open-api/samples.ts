// A job for the tests of what the Open API makes of one.

import { toPreheat, type Circumstances } from '../../../../src/contracts/open-api/submission.ts'
import type { Args } from '../../../../src/contracts/open-api/wire.ts'
import { noProgress, type Job } from '../../../../src/model/job.ts'

export const args: Args = { type: 'image', url: 'https://registry.example.com/v2/library/app/manifests/1.0' }
export const circumstances: Circumstances = { userId: 7, boundTo: [], usualTimeoutMs: 60_000 }

export const jobOf = (given: Partial<Job> = {}): Job => ({
  id: 1,
  taskId: 'group_0370f9f8-4053-4f59-963d-f631f2adbef0',
  contract: 'open-api',
  bio: '',
  userId: 7,
  state: 'queued',
  request: toPreheat({ type: 'preheat', args }, circumstances).request,
  clusterIds: [1],
  pinned: null,
  platforms: [],
  warnings: [],
  progress: noProgress,
  problem: null,
  cancelRequested: false,
  createdAtMs: 0,
  updatedAtMs: 0,
  deadlineAtMs: 60_000,
  settledAtMs: null,
  ...given,
})
