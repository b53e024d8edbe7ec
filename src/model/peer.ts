// Peers, and the clusters that gather them.

export interface Cluster {
  readonly id: number
  readonly name: string
  /** The driver that speaks to its peers. */
  readonly driver: string
  readonly bio: string
  readonly isDefault: boolean
  /**
   * What its nodes run, each `os/arch[/variant]` or `all`: taken of an index where the request names no platform. Empty
   * means the registry's or the service's own.
   */
  readonly platforms: readonly string[]
  /** Its driver's own keys, as the settings file or the clusters API gave them. Never a secret. */
  readonly settings: JsonObject
  /** The settings file has it, and only there is it changed. */
  readonly fromFile: boolean
  readonly kept: ClusterKept
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** What Dragonfly's clients say about a cluster, as JSON: kept and shown, and without an effect here. */
export interface ClusterKept {
  readonly scopes: JsonObject
  readonly scheduler: JsonObject
  readonly seedPeer: JsonObject
  readonly peer: JsonObject
}
export type JsonObject = Readonly<Record<string, unknown>>

export interface Peer {
  /** Unique among all clusters, and the same after a restart. */
  readonly id: string
  readonly clusterId: number
  readonly hostname: string
  readonly ip: string
  /** `host:port`, where its driver speaks to it; '' for the embedded peer. */
  readonly address: string
  /** Where it stands, as far as its discovery says: data centre and rack; '' where it does not. */
  readonly location: string
  /** A seed peer fetches from the origin for others. */
  readonly seed: boolean
  /** Cluster 1's embedded peer counts as seed and as peer, so that every scope works out of the box. */
  readonly ordinary: boolean
}

/** `unknown`: never asked yet. A peer that is `down` is not chosen, unless its ip was named. */
export type HealthState = 'up' | 'degraded' | 'down' | 'unknown'

export interface PeerHealth {
  readonly state: HealthState
  /** For people: why it is not up, in a few words; '' where there is nothing to say. */
  readonly detail: string
  readonly version: string | null
  /** Bytes; null where the peer does not say. */
  readonly diskFree: number | null
  /** All that it holds; null where it does not say. */
  readonly held: Held | null
  /** null: never. */
  readonly checkedAtMs: number | null
}

export interface Held {
  readonly blobs: number
  readonly bytes: number
}

/** A peer of a cluster, and how it is. */
export interface Member {
  readonly peer: Peer
  readonly health: PeerHealth
}

export const scopes = ['single_seed_peer', 'all_seed_peers', 'single_peer', 'all_peers'] as const
type Scope = (typeof scopes)[number]

/** Which peers of a scope: ips win over count, count over percentage. */
export interface PeerChoice {
  readonly scope: Scope
  readonly ips: readonly string[] | null
  readonly count: number | null
  readonly percentage: number | null
}
