// What all shapes of the Open API say alike: times, states, types and problems. Pure.

import { isSettled } from '../../engine/lifecycle.ts'
import type { Problem } from '../../model/failure.ts'
import type { Job, JobRequest } from '../../model/job.ts'
import type { ShownJob, State } from './wire.ts'

export const toTime = (ms: number): string => new Date(ms).toISOString()
export const toTimeOrNull = (ms: number | null): string | null => (ms === null ? null : toTime(ms))

export function toState(job: Job): State {
  if (job.state === 'succeeded') return 'SUCCESS'
  return isSettled(job.state) ? 'FAILURE' : 'PENDING'
}

export const toType = ({ type }: JobRequest): ShownJob['type'] =>
  type === 'image' || type === 'file' ? 'preheat' : type

/** Key by key, since a row does not keep their order. */
export const toError = (problem: Problem | null): ShownJob['error'] =>
  problem && { code: problem.code, side: problem.side, message: problem.message, hint: problem.hint }

/** For clients that show one text of a failure; '' where there is none. */
export const sentenceOf = (problem: Problem | null): string =>
  problem === null ? '' : `${problem.message} ${problem.hint}`
