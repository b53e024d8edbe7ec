// Which peers each cluster has, and which driver speaks to them: one instance and one watch per cluster.

import { isDeepStrictEqual } from 'node:util'
import { Gate } from '../kit/gate.ts'
import type { TlsSettings } from '../kit/tls.ts'
import { Failure } from '../model/failure.ts'
import type { Cluster, JsonObject, Member } from '../model/peer.ts'
import type { ClusterIdentity, Crew, DriverKind, PeerDriver, Roster } from '../model/driver.ts'
import type { Clock } from '../model/ports.ts'
import { Discovery } from './discovery.ts'
import { looksAtOnce } from './health.ts'
import { parseMembership, type Membership } from './members.ts'
import type { NameService } from './names.ts'
import { Watch, type Pace } from './watch.ts'

export interface RosterOptions {
  /** All clusters, ordered by id. */
  readonly clusters: () => Promise<readonly Cluster[]>
  /** By the names of the drivers. */
  readonly kinds: Readonly<Record<string, DriverKind>>
  /** By a cluster's name: how TLS is spoken to its peers; undefined where it is not. */
  readonly tlsOf: (clusterName: string) => (() => TlsSettings) | undefined
  readonly names: NameService
  readonly clock: Clock
  readonly pace: Pace
  /** Hears, once for each time, what keeps the peers of a cluster from being known as they are. */
  readonly onTrouble: (sentence: string) => void
}

interface Held {
  readonly cluster: Cluster
  readonly watch: Watch
}

export class PeerRoster implements Roster {
  readonly #options: RosterOptions
  readonly #gate = new Gate(looksAtOnce)
  readonly #held = new Map<number, Held>()
  /** All that were ever opened: one that was replaced may still be used by a job. */
  readonly #opened = new Set<PeerDriver>()
  #closed = false

  constructor(options: RosterOptions) {
    this.#options = options
  }

  get drivers(): readonly string[] {
    return Object.keys(this.#options.kinds)
  }

  async clusters(): Promise<readonly Cluster[]> {
    const clusters = await this.#options.clusters()
    const ids = new Set(clusters.map(({ id }) => id))
    for (const id of this.#held.keys()) if (!ids.has(id)) this.#letGo(id, 'was removed')
    return clusters
  }

  check(driver: string, settings: JsonObject): void {
    const kind = this.#kind(driver)
    if (kind === undefined) {
      const named = JSON.stringify(driver.slice(0, 100))
      const sentence = `There is no driver ${named}; there is ${this.drivers.join(', ')}.`
      throw new Failure('request.invalid', sentence, { field: 'driver' })
    }
    try {
      // It is not closed, since it may be one for all clusters; unused, it holds nothing.
      open(kind, { id: 0, name: '' }, settings, undefined)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new Failure('request.invalid', `${error.message}.`, { cause: error, field: fieldIn(error.message) })
    }
  }

  async crewOf(cluster: Cluster, signal: AbortSignal): Promise<Crew> {
    const watch = this.#watchOf(cluster)
    await watch.ready(signal)
    return { cluster, driver: watch.driver, members: watch.members }
  }

  async refresh(cluster: Cluster, signal: AbortSignal): Promise<Crew> {
    const watch = this.#watchOf(cluster)
    await watch.refresh(signal)
    return { cluster, driver: watch.driver, members: watch.members }
  }

  lookAt(cluster: Cluster, peerId: string, signal: AbortSignal): Promise<Member | undefined> {
    return this.#watchOf(cluster).lookAt(peerId, signal)
  }

  /** Ends all watching, and closes every driver that was opened. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { watch } of this.#held.values()) watch.stop(stopping())
    this.#held.clear()
    await Promise.allSettled([...this.#opened].map((driver) => driver.close()))
  }

  #kind(name: string): DriverKind | undefined {
    return Object.hasOwn(this.#options.kinds, name) ? this.#options.kinds[name] : undefined
  }

  #watchOf(cluster: Cluster): Watch {
    if (this.#closed) throw stopping()
    const held = this.#held.get(cluster.id)
    // A job may come with the cluster as it was: it gets the one that is.
    if (held !== undefined && (isSame(held.cluster, cluster) || held.cluster.updatedAtMs > cluster.updatedAtMs)) {
      return held.watch
    }
    const watch = this.#begin(cluster)
    this.#letGo(cluster.id, 'was changed')
    this.#held.set(cluster.id, { cluster, watch })
    return watch
  }

  #letGo(id: number, what: string): void {
    const held = this.#held.get(id)
    if (held === undefined) return
    this.#held.delete(id)
    held.watch.stop(new Failure('peer.unreachable', `Cluster ${held.cluster.name} ${what} while it was looked at.`))
  }

  #begin(cluster: Cluster): Watch {
    const { id, name, driver: kindName, settings } = cluster
    const { names, clock, pace, onTrouble } = this.#options
    const kind = this.#kind(kindName)
    if (kind === undefined) {
      const sentence = `Cluster ${id} (${name}) wants the driver ${kindName}, which this replica does not have.`
      throw new Failure('peer.none', sentence)
    }
    const identity = { id, name }
    const { driver, membership } = this.#open(kind, identity, settings)
    this.#opened.add(driver)
    const discovery = new Discovery(name, { membership, driver, names })
    const own = kind.own?.(identity) ?? []
    return new Watch({ cluster: identity, driver, discovery, own, pace, clock, gate: this.#gate, onTrouble })
  }

  #open(kind: DriverKind, cluster: ClusterIdentity, settings: JsonObject): Opened {
    try {
      return open(kind, cluster, settings, this.#options.tlsOf(cluster.name))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      const sentence = `The settings of cluster ${cluster.name} cannot be used: ${error.message}.`
      throw new Failure('peer.misconfigured', sentence, { cause: error })
    }
  }
}

interface Opened {
  readonly membership: Membership
  readonly driver: PeerDriver
}

/** Throws RangeError whose message names the key and what was expected. */
function open(
  kind: DriverKind,
  cluster: ClusterIdentity,
  settings: JsonObject,
  tls: (() => TlsSettings) | undefined,
): Opened {
  const { membership, rest } = parseMembership(settings)
  const driver = kind.open(cluster, rest, tls)
  const { listed, dns, srv } = membership
  const namesPeers = listed.length + dns.length + srv.length > 0
  // It would be asked for peers that it knows nothing of, and answer for itself.
  if (namesPeers && kind.own !== undefined)
    throw new RangeError('settings names peers; expected none, since this driver has its own')
  if (!namesPeers && kind.own === undefined && driver.discover === undefined) {
    throw new RangeError('settings names no peers; expected peers, dns or srv')
  }
  return { membership, driver }
}

/** Of a sentence that begins with it, as those of Fields do: `settings.peers[0].address is …`. */
const fieldIn = (sentence: string): string => {
  const [first = ''] = sentence.split(' ', 1)
  return first.startsWith('settings') ? first.replaceAll(/\[(\d+)\]/g, '.$1') : 'settings'
}

const isSame = (a: Cluster, b: Cluster): boolean =>
  a.driver === b.driver && a.name === b.name && isDeepStrictEqual(a.settings, b.settings)

const stopping = (): Failure => new Failure('self.stopping', 'This replica is stopping.')
