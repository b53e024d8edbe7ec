// What has to be done: blobs × peers by scope. Pure.

import { blobKey } from '../model/blob.ts'
import { Failure } from '../model/failure.ts'
import type { JobRequest } from '../model/job.ts'
import type { Cluster, Peer, PeerChoice } from '../model/peer.ts'
import type { Resolved } from '../model/ports.ts'
import type { Task } from '../model/task.ts'

export interface Member {
  readonly cluster: Cluster
  readonly peers: readonly Peer[]
}

/** Peers that need the same blobs. */
export interface Group {
  /** What their clusters run; empty where the request, the registry or the service decides. */
  readonly wish: readonly string[]
  readonly peers: readonly Peer[]
}

/** What a group of peers needs, and where its bytes come from. Most jobs have one part. */
export interface Part extends Resolved {
  readonly peers: readonly Peer[]
}

/** How many of so many: ips win over count, count over percentage, and a percentage never rounds down to none. */
function narrow(peers: readonly Peer[], choice: PeerChoice): readonly Peer[] {
  const { ips, count, percentage } = choice
  if (ips !== null) return peers.filter((peer) => ips.includes(peer.ip))
  if (count !== null) return peers.slice(0, count)
  if (percentage !== null) return peers.slice(0, Math.max(1, Math.ceil((peers.length * percentage) / 100)))
  return peers
}

/** The peers of one cluster that a scope means. Where a cluster has no seed peers, its peers stand in for them. */
export function choosePeers(peers: readonly Peer[], choice: PeerChoice): readonly Peer[] {
  const ordered = peers.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const ordinary = ordered.filter((peer) => peer.ordinary)
  const flagged = ordered.filter((peer) => peer.seed)
  const seeds = flagged.length > 0 ? flagged : ordinary
  switch (choice.scope) {
    case 'single_seed_peer':
      return narrow(seeds, choice).slice(0, 1)
    case 'single_peer':
      return narrow(ordinary, choice).slice(0, 1)
    case 'all_seed_peers':
      return narrow(seeds, choice)
    case 'all_peers':
      return narrow(ordinary, choice)
  }
}

/** Every chosen peer of every cluster. Throws `peer.none` naming the cluster that has none. */
export function chooseAll(members: readonly Member[], choice: PeerChoice): readonly Peer[] {
  return members.flatMap(({ cluster, peers }) => {
    const chosen = choosePeers(peers, choice)
    if (chosen.length > 0) return chosen
    const wanted = choice.ips === null ? '' : ` with the ip ${choice.ips.join(', ')}`
    throw new Failure('peer.none', `Cluster ${cluster.id} (${cluster.name}) has no peer for ${choice.scope}${wanted}.`)
  })
}

/** The chosen peers, those together whose clusters run the same. Throws as chooseAll does. */
export function groupPeers(members: readonly Member[], request: JobRequest): readonly Group[] {
  const isDecided = request.type === 'file' || request.platforms.length > 0
  const wishOf = ({ cluster }: Member): readonly string[] => (isDecided ? [] : cluster.platforms)
  const alike = Map.groupBy(members, (member) => JSON.stringify(wishOf(member).toSorted()))
  return [...alike.values()].map((group) => ({
    wish: [...new Set(group.flatMap(wishOf))],
    peers: chooseAll(group, request.peers),
  }))
}

/** The tasks in the order in which they are begun: by blob, then by peer. */
export function planTasks(parts: readonly Pick<Part, 'artifact' | 'peers'>[]): readonly Task[] {
  const needs = parts.flatMap(({ artifact, peers }) => artifact.blobs.map((blob) => ({ blob, peers })))
  const byBlob = Map.groupBy(needs, ({ blob }) => blobKey(blob))
  return [...byBlob.values()]
    .flat()
    .flatMap(({ blob, peers }) => peers.map((peer) => ({ blob, peer })))
    .map(({ blob, peer }, ordinal) => ({
      ordinal,
      peer,
      blob,
      state: 'waiting' as const,
      attempts: 0,
      bytes: 0,
      source: null,
      proof: null,
      digest: blob.digest,
      problem: null,
      startedAtMs: null,
      endedAtMs: null,
    }))
}

/**
 * The plan of a job that another replica, or this one before it fell, had begun. What was warm is believed, except where
 * `asksAgain` says that asking the peer costs nothing and tells the truth.
 */
export function resumeTasks(
  plan: readonly Task[],
  before: readonly Task[],
  asksAgain: (peer: Peer) => boolean,
): readonly Task[] {
  const key = (task: Task): string => `${task.peer.id} ${blobKey(task.blob)}`
  const warm = new Map(before.filter((task) => task.state === 'warm').map((task) => [key(task), task]))
  return plan.map((task) => {
    const known = warm.get(key(task))
    return known === undefined || asksAgain(task.peer) ? task : { ...known, ordinal: task.ordinal }
  })
}
