// A job as the Open API shows it. Pure.

import type { JobView } from '../../engine/preheat.ts'
import type { Job, JobRequest, PreheatRequest, Progress, TaskRequest } from '../../model/job.ts'
import type { Cluster } from '../../model/peer.ts'
import { toResult } from './translate-result.ts'
import { nanosecondsPerMs, zeroTime, type SchedulerCluster, type ShownArgs, type ShownJob } from './wire.ts'
import { toError, toState, toTime, toTimeOrNull, toType } from './words.ts'

/** `fresh`: the answer to the POST that made it, whose `result` is null. */
export function toJob(view: JobView, shows: 'fresh' | 'whole'): ShownJob {
  const { job } = view
  const state = toState(job)
  return {
    id: job.id,
    created_at: toTime(job.createdAtMs),
    updated_at: toTime(job.updatedAtMs),
    is_del: 0,
    task_id: job.taskId,
    bio: job.bio,
    type: toType(job.request),
    state,
    status: state,
    args: toArgs(job.request),
    result: shows === 'fresh' ? null : toResult(view),
    user_id: job.userId,
    user: toUser(job.userId),
    seed_peer_clusters: [],
    scheduler_clusters: view.clusters.map(toSchedulerCluster),
    phase: job.state,
    progress: toProgress(job.progress),
    error: toError(job.problem),
    warnings: [...job.warnings],
    digest: job.pinned,
    contract: job.contract,
    requested_by: job.requestedBy,
    ended_at: toTimeOrNull(job.settledAtMs),
  }
}

/** A job in a list, without its tasks. `all` clusters: its own are among them. */
export const toRow = (job: Job, all: readonly Cluster[]): ShownJob =>
  toJob({ job, outcome: null, clusters: all.filter(({ id }) => job.clusterIds.includes(id)) }, 'whole')

const toArgs = (request: JobRequest): ShownArgs =>
  request.type === 'image' || request.type === 'file' ? toPreheatArgs(request) : toTaskArgs(request)

function toPreheatArgs(request: PreheatRequest): ShownArgs {
  const { peers } = request
  const headers = Object.keys(request.headers).length === 0 ? null : { ...request.headers }
  return {
    application: request.application,
    concurrent_peer_count: request.concurrentPeers,
    concurrent_task_count: request.concurrentTasks,
    count: peers.count,
    filtered_query_params: request.filteredQueryParams.join('&'),
    hdfs: null,
    headers,
    ips: peers.ips === null ? null : [...peers.ips],
    object_storage: null,
    password: '',
    percentage: peers.percentage,
    piece_length: request.pieceLength,
    platform: request.type === 'image' ? request.platforms.join(',') : '',
    scope: peers.scope,
    success_percentage: request.successPercentage,
    tag: request.tag,
    timeout: request.timeoutMs * nanosecondsPerMs,
    type: request.type,
    url: request.type === 'image' ? request.url : '',
    urls: request.type === 'file' ? [...request.urls] : null,
    username: request.username,
  }
}

const toTaskArgs = (request: TaskRequest): ShownArgs => ({
  application: request.application,
  concurrent_peer_count: request.concurrentPeers,
  filtered_query_params: request.filteredQueryParams.join('&'),
  piece_length: request.pieceLength,
  tag: request.tag,
  task_id: request.taskId ?? '',
  timeout: request.timeoutMs * nanosecondsPerMs,
  url: request.url ?? '',
})

const toProgress = (progress: Progress): ShownJob['progress'] => ({
  tasks: progress.tasks,
  running: progress.running,
  warm: progress.warm,
  failed: progress.failed,
  hits: progress.hits,
  bytes_total: progress.bytesTotal,
  bytes_done: progress.bytesDone,
  bytes_from_origin: progress.bytesFromOrigin,
  bytes_from_peers: progress.bytesFromPeers,
  bytes_held: progress.bytesHeld,
  bytes_per_second: progress.bytesPerSecond,
  seconds_left: progress.secondsLeft,
})

export const toUser = (id: number): ShownJob['user'] => ({
  id,
  created_at: zeroTime,
  updated_at: zeroTime,
  is_del: 0,
  email: '',
  name: '',
  avatar: '',
  phone: '',
  state: '',
  location: '',
  bio: '',
  configs: null,
})

const toSchedulerCluster = (cluster: Cluster): SchedulerCluster => ({
  id: cluster.id,
  created_at: toTime(cluster.createdAtMs),
  updated_at: toTime(cluster.updatedAtMs),
  is_del: 0,
  name: cluster.name,
  bio: cluster.bio,
  config: {},
  client_config: {},
  seed_client_config: {},
  scopes: {},
  is_default: cluster.isDefault,
  seed_peer_clusters: null,
  schedulers: null,
  peers: null,
  jobs: null,
})
