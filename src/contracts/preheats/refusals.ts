// How the preheats contract refuses: an HTTP status, and one line of JSON that Harbor shows to its user as it is.

import { asFailure, type FailureCode, type Problem } from '../../model/failure.ts'
import type { Job } from '../../model/job.ts'
import { refusalHeaders } from '../http/refusal-headers.ts'
import type { Answer, Refuse } from '../http/route.ts'
import { sentenceOf, toPreheat } from './translate.ts'
import type { LostTask, Refusal } from './wire.ts'

/** Never 208: it would end Harbor's task as successful, or as failed, by its version. */
const statuses = {
  'request.invalid': 400,
  'request.too-large': 413,
  'request.not-found': 404,
  'request.conflict': 409,
  'request.too-many': 429,
  'request.wrong-method': 405,
  'request.unsupported': 415,
  'reference.invalid': 400,
  'cluster.unknown': 400,
  'auth.missing': 401,
  'auth.denied': 403,
  'egress.denied': 400,
  'job.deadline': 504,
  'job.cancelled': 409,
  'registry.unreachable': 502,
  'registry.tls-unknown-authority': 502,
  'registry.tls-expired': 502,
  'registry.tls-wrong-host': 502,
  'registry.tls': 502,
  'registry.denied': 502,
  'registry.not-found': 502,
  'registry.busy': 502,
  'registry.refused': 502,
  'registry.broken-off': 502,
  'registry.invalid': 502,
  'registry.too-large': 502,
  'registry.no-platform': 400,
  'registry.wrong-digest': 502,
  'peer.full': 507,
  'peer.broken': 502,
  'peer.none': 400,
  'store.unavailable': 503,
  'self.sealed': 500,
  'self.stopping': 503,
  'self.fault': 500,
} satisfies Record<FailureCode, number>

export const refuse: Refuse = (thrown) => {
  const failure = asFailure(thrown)
  const status = statuses[failure.code]
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
