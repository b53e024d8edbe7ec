// What has to be done: blobs × the peers chosen for them. Pure.

import { blobKey, type Blob } from '../model/blob.ts'
import { Failure } from '../model/failure.ts'
import type { PreheatRequest } from '../model/job.ts'
import type { Peer } from '../model/peer.ts'
import type { Resolved } from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import { sharedOut, type Team } from './choose.ts'
import { nameOfCluster } from './names.ts'

/** Clusters that need the same blobs. */
export interface Group {
  /** What they run; empty where the request, the registry or the service decides. */
  readonly wish: readonly string[]
  readonly teams: readonly Team[]
}

/** What a group needs, and where its bytes come from. Most jobs have one part. */
export interface Part extends Resolved {
  readonly teams: readonly Team[]
}

/** Those together that run the same. Throws `peer.unsupported` where a cluster cannot hold what is asked for. */
export function groupTeams(teams: readonly Team[], request: PreheatRequest): readonly Group[] {
  const unable = request.type === 'file' ? teams.find(({ driver }) => !driver.can.files) : undefined
  if (unable !== undefined) {
    const { cluster, driver } = unable
    throw new Failure(
      'peer.unsupported',
      `The peers of ${nameOfCluster(cluster)} are of the kind ${driver.kind}, which takes no files.`,
    )
  }
  const isDecided = request.type === 'file' || request.platforms.length > 0
  const wishOf = ({ cluster }: Team): readonly string[] => (isDecided ? [] : cluster.platforms)
  const alike = Map.groupBy(teams, (team) => JSON.stringify(wishOf(team).toSorted()))
  return [...alike.values()].map((group) => ({ wish: [...new Set(group.flatMap(wishOf))], teams: group }))
}

/** The tasks in the order in which they are begun: by blob, then by peer. */
export function planTasks(parts: readonly Pick<Part, 'artifact' | 'teams'>[]): readonly Task[] {
  const needs = parts.flatMap(({ artifact, teams }) => {
    const shares = teams.map(sharedOut)
    return artifact.blobs.map((blob) => ({ blob, peers: shares.flatMap((peersFor) => peersFor(blob)) }))
  })
  const tasks: Task[] = []
  for (const alike of Map.groupBy(needs, ({ blob }) => blobKey(blob)).values()) {
    for (const { blob, peers } of alike) {
      for (const peer of peers) tasks.push(waitingTask(tasks.length, peer, blob))
    }
  }
  return tasks
}

export const waitingTask = (ordinal: number, peer: Peer, blob: Blob): Task => ({
  ordinal,
  peer,
  blob,
  state: 'waiting',
  attempts: 0,
  bytes: 0,
  source: null,
  moved: {},
  proof: null,
  digest: blob.digest,
  problem: null,
  startedAtMs: null,
  endedAtMs: null,
})

/**
 * The peers of the plan that the job had when it was begun before; none where that was not written to its end, since
 * peers may be missing then.
 */
export const peersKept = (before: readonly Task[], planned: number): readonly Peer[] =>
  before.length < planned ? [] : [...new Map(before.map(({ peer }) => [peer.id, peer])).values()]

/**
 * The plan of a job that another replica, or this one before it fell, had begun. What was warm is believed, except at
 * the peers that are asked again.
 */
export function resumeTasks(
  plan: readonly Task[],
  before: readonly Task[],
  isAsked: (peer: Peer) => boolean,
): readonly Task[] {
  const warm = new Map<string, Map<string, Task>>()
  for (const task of before) {
    if (task.state !== 'warm') continue
    const atPeer = warm.get(task.peer.id) ?? new Map<string, Task>()
    warm.set(task.peer.id, atPeer.set(blobKey(task.blob), task))
  }
  return plan.map((task) => {
    const known = warm.get(task.peer.id)?.get(blobKey(task.blob))
    if (known === undefined || isAsked(task.peer)) return task
    return { ...known, ordinal: task.ordinal, peer: task.peer, blob: task.blob }
  })
}
