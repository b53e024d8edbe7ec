// Tasks, their blobs and peers, plans, and who holds what, as the Open API shows them. Pure.

import type { Spread } from '../../engine/distribution.ts'
import type { Plan } from '../../engine/forecast.ts'
import type { Cause, JobMap } from '../../engine/job-map.ts'
import type { Blob } from '../../model/blob.ts'
import type { Peer } from '../../model/peer.ts'
import type { Task } from '../../model/task.ts'
import type { ShownBlob, ShownCause, ShownDistribution, ShownJobMap, ShownPeer, ShownPlan, ShownTask } from './wire.ts'
import { toError, toTimeOrNull } from './words.ts'

const toBlob = ({ kind, digest, size, mediaType, url }: Blob): ShownBlob => ({
  kind,
  digest,
  size,
  media_type: mediaType,
  url,
})

const toPeer = ({ id, clusterId, hostname, ip, address, location }: Peer): ShownPeer => ({
  id,
  cluster_id: clusterId,
  hostname,
  ip,
  address,
  location,
})

export const toTask = (task: Task): ShownTask => ({
  ordinal: task.ordinal,
  peer: toPeer(task.peer),
  blob: toBlob(task.blob),
  state: task.state,
  attempts: task.attempts,
  bytes: task.bytes,
  source: task.source,
  moved: { ...task.moved },
  proof: task.proof,
  digest: task.digest,
  error: toError(task.problem),
  started_at: toTimeOrNull(task.startedAtMs),
  ended_at: toTimeOrNull(task.endedAtMs),
  duration_ms: task.startedAtMs === null || task.endedAtMs === null ? null : task.endedAtMs - task.startedAtMs,
})

export const toPlan = (plan: Plan): ShownPlan => ({
  digest: plan.digest,
  platforms: [...plan.platforms],
  warnings: [...plan.warnings],
  tasks: plan.tasks,
  warm: plan.warm,
  bytes: plan.bytes,
  bytes_to_move: plan.bytesToMove,
  peers: plan.peers.map(toPeer),
  left_out: plan.leftOut.map(({ peer, why }) => ({ peer: toPeer(peer), why })),
  blobs: plan.blobs.map(toBlob),
})

/** Without the axes for a client that has them, which it says by the plan that it knows. */
export function toMap({ plan, peers, blobs, rows, causes }: JobMap, known: string): ShownJobMap {
  const isNews = plan === '' || plan !== known
  return {
    plan,
    peers: isNews ? peers.map(toPeer) : null,
    blobs: isNews ? blobs.map(toBlob) : null,
    rows: [...rows],
    causes: causes.map(toCause),
  }
}

const toCause = ({ problem, tasks, peers, blobs }: Cause): ShownCause => ({
  code: problem.code,
  side: problem.side,
  message: problem.message,
  hint: problem.hint,
  tasks,
  peers,
  blobs,
})

/** Key order: dragonflyoss/dragonfly manager/types/job.go@66db456. */
export const toDistribution = ({ layers, peers, warnings }: Spread): ShownDistribution => ({
  image: { layers: layers.map(({ url }) => ({ url })) },
  peers: peers.map(({ peer, holds }) => ({
    ip: peer.ip,
    hostname: peer.hostname,
    cached_layers: holds.map(({ url }) => ({ url })),
    scheduler_cluster_id: peer.clusterId,
  })),
  warnings: [...warnings],
})
