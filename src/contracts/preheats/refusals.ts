// How the preheats contract refuses: an HTTP status, and one line of JSON that Harbor shows to its user as it is.

import { asFailure, type Problem } from '../../model/failure.ts'
import type { Job } from '../../model/job.ts'
import { plainStatuses } from '../http/plain-status.ts'
import { refusalHeaders } from '../http/refusal-headers.ts'
import type { Answer, Refuse } from '../http/route.ts'
import { sentenceOf, toPreheat } from './translate.ts'
import type { LostTask, Refusal } from './wire.ts'

export const refuse: Refuse = (thrown) => {
  const failure = asFailure(thrown)
  const status = plainStatuses[failure.code]
  return { status, headers: refusalHeaders(status, failure), body: refusalOf(failure.problem, status) }
}

/** "Failed Dependency": the question was right, and the job that it asks after has failed. */
const lost = 424

/** How a Harbor is told the end of its job. Its user reads all of it, so the reason is there once, and first. */
export function refuseLost(job: Job, problem: Problem): Answer {
  const { errorMsg: message, ...shown } = toPreheat(job)
  const body: LostTask = { message, code: lost, cause: problem.code, ...shown }
  return { status: lost, body }
}

function refusalOf(problem: Problem, status: number): Refusal {
  const message = sentenceOf(problem)
  return { message, msg: message, code: status, cause: problem.code }
}
