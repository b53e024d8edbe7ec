// The states of a job and the moves between them.

import type { JobState } from '../model/job.ts'

/** A job goes back to `resolving` when another replica takes it over, and to `queued` when somebody retries it. */
const moves: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['resolving', 'failed', 'cancelled'],
  resolving: ['resolving', 'warming', 'failed', 'cancelled'],
  warming: ['resolving', 'succeeded', 'failed', 'cancelled'],
  succeeded: [],
  failed: ['queued'],
  cancelled: ['queued'],
}

const settled: readonly JobState[] = ['succeeded', 'failed', 'cancelled']

export const mayBecome = (from: JobState, to: JobState): boolean => moves[from].includes(to)
export const isSettled = (state: JobState): boolean => settled.includes(state)
