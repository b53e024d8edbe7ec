// A request of the Open API as a command. Pure.

import { redactUrl } from '../../kit/redact.ts'
import { Failure } from '../../model/failure.ts'
import type { ImageRequest, JobSecrets, PreheatRequest, Submission, TaskRequest } from '../../model/job.ts'
import { refuseBackEnds, toCommon, toFileUrls, toImage, toSubject } from './args.ts'
import type { Args, CreateJob, RetryJob } from './wire.ts'

/** What a job takes from its call beside the body. */
export interface Circumstances {
  readonly userId: number
  readonly requestedBy: string
  /** The clusters that are meant where the body names none; empty means all. */
  readonly boundTo: readonly number[]
  readonly usualTimeoutMs: number
  readonly idempotencyKey?: string
}

/** A command whose request is of a kind of its own. */
type Of<Request> = Omit<Submission, 'request'> & { readonly request: Request }

/** null, 0, "" and absence all mean the default. Throws `request.invalid`, `reference.invalid`. */
export function toPreheat(body: CreateJob, by: Circumstances): Of<PreheatRequest> {
  const args = argsOf(body)
  if (args.type === undefined) {
    throw new Failure('request.invalid', 'args.type is missing; expected "image" or "file".', { field: 'args.type' })
  }
  refuseBackEnds(args)
  const common = toCommon(args, by.usualTimeoutMs)
  if (args.type === 'image') return command(body, by, { ...common, ...toImage(args) }, toSecrets(args))
  const urls = toFileUrls(args)
  const request = { ...common, type: 'file' as const, urls: urls.map(redactUrl) }
  return command(body, by, request, { ...toSecrets(args), urls })
}

/** As toPreheat, for an image alone, which is what get_image_distribution is about. */
export function toImageQuestion(body: CreateJob, by: Circumstances): Of<ImageRequest> {
  const args = argsOf(body)
  return command(body, by, { ...toCommon(args, by.usualTimeoutMs), ...toImage(args) }, toSecrets(args))
}

/** As toPreheat, for get_task and delete_task, which need nothing of an origin. */
export function toTaskSubmission(body: CreateJob, type: TaskRequest['type'], by: Circumstances): Of<TaskRequest> {
  const args = argsOf(body)
  const { taskId, url } = toSubject(args)
  const common = { ...toCommon(args, by.usualTimeoutMs), headers: {}, username: '' }
  return command(body, by, { ...common, type, taskId, url: url === null ? null : redactUrl(url) }, {})
}

const argsOf = ({ args }: CreateJob): Args => {
  if (args !== undefined) return args
  throw new Failure('request.invalid', 'args is missing.', { field: 'args' })
}

const command = <Request>(body: CreateJob, by: Circumstances, request: Request, secrets: JobSecrets): Of<Request> => ({
  contract: 'open-api',
  bio: body.bio ?? '',
  userId: by.userId,
  requestedBy: by.requestedBy,
  request,
  secrets,
  clusterIds: toClusterIds(body, by.boundTo),
  ...(by.idempotencyKey !== undefined && { idempotencyKey: by.idempotencyKey }),
})

const toSecrets = ({ password, headers }: Pick<Args, 'password' | 'headers'>): JobSecrets => ({
  ...(password && { password }),
  ...(headers && { headers }),
})

/** The credentials that a retry brings, in the place of those that were wiped when the job came to its end. */
export const toFreshSecrets = (body: RetryJob): JobSecrets => ({
  ...(body.username && { username: body.username }),
  ...toSecrets(body),
})

/**
 * Harbor's form sends 0 for whatever a user typed that is no number ("a, 3" becomes [0, 3]): what was named rightly
 * counts, and 0 names nothing, so that [0] means the same as no list at all.
 */
export function toClusterIds(body: CreateJob, boundTo: readonly number[]): readonly number[] {
  const ids = [...new Set(body.scheduler_cluster_ids)].filter((id) => id !== 0)
  return ids.length > 0 ? ids : boundTo
}
