// The clusters, as those who may manage them see them.

import { isDeepStrictEqual } from 'node:util'
import { Failure } from '../model/failure.ts'
import type { Cluster, Member } from '../model/peer.ts'
import type { Roster } from '../model/driver.ts'
import type { Clock, ClusterChange, ClusterStore, NewCluster } from '../model/ports.ts'
import { inTime, type Waits } from './deadline.ts'
import { pickClusters } from './pick.ts'

/** Somebody waits for the peers. */
const withinMs = 30_000
const notFound = 'The peers were not found out'

export class ClusterBook {
  readonly #clusters: ClusterStore
  readonly #roster: Roster
  readonly #clock: Clock

  constructor(clusters: ClusterStore, roster: Roster, clock: Clock) {
    this.#clusters = clusters
    this.#roster = roster
    this.#clock = clock
  }

  /** All of them, ordered by id. */
  list(): Promise<readonly Cluster[]> {
    return this.#clusters.list()
  }

  /** Throws `request.not-found`. */
  async get(id: number): Promise<Cluster> {
    const all = await this.list()
    return known(
      id,
      all.find((cluster) => cluster.id === id),
    )
  }

  /**
   * Throws `request.invalid` for a driver that this replica does not have or settings that it does not understand,
   * `request.conflict` for a name that is taken.
   */
  async create(asked: NewCluster): Promise<Cluster> {
    this.#roster.check(asked.driver, asked.settings)
    return this.#clusters.insert(asked)
  }

  /** Throws as create does, `request.not-found`, and `request.conflict` for what the settings file says. */
  async change(id: number, change: ClusterChange): Promise<Cluster> {
    const before = await this.get(id)
    if (before.fromFile) refuseBeside(before, change)
    if (change.settings !== undefined) this.#roster.check(before.driver, change.settings)
    return known(id, await this.#clusters.change(id, change))
  }

  /** Throws `request.not-found`, and `request.conflict` for the last one and for one of the settings file. */
  async remove(id: number): Promise<void> {
    const { name, fromFile } = await this.get(id)
    if (fromFile) throw ofTheFile(id, name, 'it is taken away there')
    if (await this.#clusters.remove(id)) return
    await this.get(id)
    throw new Failure('request.conflict', `Cluster ${id} (${name}) is the last one, and one must remain.`)
  }

  /** As they are known now. Throws `request.not-found`, `job.deadline`, and what the roster throws. */
  async peers(id: number, caller: AbortSignal): Promise<readonly Member[]> {
    const cluster = await this.get(id)
    const crew = await inTime(this.#waits(caller), notFound, (signal) => this.#roster.crewOf(cluster, signal))
    return crew.members
  }

  /**
   * Looks at one peer now. Throws `request.not-found` for a cluster and for a peer that is not there, `job.deadline`, and
   * what the roster throws.
   */
  async check(id: number, peerId: string, caller: AbortSignal): Promise<Member> {
    const cluster = await this.get(id)
    const looking = (signal: AbortSignal) => this.#roster.lookAt(cluster, peerId, signal)
    const member = await inTime(this.#waits(caller), notFound, looking)
    if (member !== undefined) return member
    const named = JSON.stringify(peerId.slice(0, 200))
    throw new Failure('request.not-found', `Cluster ${id} (${cluster.name}) has no peer ${named}.`)
  }

  /**
   * Asks for the peers and their health anew; no ids mean all clusters. Throws `cluster.unknown`, `job.deadline`, and
   * the first of what the roster throws once every cluster was tried.
   */
  async sync(ids: readonly number[], caller: AbortSignal): Promise<void> {
    const clusters = pickClusters(await this.list(), ids)
    await inTime(this.#waits(caller), notFound, async (signal) => {
      const tries = clusters.map((cluster) => this.#roster.refresh(cluster, signal))
      for (const tried of await Promise.allSettled(tries)) if (tried.status === 'rejected') throw tried.reason
    })
  }

  #waits(caller: AbortSignal): Waits {
    return { clock: this.#clock, withinMs, caller }
  }
}

/** The settings file would take these back at the next start. */
function refuseBeside(before: Cluster, change: ClusterChange): void {
  const own = ['name', 'platforms', 'settings'] as const
  const taken = own.find((key) => change[key] !== undefined && !isDeepStrictEqual(change[key], before[key]))
  if (taken !== undefined) throw ofTheFile(before.id, before.name, `its ${taken} is changed there`)
}

const ofTheFile = (id: number, name: string, how: string): Failure =>
  new Failure('request.conflict', `Cluster ${id} (${name}) stands in the settings file, so ${how}.`)

function known(id: number, cluster: Cluster | undefined): Cluster {
  if (cluster === undefined) throw new Failure('request.not-found', `There is no cluster ${id}.`)
  return cluster
}
