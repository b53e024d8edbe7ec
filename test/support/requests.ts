// What tests of several rooms ask for: the usual request, and a job that has just been accepted.

import { noProgress, type Job, type JobRequest } from '../../src/model/job.ts'

/** Of every request. */
export const usualRequest = {
  concurrentTasks: 8,
  concurrentPeers: 500,
  timeoutMs: 60_000,
  tag: '',
  application: '',
  filteredQueryParams: [],
  pieceLength: null,
  successPercentage: 100,
  headers: {},
  username: '',
} as const

export const queuedJob = (request: JobRequest, given: Partial<Job> = {}): Job => ({
  id: 1,
  taskId: 'group_0370f9f8-4053-4f59-963d-f631f2adbef0',
  contract: 'open-api',
  bio: '',
  userId: 7,
  requestedBy: 'harbor',
  state: 'queued',
  request,
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
