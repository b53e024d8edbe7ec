// Between the words of the preheats contract and ours. Pure.

import { redactUrl } from '../../kit/redact.ts'
import type { Problem } from '../../model/failure.ts'
import { parseFileUrl } from '../../model/file-url.ts'
import type { Job, JobRequest, Submission } from '../../model/job.ts'
import { parseReference } from '../../model/reference.ts'
import { usualRequest, type Asked } from '../http/usual-request.ts'
import type { Accepted, PreheatBody, ShownPreheat } from './wire.ts'

/** Throws `reference.invalid`, `request.invalid`. */
export function toSubmission(body: PreheatBody, { timeoutMs, ...by }: Asked): Submission {
  const { headers } = body
  const common = {
    ...usualRequest(timeoutMs, headers),
    // Not the body's `tag`, which is the image's.
    tag: body.identifier,
    filteredQueryParams: body.filter.split('&').filter((name) => name !== ''),
  }
  if (body.type === 'image') {
    const image = { url: body.url, reference: parseReference(body.url), platforms: [], ...expectationOf(body) }
    const request: JobRequest = { ...common, type: 'image', ...image }
    return { contract: 'preheats', bio: '', ...by, request, secrets: { headers } }
  }
  const url = parseFileUrl(body.url).href
  const request: JobRequest = { ...common, type: 'file', urls: [redactUrl(url)] }
  return { contract: 'preheats', bio: '', ...by, request, secrets: { headers, urls: [url] } }
}

/** Only Harbor says all three of these, and never leaves one out (goharbor/harbor preheat_image.go@v2.1.0). */
const expectationOf = ({ image, tag, digest }: PreheatBody): { readonly expectedDigest?: string } =>
  image === '' || tag === '' || digest === '' ? {} : { expectedDigest: digest }

/**
 * Why a job that a Harbor asked for came to nothing; null for all other jobs. Its driver shows nothing of an answer but
 * the body of one that is not 2xx (goharbor/harbor src/pkg/p2p/preheat/provider/dragonfly.go@v2.11.0).
 */
export const lostToHarbor = ({ contract, request, problem }: Job): Problem | null =>
  contract === 'preheats' && request.type === 'image' && request.expectedDigest !== undefined ? problem : null

export const toAccepted = ({ id }: Job): Accepted => ({ ID: String(id), id: String(id) })

export function toPreheat(job: Job): ShownPreheat {
  return {
    ...toAccepted(job),
    status: statuses[job.state],
    startTime: new Date(job.createdAtMs).toISOString(),
    finishTime: job.settledAtMs === null ? null : new Date(job.settledAtMs).toISOString(),
    errorMsg: job.problem === null ? '' : sentenceOf(job.problem),
  }
}

const statuses = {
  queued: 'WAITING',
  resolving: 'RUNNING',
  warming: 'RUNNING',
  succeeded: 'SUCCESS',
  failed: 'FAIL',
  cancelled: 'FAIL',
} as const satisfies Record<Job['state'], ShownPreheat['status']>

/**
 * For a person. Harbor 2.8 and later takes the words that are replaced here as leading to another task, which it then
 * asks for instead; a registry's own message could bring them along.
 */
export const sentenceOf = ({ message, hint }: Pick<Problem, 'message' | 'hint'>): string =>
  `${message} ${hint}`.replaceAll(/preheat task already exists(?=, id:)/gi, 'preheat task exists already')
