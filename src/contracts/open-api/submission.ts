// A request of the Open API as a command. Pure.

import { redactHeaders, redactUrl } from '../../kit/redact.ts'
import { Failure } from '../../model/failure.ts'
import { parseFileUrl } from '../../model/file-url.ts'
import { concurrentPeers, concurrentTasks, type JobRequest, type JobSecrets, type Submission } from '../../model/job.ts'
import { scopes, type PeerChoice } from '../../model/peer.ts'
import { parseReference } from '../../model/reference.ts'
import { toPlatforms } from './platforms.ts'
import {
  leastPieceLength,
  nanosecondsPerMs,
  usualFilteredQueryParams,
  type Args,
  type CreateJob,
  type RetryJob,
} from './wire.ts'

/** What a job takes from its call beside the body. */
export interface Circumstances {
  readonly userId: number
  /** The clusters that are meant where the body names none; empty means all. */
  readonly boundTo: readonly number[]
  readonly usualTimeoutMs: number
  readonly idempotencyKey?: string
}

/** null, 0, "" and absence all mean the default. Throws `request.invalid`, `reference.invalid`. */
export function toSubmission(body: CreateJob, by: Circumstances): Submission {
  const { args } = body
  refuseBackEnds(args)
  const common = {
    peers: toChoice(args),
    concurrentTasks: toConcurrentTasks(args),
    concurrentPeers: args.concurrent_peer_count || concurrentPeers.usual,
    timeoutMs: toTimeout(args.timeout ?? 0, by.usualTimeoutMs),
    tag: args.tag ?? '',
    application: args.application ?? '',
    filteredQueryParams: toFilter(args),
    pieceLength: toPieceLength(args.piece_length ?? 0),
    headers: redactHeaders(args.headers ?? {}),
    username: args.username ?? '',
  }
  const urls = fileUrls(args)
  const request: JobRequest =
    args.type === 'image' ? { ...common, ...toImage(args) } : { ...common, type: 'file', urls: urls.map(redactUrl) }
  return {
    contract: 'open-api',
    bio: body.bio ?? '',
    userId: by.userId,
    request,
    secrets: { ...toSecrets(args), ...(args.type === 'file' && { urls }) },
    clusterIds: toClusterIds(body.scheduler_cluster_ids ?? [], by.boundTo),
    ...(by.idempotencyKey !== undefined && { idempotencyKey: by.idempotencyKey }),
  }
}

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
function toClusterIds(named: readonly number[], boundTo: readonly number[]): readonly number[] {
  const ids = [...new Set(named)].filter((id) => id !== 0)
  return ids.length > 0 ? ids : boundTo
}

/** Dragonfly fetches files from object stores and HDFS. We do not, and their credentials are not to be kept in vain. */
function refuseBackEnds(args: Args): void {
  for (const name of ['object_storage', 'hdfs'] as const) {
    if (Object.values(args[name] ?? {}).some(Boolean)) {
      throw new Failure('request.invalid', `args.${name} is not supported; files are fetched by http and https only.`)
    }
  }
}

/** Dragonfly passes over the older name by now, so no value of it is refused. */
const toConcurrentTasks = (args: Args): number =>
  args.concurrent_task_count || Math.min(args.concurrent_count || concurrentTasks.usual, concurrentTasks.most)

function toImage(
  args: Args,
): Pick<JobRequest & { readonly type: 'image' }, 'type' | 'url' | 'reference' | 'platforms'> {
  if (!args.url)
    throw new Failure('request.invalid', 'args.url is missing; an image job needs its manifest URL or name.')
  const named = (args.platform ?? '').split(',').filter((platform) => platform !== '')
  const platforms = toPlatforms('args.platform', named)
  return { type: 'image', url: args.url, reference: parseReference(args.url), platforms }
}

/** `url` after `urls`, as Dragonfly orders them, each once. */
function fileUrls(args: Args): readonly string[] {
  if (args.type !== 'file') return []
  const urls = [...new Set([...(args.urls ?? []), ...(args.url ? [args.url] : [])])]
  if (urls.length === 0)
    throw new Failure('request.invalid', 'args.urls is missing; a file job needs at least one address.')
  return urls.map((url) => parseFileUrl(url).href)
}

function toChoice(args: Args): PeerChoice {
  const scope = scopes.find((known) => known === args.scope) ?? 'single_seed_peer'
  const ips = args.ips ?? []
  return { scope, ips: ips.length === 0 ? null : ips, count: args.count || null, percentage: args.percentage || null }
}

function toTimeout(nanoseconds: number, usualMs: number): number {
  if (nanoseconds === 0) return usualMs
  const ms = Math.round(nanoseconds / nanosecondsPerMs)
  if (ms >= 1000) return ms
  throw new Failure(
    'request.invalid',
    `args.timeout is ${nanoseconds} nanoseconds; expected at least one second, 1000000000.`,
  )
}

function toPieceLength(bytes: number): number | null {
  if (bytes === 0) return null
  if (bytes >= leastPieceLength) return bytes
  throw new Failure('request.invalid', `args.piece_length is ${bytes}; expected bytes from 4194304 to 67108864.`)
}

/** The older name `filteredQueryParams` is not in the document: generators of clients make the same name of both. */
function toFilter(args: Args & { readonly filteredQueryParams?: unknown }): readonly string[] {
  const older = typeof args.filteredQueryParams === 'string' ? args.filteredQueryParams : ''
  const given = args.filtered_query_params || older || args.filter
  return given ? given.split('&') : usualFilteredQueryParams
}
