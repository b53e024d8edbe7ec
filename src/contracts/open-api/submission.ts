// A request of the Open API as a command. Pure.

import { redactHeaders, redactUrl } from '../../kit/redact.ts'
import { Failure } from '../../model/failure.ts'
import { parseFileUrl } from '../../model/file-url.ts'
import { concurrentPeers, concurrentTasks, type JobRequest, type Submission } from '../../model/job.ts'
import { scopes, type PeerChoice } from '../../model/peer.ts'
import { parsePlatform } from '../../model/platform.ts'
import { parseReference } from '../../model/reference.ts'
import { leastPieceLength, nanosecondsPerMs, usualFilteredQueryParams, type Args, type CreateJob } from './wire.ts'

/** null, 0, "" and absence all mean the default. Throws `request.invalid`, `reference.invalid`. */
export function toSubmission(body: CreateJob, userId: number, usualTimeoutMs: number): Submission {
  const { args } = body
  const ids = body.scheduler_cluster_ids ?? []
  const common = {
    peers: toChoice(args),
    concurrentTasks: args.concurrent_task_count || concurrentTasks.usual,
    concurrentPeers: args.concurrent_peer_count || concurrentPeers.usual,
    timeoutMs: toTimeout(args.timeout ?? 0, usualTimeoutMs),
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
  const secrets = {
    ...(args.password ? { password: args.password } : {}),
    ...(args.headers ? { headers: args.headers } : {}),
    ...(args.type === 'file' ? { urls } : {}),
  }
  const clusterIds = ids.includes(0) ? [] : ids
  return { contract: 'open-api', bio: body.bio ?? '', userId, request, secrets, clusterIds }
}

function toImage(
  args: Args,
): Pick<JobRequest & { readonly type: 'image' }, 'type' | 'url' | 'reference' | 'platforms'> {
  if (!args.url)
    throw new Failure('request.invalid', 'args.url is missing; an image job needs its manifest URL or name.')
  const platforms = (args.platform ?? '').split(',').filter((platform) => platform !== '')
  const unknown = platforms.find((platform) => platform !== 'all' && parsePlatform(platform) === undefined)
  if (unknown !== undefined) {
    throw new Failure(
      'request.invalid',
      `args.platform is ${JSON.stringify(unknown)}; expected os/arch[/variant] or all.`,
    )
  }
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

function toFilter(args: Args): readonly string[] {
  const given = args.filtered_query_params || args.filter
  return given ? given.split('&') : usualFilteredQueryParams
}
