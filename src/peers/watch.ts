// The peers of one cluster as they are known now, kept fresh for as long as somebody asks.

import { eachAtMost } from '../kit/each.ts'
import type { Gate } from '../kit/gate.ts'
import { NextFlight } from '../kit/next-flight.ts'
import { untilAborted } from '../kit/share.ts'
import { manyListen } from '../kit/signals.ts'
import type { Failure } from '../model/failure.ts'
import type { ClusterIdentity, Discovered, PeerDriver } from '../model/driver.ts'
import type { Clock } from '../model/ports.ts'
import type { Member, Peer, PeerHealth } from '../model/peer.ts'
import type { Discovery } from './discovery.ts'
import { lookAt, looksAtOnce, neverAsked } from './health.ts'

/** A cluster that nobody has asked for in this time is not looked at any more. */
const idleAfterMs = 10 * 60_000

/** A round over 10,000 peers that are all dead takes longer; who then asks anew does not wait for its end. */
const roundPatienceMs = 60_000

export interface Pace {
  /** Between two rounds of looks. */
  readonly checkEveryMs: number
  /** Between two discoveries, which come with a round. */
  readonly discoverEveryMs: number
  /** For each look at a peer. */
  readonly checkWithinMs: number
}

export interface WatchOptions {
  readonly cluster: ClusterIdentity
  readonly driver: PeerDriver
  readonly discovery: Discovery
  /** Instead of what is discovered, where that is nothing. */
  readonly own: readonly Peer[]
  readonly pace: Pace
  readonly clock: Clock
  /** Looks at the same time, over all clusters. */
  readonly gate: Gate
  /** Hears each sentence once, until it is over. */
  readonly onTrouble: (sentence: string) => void
}

export class Watch {
  readonly #options: WatchOptions
  readonly #rounds = new NextFlight<void>(roundPatienceMs)
  readonly #stop = manyListen()
  /** Ordered by id. */
  #peers: readonly Peer[] = []
  readonly #health = new Map<string, PeerHealth>()
  /** Under way, by the ids of the peers. */
  readonly #looks = new Map<string, Promise<PeerHealth>>()
  /** Of both; undefined where one has changed since. */
  #members: readonly Member[] | undefined
  /** There while the peers are watched: resolves when they are known. */
  #begun: Promise<void> | undefined
  #askedAtMs = 0
  #discoveredAtMs = 0
  #troubles: readonly string[] = []

  constructor(options: WatchOptions) {
    this.#options = options
  }

  get driver(): PeerDriver {
    return this.#options.driver
  }

  get members(): readonly Member[] {
    this.#members ??= this.#peers.map((peer) => ({ peer, health: this.#health.get(peer.id) ?? neverAsked }))
    return this.#members
  }

  /** At once where the peers are watched already. Throws what the first discovery does, and the signal's reason. */
  async ready(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.#askedAtMs = this.#options.clock.now()
    this.#begun ??= this.#begin()
    await untilAborted(this.#begun, signal)
  }

  /** When discovery and looks that began after this call are over. Throws as ready does. */
  async refresh(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.#askedAtMs = this.#options.clock.now()
    await untilAborted(
      this.#rounds.run('', () => this.#round(true)),
      signal,
    )
    this.#begun ??= Promise.resolve(void this.#watch())
  }

  /**
   * The peer of this id as it is now, and what `members` has from then on; undefined where there is none. One whose
   * caller has gone is looked at all the same. Throws as ready does.
   */
  async lookAt(id: string, signal: AbortSignal): Promise<Member | undefined> {
    await this.ready(signal)
    signal.throwIfAborted()
    const peer = this.#peers.find((known) => known.id === id)
    return peer && { peer, health: await untilAborted(this.#look(peer), signal) }
  }

  /** Whoever waits for the first discovery hears the reason. The driver is not closed: jobs may be using it. */
  stop(reason: Failure): void {
    this.#stop.abort(reason)
  }

  async #begin(): Promise<void> {
    try {
      await this.#discover()
    } catch (error) {
      this.#begun = undefined
      throw error
    }
    const first = this.#rounds.run('', () => this.#round(false))
    void this.#watch(first)
    // Time for a few that are dead. Where many are, those that were not looked at yet are unknown, which is no reason
    // against them.
    await untilAborted(first, AbortSignal.timeout(2 * this.#options.pace.checkWithinMs)).catch(() => {})
  }

  async #watch(first: Promise<void> = Promise.resolve()): Promise<void> {
    const { clock, pace, cluster, onTrouble } = this.#options
    const { signal } = this.#stop
    try {
      await first
      for (;;) {
        await clock.sleep(pace.checkEveryMs, signal)
        const now = clock.now()
        if (now - this.#askedAtMs > idleAfterMs) break
        const due = now - this.#discoveredAtMs >= pace.discoverEveryMs
        await this.#rounds.run('', () => this.#round(due))
      }
    } catch (error) {
      if (!signal.aborted) onTrouble(`Cluster ${cluster.name} is watched no longer, for now: ${String(error)}`)
    }
    this.#begun = undefined
  }

  async #round(discover: boolean): Promise<void> {
    if (discover) await this.#discover()
    await this.#lookAtAll()
  }

  async #discover(): Promise<void> {
    const { cluster, driver, discovery, own, clock } = this.#options
    const { peers, troubles } = await discovery.find(this.#stop.signal)
    const found = peers.map((peer) => peerOf(cluster, driver.kind, peer))
    this.#peers = (found.length === 0 ? own : found).toSorted((a, b) => (a.id < b.id ? -1 : 1))
    this.#discoveredAtMs = clock.now()
    this.#tell(troubles)
    const ids = new Set(this.#peers.map(({ id }) => id))
    for (const id of this.#health.keys()) if (!ids.has(id)) this.#health.delete(id)
    this.#members = undefined
  }

  #tell(troubles: readonly string[]): void {
    for (const sentence of troubles) if (!this.#troubles.includes(sentence)) this.#options.onTrouble(sentence)
    this.#troubles = troubles
  }

  async #lookAtAll(): Promise<void> {
    await eachAtMost(this.#peers, looksAtOnce, this.#stop.signal, async (peer) => void (await this.#look(peer)))
  }

  /** One look at a peer at a time, whoever asks: an older one must not say what was before a newer one. */
  #look(peer: Peer): Promise<PeerHealth> {
    const under = this.#looks.get(peer.id)
    if (under !== undefined) return under
    const look = this.#lookNow(peer).finally(() => this.#looks.delete(peer.id))
    this.#looks.set(peer.id, look)
    return look
  }

  async #lookNow(peer: Peer): Promise<PeerHealth> {
    const { driver, pace, clock, gate } = this.#options
    const { signal } = this.#stop
    const before = this.#health.get(peer.id)?.state ?? 'unknown'
    const seen = await gate.with(signal, () => lookAt(peer, before, { driver, withinMs: pace.checkWithinMs, signal }))
    const health = { ...seen, checkedAtMs: clock.now() }
    this.#health.set(peer.id, health)
    this.#members = undefined
    return health
  }
}

const peerOf = (
  { id }: ClusterIdentity,
  kind: string,
  { address, hostname, ip, seed, location }: Discovered,
): Peer => ({
  id: `${kind}-${id}@${address}`,
  clusterId: id,
  hostname,
  ip,
  address,
  location,
  seed,
  ordinary: !seed,
})
