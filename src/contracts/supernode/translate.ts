// Between the supernode's words and ours. Pure.

import { isSettled } from '../../engine/lifecycle.ts'
import { redactUrl } from '../../kit/redact.ts'
import type { Job, JobRequest, Submission } from '../../model/job.ts'
import { parseFileUrl } from '../../model/file-url.ts'
import { parseReference } from '../../model/reference.ts'
import { usualRequest, type Asked } from '../http/usual-request.ts'
import type { PreheatBody, TaskAnswer } from './wire.ts'

/** Throws `reference.invalid`, `request.invalid`. */
export function toSubmission(body: PreheatBody, { timeoutMs, ...by }: Asked): Submission {
  const common = usualRequest(timeoutMs, body.headers)
  const request: JobRequest =
    body.type === 'image'
      ? { ...common, type: 'image', url: body.url, reference: parseReference(body.url), platforms: [] }
      : { ...common, type: 'file', urls: [redactUrl(parseFileUrl(body.url).href)] }
  const secrets = { headers: body.headers, ...(body.type === 'file' ? { urls: [body.url] } : {}) }
  return { contract: 'supernode', bio: '', ...by, request, secrets }
}

export const toAccepted = (job: Job): TaskAnswer => ({ code: 200, data: { taskId: String(job.id) } })

export function toStatus(job: Job): TaskAnswer {
  const status = job.state === 'succeeded' ? 'SUCCESS' : isSettled(job.state) ? 'FAIL' : 'RUNNING'
  const reason = job.problem === null ? {} : { msg: `${job.problem.message} ${job.problem.hint}` }
  return { code: 200, data: { taskId: String(job.id), status }, ...reason }
}
