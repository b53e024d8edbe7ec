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
type JsonObject = Readonly<Record<string, unknown>>

export interface Peer {
  /** Unique among all clusters, and the same after a restart. */
  readonly id: string
  readonly clusterId: number
  readonly hostname: string
  readonly ip: string
  /** A seed peer fetches from the origin for others. */
  readonly seed: boolean
  /** Cluster 1's embedded peer counts as seed and as peer, so that every scope works out of the box. */
  readonly ordinary: boolean
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
