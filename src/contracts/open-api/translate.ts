// A job as the Open API shows it. Pure.

import { isSettled } from '../../engine/lifecycle.ts'
import type { JobView } from '../../engine/preheat.ts'
import type { Problem } from '../../model/failure.ts'
import type { Job, Progress } from '../../model/job.ts'
import type { Cluster } from '../../model/peer.ts'
import type { Task } from '../../model/task.ts'
import {
  nanosecondsPerMs,
  zeroTime,
  type JobState,
  type Result,
  type SchedulerCluster,
  type ShownArgs,
  type ShownJob,
  type State,
} from './wire.ts'

/** `fresh`: the answer to the POST that made it, whose `result` is null. `row`: in a list, without its tasks. */
type Shows = 'fresh' | 'whole' | 'row'

export function toJob(view: JobView, shows: Shows): ShownJob {
  const { job } = view
  const state = toState(job)
  return {
    id: job.id,
    created_at: toTime(job.createdAtMs),
    updated_at: toTime(job.updatedAtMs),
    is_del: 0,
    task_id: job.taskId,
    bio: job.bio,
    type: 'preheat',
    state,
    status: state,
    args: toArgs(job),
    result: shows === 'fresh' ? null : toResult(view, shows === 'whole'),
    user_id: job.userId,
    user: toUser(job.userId),
    seed_peer_clusters: [],
    scheduler_clusters: view.clusters.map(toSchedulerCluster),
    phase: job.state,
    progress: toProgress(job.progress),
    error: toError(job.problem),
    warnings: [...job.warnings],
    digest: job.pinned,
  }
}

/** A job in a list. `all` clusters: its own are among them. */
export const toRow = (job: Job, all: readonly Cluster[]): ShownJob =>
  toJob({ job, tasks: [], clusters: all.filter(({ id }) => job.clusterIds.includes(id)) }, 'row')

export const toTime = (ms: number): string => new Date(ms).toISOString()

function toState(job: Job): State {
  if (job.state === 'succeeded') return 'SUCCESS'
  return isSettled(job.state) ? 'FAILURE' : 'PENDING'
}

function toArgs(job: Job): ShownArgs {
  const { request } = job
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
    tag: request.tag,
    timeout: request.timeoutMs * nanosecondsPerMs,
    type: request.type,
    url: request.type === 'image' ? request.url : '',
    urls: request.type === 'file' ? [...request.urls] : null,
    username: request.username,
  }
}

function toResult({ job, tasks, clusters }: JobView, whole: boolean): Result {
  const times = { created_at: toTime(job.createdAtMs), updated_at: toTime(job.updatedAtMs) }
  const states = clusters.map((cluster) => toJobState(job, cluster, whole ? tasks : null))
  return { ...times, group_uuid: job.taskId, job_states: states, state: toState(job) }
}

/** Harbor shows `error` to its user, and nothing else of a failed job: it carries the hint too. */
function toJobState(job: Job, cluster: Cluster, tasks: readonly Task[] | null): JobState {
  const own = tasks?.filter((task) => task.peer.clusterId === cluster.id)
  return {
    created_at: toTime(job.createdAtMs),
    error: job.problem === null ? '' : sentence(job.problem),
    results: own === undefined || !isSettled(job.state) ? null : [toClusterResult(cluster, own)],
    state: toState(job),
    task_name: 'preheat',
    task_uuid: `task_${job.taskId.replace(/^group_/, '')}_${cluster.id}`,
    ttl: 0,
  }
}

function toClusterResult(cluster: Cluster, tasks: readonly Task[]): NonNullable<JobState['results']>[number] {
  const where = ({ peer, blob }: Task) => ({ hostname: peer.hostname, ip: peer.ip, url: blob.url })
  return {
    failure_tasks: tasks
      .filter((task) => task.state !== 'warm')
      .map((task) => ({ description: task.problem === null ? '' : sentence(task.problem), ...where(task) })),
    scheduler_cluster_id: cluster.id,
    success_tasks: tasks.filter((task) => task.state === 'warm').map(where),
  }
}

/** Key by key, since a row does not keep their order. */
export const toError = (problem: Problem | null): ShownJob['error'] =>
  problem && { code: problem.code, side: problem.side, message: problem.message, hint: problem.hint }

const sentence = ({ message, hint }: Problem): string => `${message} ${hint}`

const toProgress = (progress: Progress): ShownJob['progress'] => ({
  tasks: progress.tasks,
  running: progress.running,
  warm: progress.warm,
  failed: progress.failed,
  bytes_total: progress.bytesTotal,
  bytes_done: progress.bytesDone,
  bytes_from_origin: progress.bytesFromOrigin,
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
