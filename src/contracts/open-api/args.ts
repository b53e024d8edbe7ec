// The args of a job of the Open API, field by field. Pure.

import { createHash } from 'node:crypto'
import { redactHeaders } from '../../kit/redact.ts'
import { Failure } from '../../model/failure.ts'
import { parseFileUrl } from '../../model/file-url.ts'
import { concurrentPeers, concurrentTasks, type FileRequest, type ImageRequest } from '../../model/job.ts'
import { scopes, type PeerChoice } from '../../model/peer.ts'
import { parseReference } from '../../model/reference.ts'
import { atField } from './field.ts'
import { toPlatforms } from './platforms.ts'
import { leastPieceLength, nanosecondsPerMs, usualFilteredQueryParams, type Args } from './wire.ts'

/** The part of a request that all types of jobs have in common. */
export type Common = Omit<FileRequest, 'type' | 'urls'>

/** null, 0, "" and absence all mean the default. Throws `request.invalid`. */
export const toCommon = (args: Args, usualTimeoutMs: number): Common => ({
  peers: toChoice(args),
  concurrentTasks: toConcurrentTasks(args),
  concurrentPeers: args.concurrent_peer_count || concurrentPeers.usual,
  timeoutMs: toTimeout(args.timeout ?? 0, usualTimeoutMs),
  tag: args.tag ?? '',
  application: args.application ?? '',
  filteredQueryParams: toFilter(args),
  pieceLength: toPieceLength(args.piece_length ?? 0),
  successPercentage: args.success_percentage || 100,
  headers: redactHeaders(args.headers ?? {}),
  username: args.username ?? '',
})

/** Throws `request.invalid`, `reference.invalid`. */
export function toImage(args: Args): Pick<ImageRequest, 'type' | 'url' | 'reference' | 'platforms'> {
  const { url } = args
  if (!url) throw invalid('args.url', 'is missing; an image has a manifest URL or a name.')
  const named = (args.platform ?? '').split(',').filter((platform) => platform !== '')
  const platforms = toPlatforms('args.platform', named)
  return { type: 'image', url, reference: atField('args.url', () => parseReference(url)), platforms }
}

/** `url` after `urls`, as Dragonfly orders them, each once. Throws `request.invalid`. */
export function toFileUrls(args: Args): readonly string[] {
  const listed = (args.urls ?? []).map((url, n) => [`args.urls.${n}`, url] as const)
  const given = args.url ? [...listed, ['args.url', args.url] as const] : listed
  if (given.length === 0) throw invalid('args.urls', 'is missing; a file job needs at least one address.')
  return [...new Set(given.map(([field, url]) => atField(field, () => parseFileUrl(url).href)))]
}

/**
 * What get_task and delete_task are about: `url` wins over content, and content over `task_id`, as in Dragonfly
 * (manager/job/task.go@66db456), whose id of a content is its sha256 (pkg/idgen/task_id.go). Throws `request.invalid`.
 */
export function toSubject(args: Args): { readonly taskId: string | null; readonly url: string | null } {
  const { url } = args
  if (url) return { taskId: null, url: atField('args.url', () => parseFileUrl(url).href) }
  const content = args.content_for_calculating_task_id
  if (content) return { taskId: createHash('sha256').update(content).digest('hex'), url: null }
  if (!args.task_id) {
    throw invalid('args.task_id', 'is missing, and so is args.url; one of them is needed.')
  }
  const [, taskId] = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(args.task_id) ?? []
  if (taskId !== undefined) return { taskId: taskId.toLowerCase(), url: null }
  throw invalid('args.task_id', `is ${JSON.stringify(args.task_id.slice(0, 100))}; expected 64 hex digits.`)
}

/** Dragonfly fetches files from object stores and HDFS. We do not, and their credentials are not to be kept in vain. */
export function refuseBackEnds(args: Args): void {
  for (const name of ['object_storage', 'hdfs'] as const) {
    if (Object.values(args[name] ?? {}).some(Boolean)) {
      throw invalid(`args.${name}`, 'is not supported; files are fetched by http and https only.')
    }
  }
}

/** Dragonfly passes over the older name by now, so no value of it is refused. */
const toConcurrentTasks = (args: Args): number =>
  args.concurrent_task_count || Math.min(args.concurrent_count || concurrentTasks.usual, concurrentTasks.most)

function toChoice(args: Args): PeerChoice {
  const scope = scopes.find((known) => known === args.scope) ?? 'single_seed_peer'
  const ips = args.ips ?? []
  return { scope, ips: ips.length === 0 ? null : ips, count: args.count || null, percentage: args.percentage || null }
}

function toTimeout(nanoseconds: number, usualMs: number): number {
  if (nanoseconds === 0) return usualMs
  const ms = Math.round(nanoseconds / nanosecondsPerMs)
  if (ms >= 1000) return ms
  throw invalid('args.timeout', `is ${nanoseconds} nanoseconds; expected at least one second, 1000000000.`)
}

function toPieceLength(bytes: number): number | null {
  if (bytes === 0) return null
  if (bytes >= leastPieceLength) return bytes
  throw invalid('args.piece_length', `is ${bytes}; expected bytes from 4194304 to 67108864.`)
}

const invalid = (field: string, why: string): Failure => new Failure('request.invalid', `${field} ${why}`, { field })

/** The older name `filteredQueryParams` is not in the document: generators of clients make the same name of both. */
function toFilter(args: Args & { readonly filteredQueryParams?: unknown }): readonly string[] {
  const older = typeof args.filteredQueryParams === 'string' ? args.filteredQueryParams : ''
  const given = args.filtered_query_params || older || args.filter
  return given ? given.split('&') : usualFilteredQueryParams
}
