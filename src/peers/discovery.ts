// Who the peers of one cluster are: listed, found by its driver, and found in DNS.

import { eachAtMost } from '../kit/each.ts'
import { untilAborted } from '../kit/share.ts'
import { anyOf } from '../kit/signals.ts'
import { Failure } from '../model/failure.ts'
import type { Discovered, PeerDriver } from '../model/driver.ts'
import { addressOf, discoveredAt, type Membership } from './members.ts'
import { addressesOf, targetsOf, type NameService } from './names.ts'

/** Peers of one cluster; each costs a look every few seconds, and a job a task per blob. */
const mostPeers = 10_000

/** Questions to DNS at the same time. */
const namesAtOnce = 32

/** A name server may be asked several times in it, and by a driver several schedulers. */
const usualWithinMs = 10_000

interface Source {
  /** Completes "from …". */
  readonly name: string
  readonly find: (signal: AbortSignal) => Promise<readonly Discovered[]>
}

/** What the peers of a cluster are found by. */
export interface Finders {
  readonly membership: Membership
  readonly driver: PeerDriver
  readonly names: NameService
  /** For each source, and then for the ips of all peers that go by a name; default 10 s. */
  readonly withinMs?: number
}

export interface Found {
  /** Each address once, in their order. */
  readonly peers: readonly Discovered[]
  /** What could not be asked this time, in sentences. */
  readonly troubles: readonly string[]
}

/** In the order in which they are believed, where they speak of the same address. */
function sourcesOf({ membership, driver, names }: Finders): readonly Source[] {
  const { listed, dns, srv, seeds } = membership
  return [
    ...(listed.length === 0 ? [] : [{ name: 'its list', find: async () => listed }]),
    ...(driver.discover === undefined
      ? []
      : [{ name: 'its own discovery', find: async (signal: AbortSignal) => (await driver.discover?.(signal)) ?? [] }]),
    ...dns.map(({ host, port }) => ({
      name: `the DNS name ${host}`,
      find: async () => (await addressesOf(host, names)).map((ip) => discoveredAt({ host: ip, port }, seeds)),
    })),
    ...srv.map((service) => ({
      name: `the DNS service ${service}`,
      find: async () => (await targetsOf(service, names)).map((target) => discoveredAt(target, seeds)),
    })),
  ]
}

/** Remembers what each source said last: one that fails takes no peers away. */
export class Discovery {
  readonly #cluster: string
  readonly #sources: readonly Source[]
  readonly #names: NameService
  readonly #withinMs: number
  readonly #last = new Map<Source, readonly Discovered[]>()
  /** By the names that peers go by. */
  #ips: ReadonlyMap<string, string> = new Map()

  /** `cluster`: its name. */
  constructor(cluster: string, finders: Finders) {
    this.#cluster = cluster
    this.#sources = sourcesOf(finders)
    this.#names = finders.names
    this.#withinMs = finders.withinMs ?? usualWithinMs
  }

  /**
   * Throws where a source never succeeded: peers would be missing, and nobody would know. `peer.unreachable`, or what
   * the driver's discovery failed with; the signal's reason.
   */
  async find(signal: AbortSignal): Promise<Found> {
    const troubles: string[] = []
    await eachAtMost(this.#sources, namesAtOnce, signal, async (source) => {
      try {
        this.#last.set(source, await this.#within(signal, source.find))
      } catch (error) {
        signal.throwIfAborted()
        const failure = this.#failureOf(source, error)
        if (!this.#last.has(source)) throw failure
        troubles.push(`${failure.message} Those found before stay.`)
      }
    })
    const all = mergeByAddress(this.#sources.map((source) => this.#last.get(source) ?? []))
    const peers = all.slice(0, mostPeers)
    if (all.length > mostPeers) {
      troubles.push(`Cluster ${this.#cluster} has ${all.length} peers, of which the first ${mostPeers} are used.`)
    }
    this.#ips = await this.#resolve(peers, anyOf(signal, AbortSignal.timeout(this.#withinMs)))
    signal.throwIfAborted()
    const ipOf = ({ ip, address }: Discovered) => (ip === '' ? (this.#ips.get(hostOf(address)) ?? '') : ip)
    return { peers: peers.map((peer) => ({ ...peer, ip: ipOf(peer) })), troubles }
  }

  /** Of the peers that go by a name, as far as they can be had in time; that of the last time otherwise. */
  async #resolve(peers: readonly Discovered[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const hosts = new Set(peers.filter(({ ip }) => ip === '').map(({ address }) => hostOf(address)))
    const ips = new Map([...this.#ips].filter(([host]) => hosts.has(host)))
    const resolving = eachAtMost([...hosts], namesAtOnce, signal, async (host) => {
      const [ip] = await untilAborted(addressesOf(host, this.#names), signal).catch(() => [])
      if (ip !== undefined) ips.set(host, ip)
    })
    // A peer without an ip can be used all the same; it only cannot be chosen by one.
    await resolving.catch(() => {})
    return ips
  }

  /** The work may not hear the signal: DNS does not. */
  #within<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const bound = anyOf(signal, AbortSignal.timeout(this.#withinMs))
    return untilAborted(work(bound), bound)
  }

  #failureOf(source: Source, error: unknown): Failure {
    const sentence = `The peers of cluster ${this.#cluster} could not be had from ${source.name}: ${this.#reasonOf(error)}.`
    return new Failure(error instanceof Failure ? error.code : 'peer.unreachable', sentence, { cause: error })
  }

  /** Without a full stop. */
  #reasonOf(error: unknown): string {
    if (!(error instanceof Error)) return 'it failed'
    if (error.name === 'TimeoutError') return `no answer within ${this.#withinMs / 1000} s`
    // Of DNS, the code says it in one word.
    const said =
      'code' in error && typeof error.code === 'string' && !(error instanceof Failure) ? error.code : error.message
    return said.replace(/\.$/, '')
  }
}

/** `lists` in the order in which they are believed. What is no address is left out. */
function mergeByAddress(lists: readonly (readonly Discovered[])[]): readonly Discovered[] {
  const merged = new Map<string, Discovered>()
  for (const peer of lists.flat()) {
    const address = addressOf(peer.address)
    if (address !== undefined && !merged.has(address)) merged.set(address, { ...peer, address })
  }
  return [...merged.values()].toSorted((a, b) => (a.address < b.address ? -1 : 1))
}

const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':'))
