// What a driver promises of the peers of one cluster, what it is given for that, and who knows the peers.

import type { TlsSettings } from '../kit/tls.ts'
import type { Blob, ImageName } from './blob.ts'
import type { Digest } from './digest.ts'
import type { Cluster, JsonObject, Member, Peer, PeerHealth } from './peer.ts'
import type { Origin } from './ports.ts'
import type { Moved, Proof, Source } from './task.ts'

/** What names a blob to a peer beside its address: Dragonfly's tasks are told apart by it. */
export interface TaskIdentity {
  readonly tag: string
  readonly application: string
  readonly filteredQueryParams: readonly string[]
  readonly pieceLength: number | null
}

/** What a driver needs to know to ask a peer for a blob. */
export interface BlobContext {
  /** The image that the blob is part of; null for files, and where only a task's id is known. */
  readonly image: ImageName | null
  readonly identity: TaskIdentity
  readonly signal: AbortSignal
}

export interface WarmContext extends BlobContext {
  readonly job: number
  /** The smallest blob of the same image, where there is one: a driver that has to try something tries it with this. */
  readonly smallest?: Blob
  readonly origin: Origin
  /** Hears how many bytes of the blob are at the peer by now; may go back when a read starts anew. */
  readonly progress: (bytes: number) => void
}

export interface Warmed {
  /** null for a file that nobody hashed. */
  readonly digest: Digest | null
  /** Size of the blob. */
  readonly bytes: number
  /** What came for this call, by where it came from. */
  readonly moved: Moved
  /** Where all or most of it came from; null where the peer cannot say. */
  readonly source: Source | null
  readonly proof: Proof
}

export type Presence = 'present' | 'absent' | 'partial' | 'unknown'

/** What a kind of peer can do, and what the engine must know about it. */
export interface Capabilities {
  /** Peers feed each other, so that many of them cost the origin about one fetch; a blob has one seed peer of its own. */
  readonly sharesPieces: boolean
  /** The bytes pass through this process. */
  readonly bodyThroughUs: boolean
  /** `none`: asking would itself make the peer fetch. `hint`: a yes or no that may be wrong. */
  readonly probe: 'exact' | 'hint' | 'none'
  /** `detaches`: a peer goes on with what it has begun although nobody waits for it any more. */
  readonly cancel: 'stops' | 'detaches'
  readonly evict: boolean
  /** It holds manifests and indexes too; otherwise nodes ask the origin for them, and they are no tasks here. */
  readonly documents: boolean
  /** It takes plain files, which have no digest beforehand. */
  readonly files: boolean
  /** What a job that goes on does with what was warm: ask again, where that is cheap and each replica has its own. */
  readonly resumed: 'asked' | 'believed'
}

/** Speaks to the peers of one cluster. */
export interface PeerDriver {
  readonly kind: string
  readonly can: Capabilities
  /** The peers that this kind finds out by itself, such as by asking a scheduler; absent: they are listed or in DNS. */
  discover?(signal: AbortSignal): Promise<readonly Discovered[]>
  /** How the peer is. Answers rather than throws; bounded by the signal. */
  health(peer: Peer, signal: AbortSignal): Promise<Omit<PeerHealth, 'checkedAtMs'>>
  /** Whether the peer holds the blob; never makes it fetch. Throws Failure where the peer does not answer. */
  probe(peer: Peer, blob: Blob, context: BlobContext): Promise<Presence>
  /**
   * Resolves only when the peer holds the blob, as far as `proof` says. Idempotent. Throws Failure, or the signal's
   * reason. Retrying, pacing and choosing are the engine's.
   */
  warm(peer: Peer, blob: Blob, context: WarmContext): Promise<Warmed>
  /** Makes the peer forget the blob; false: it did not hold it. Only where `can.evict`. Throws Failure. */
  evict?(peer: Peer, blob: Blob, context: BlobContext): Promise<boolean>
  /** Every blob of the image is warm at the peer: it may answer for the name now. */
  name?(peer: Peer, image: ImageName): Promise<void>
  /** What a person should know before a job: host spellings, tags or applications that no pull would match. */
  foresee?(context: BlobContext, blobs: readonly Blob[]): Promise<readonly string[]>
  /** The job is over: what was kept only for it may go. */
  settled?(job: number): void
  close(): Promise<void>
}

/** A peer as its discovery names it. */
export interface Discovered {
  /** `host:port`. */
  readonly address: string
  readonly hostname: string
  /** '' where the address is a name. */
  readonly ip: string
  readonly seed: boolean
  readonly location: string
}

/** What opens a kind of driver for one cluster. */
export interface DriverKind {
  /** `settings`: the driver's own keys. Throws RangeError whose message names the key and what was expected. */
  open(cluster: ClusterIdentity, settings: JsonObject, tls: (() => TlsSettings) | undefined): PeerDriver
  /** The peers that come with this kind where none are listed or discovered, such as the embedded one. */
  own?(cluster: ClusterIdentity): readonly Peer[]
}

export type ClusterIdentity = Pick<Cluster, 'id' | 'name'>

/** The peers of one cluster as they are known now, and who speaks to them. */
export interface Crew {
  readonly cluster: Cluster
  readonly driver: PeerDriver
  /** Ordered by the peers' ids. */
  readonly members: readonly Member[]
}

export interface Roster {
  /** All clusters, ordered by id. */
  clusters(): Promise<readonly Cluster[]>
  /** Names of the drivers that this replica has. */
  readonly drivers: readonly string[]
  /**
   * Throws `request.invalid` for a driver that is not there, and for settings that it does not understand; it names the
   * field: `driver`, or the path from `settings` on.
   */
  check(driver: string, settings: JsonObject): void
  /**
   * What is known by now; waits only for a cluster's first discovery and first look at its peers. Throws `peer.none`
   * where this replica has not the driver, and where discovery never succeeded `peer.unreachable` or what the driver says.
   */
  crewOf(cluster: Cluster, signal: AbortSignal): Promise<Crew>
  /** As crewOf, after asking for the peers and their health anew. */
  refresh(cluster: Cluster, signal: AbortSignal): Promise<Crew>
  /**
   * Looks at one peer now, by its id; what is seen is what crewOf knows from then on. undefined: the cluster has no such
   * peer. Bounded as the looks are that come by themselves, once the peers are known. Throws as crewOf does.
   */
  lookAt(cluster: Cluster, peerId: string, signal: AbortSignal): Promise<Member | undefined>
}
