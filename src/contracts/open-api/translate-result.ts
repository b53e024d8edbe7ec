// What became of a job, in Dragonfly's form, which is another one for each type. Pure.
//
// Key order and fields: dragonflyoss/dragonfly internal/job/{job,types}.go@66db456; a Go map writes its keys sorted.

import type { JobView } from '../../engine/preheat.ts'
import type { Job } from '../../model/job.ts'
import type { Cluster, Peer } from '../../model/peer.ts'
import type { Outcome } from '../../model/ports.ts'
import type { Task } from '../../model/task.ts'
import { sentenceOf, toState, toTime, toType } from './words.ts'
import { zeroTime, type ClusterResult, type JobState, type Result } from './wire.ts'

export function toResult({ job, outcome, clusters }: JobView): Result {
  return {
    created_at: toTime(job.createdAtMs),
    group_uuid: job.taskId,
    job_states: clusters.map((cluster) => toJobState(job, cluster, outcome)),
    state: toState(job),
    updated_at: toTime(job.updatedAtMs),
  }
}

/** Harbor shows `error` to its user, and nothing else of a failed job: it carries the hint too. */
function toJobState(job: Job, cluster: Cluster, outcome: Outcome | null): JobState {
  return {
    created_at: toTime(job.createdAtMs),
    error: sentenceOf(job.problem),
    results: outcome === null ? null : [toClusterResult(job, cluster, of(outcome, cluster))],
    state: toState(job),
    task_name: toType(job.request),
    task_uuid: `task_${job.taskId.replace(/^group_/, '')}_${cluster.id}`,
    ttl: 0,
  }
}

/** The part of it that is about one cluster. */
function of({ failures, successes, byPeer }: Outcome, cluster: Cluster): Outcome {
  const isOwn = ({ peer }: { readonly peer: Peer }): boolean => peer.clusterId === cluster.id
  return {
    failures: failures.filter(isOwn),
    successes: successes && successes.filter(isOwn),
    byPeer: byPeer.filter(isOwn),
  }
}

function toClusterResult({ request }: Job, { id }: Cluster, outcome: Outcome): ClusterResult {
  switch (request.type) {
    case 'image':
    case 'file':
      return {
        failure_tasks: outcome.failures.map((task) => ({
          ...failureOf(task),
          ...where(task.peer),
          url: task.blob.url,
        })),
        scheduler_cluster_id: id,
        success_tasks: successRows(outcome),
      }
    case 'get_task':
      return { failure_tasks: unclear(outcome), peers: holders(outcome).map(toHolder), scheduler_cluster_id: id }
    case 'delete_task':
      return {
        failure_tasks: unclear(outcome),
        scheduler_cluster_id: id,
        success_tasks: holders(outcome).map((peer) => ({ host_type: hostType(peer), ...where(peer) })),
      }
  }
}

/** Where they are too many to be shown one by one, each peer says in the place of a URL how many it holds. */
function successRows({ successes, byPeer }: Outcome): NonNullable<ClusterResult['success_tasks']> {
  if (successes !== null) return successes.map(({ peer, blob }) => ({ ...where(peer), url: blob.url }))
  return byPeer
    .filter(({ warm }) => warm > 0)
    .map(({ peer, warm, tasks }) => ({
      ...where(peer),
      url: warm === tasks ? `all ${tasks} layers` : `${warm} of ${tasks} layers`,
    }))
}

/** The peers that hold the one thing that was asked after, or have forgotten it. */
const holders = ({ successes, byPeer }: Outcome): readonly Peer[] =>
  (successes ?? byPeer.filter(({ warm }) => warm > 0)).map(({ peer }) => peer)

/** Dragonfly says nothing of peers that do not hold it, and neither is it a failure. */
const unclear = ({ failures }: Outcome): ClusterResult['failure_tasks'] =>
  failures
    .filter(({ problem }) => problem?.code !== 'peer.not-cached')
    .map((task) => ({ ...failureOf(task), host_type: hostType(task.peer), ...where(task.peer) }))

const toHolder = (peer: Peer): NonNullable<ClusterResult['peers']>[number] => ({
  IsFinished: true,
  created_at: zeroTime,
  host_type: hostType(peer),
  hostname: peer.hostname,
  id: peer.id,
  ip: peer.ip,
  updated_at: zeroTime,
})

const failureOf = ({ problem }: Task) => ({ description: sentenceOf(problem) })
const where = ({ hostname, ip }: Peer) => ({ hostname, ip })
const hostType = ({ seed }: Peer): 'super' | 'normal' => (seed ? 'super' : 'normal')
