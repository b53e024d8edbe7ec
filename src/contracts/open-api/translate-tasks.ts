// Tasks, their blobs and peers, and plans, as the Open API shows them. Pure.

import type { Plan } from '../../engine/forecast.ts'
import type { Blob } from '../../model/blob.ts'
import type { Peer } from '../../model/peer.ts'
import type { Task } from '../../model/task.ts'
import { toError, toTime } from './translate.ts'
import type { ShownBlob, ShownPeer, ShownPlan, ShownTask } from './wire.ts'

const toBlob = ({ kind, digest, size, mediaType, url }: Blob): ShownBlob => ({
  kind,
  digest,
  size,
  media_type: mediaType,
  url,
})

const toPeer = ({ id, clusterId, hostname, ip }: Peer): ShownPeer => ({ id, cluster_id: clusterId, hostname, ip })

export const toTask = (task: Task): ShownTask => ({
  ordinal: task.ordinal,
  peer: toPeer(task.peer),
  blob: toBlob(task.blob),
  state: task.state,
  attempts: task.attempts,
  bytes: task.bytes,
  source: task.source,
  proof: task.proof,
  digest: task.digest,
  error: toError(task.problem),
  started_at: toTimeOrNull(task.startedAtMs),
  ended_at: toTimeOrNull(task.endedAtMs),
})

export const toPlan = (plan: Plan): ShownPlan => ({
  digest: plan.digest,
  platforms: [...plan.platforms],
  warnings: [...plan.warnings],
  tasks: plan.tasks,
  bytes: plan.bytes,
  peers: plan.peers.map(toPeer),
  blobs: plan.blobs.map(toBlob),
})

const toTimeOrNull = (ms: number | null): string | null => (ms === null ? null : toTime(ms))
