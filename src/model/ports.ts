// What the engine and the contracts need from the world, in their own words.

import type { Artifact, Blob } from './blob.ts'
import type { Digest } from './digest.ts'
import type { Problem } from './failure.ts'
import type { Job, JobContract, JobRequest, JobSecrets, JobState, PreheatRequest, Progress } from './job.ts'
import type { Cluster, ClusterKept, JsonObject, Peer } from './peer.ts'
import type { PlanStore } from './plan-picture.ts'
import type { Permission } from './principal.ts'
import type { PeerAnswer, PeerAsk, PeerEndpoint } from './peer-http.ts'
import type { Task, TaskState } from './task.ts'

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Rejects with the signal's reason when it fires first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

// ── origins ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Takes the bytes of one read. A returned promise is waited for before more is sent. */
export interface ByteSink {
  /** Called once, before any write. `from` is where the bytes begin: 0 where the origin ignored the range. */
  begin(from: number, total: number | null): void | Promise<void>
  write(chunk: Uint8Array): void | Promise<void>
}

/** One resolved job's way to the bytes, with its credential inside. */
export interface Origin {
  /**
   * Sends the bytes of a blob from `from` to its end. Resolves when the body ended where the origin said it would;
   * it does not verify the digest, the reader does. Throws Failure of side `registry`, or `egress.denied`.
   */
  read(blob: Blob, from: number, sink: ByteSink, signal: AbortSignal): Promise<void>
  /**
   * The Authorization header with which a peer may fetch this blob for itself, fresh for each call; undefined: it needs
   * none. Throws as read does. `guarded`: the peer is not to have a password that is configured, only a token for it;
   * `registry.denied` where there is no token.
   */
  authorization(blob: Blob, signal: AbortSignal, guarded?: boolean): Promise<string | undefined>
  /**
   * Asks for the blob through a forward proxy, which sees the request as a node's would be; redirects go through it too.
   * An answer of any status comes back. Throws Failure of side `peer` where the proxy gave none.
   */
  askThrough(proxy: PeerEndpoint, blob: Blob, ask: PeerAsk): Promise<PeerAnswer>
}

export interface Resolved {
  readonly artifact: Artifact
  readonly origin: Origin
  /** When the token that came with the request ends, where it says so; milliseconds since the epoch. */
  readonly expiresAtMs: number | null
}

/** What the request itself does not say. */
export interface Meant {
  /** What an earlier attempt of the same job resolved: it is asked for instead of the tag. */
  readonly pinned: Digest | null
  /** The platforms that a cluster runs, for a request that names none; empty: the registry's or the service's own. */
  readonly wish: readonly string[]
}

export interface Origins {
  /** Asks the origin what a request consists of. Throws Failure of side `registry` or `caller`. */
  resolve(request: PreheatRequest, secrets: JobSecrets, meant: Meant, signal: AbortSignal): Promise<Resolved>
}

// ── store ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface NewJob {
  readonly contract: JobContract
  readonly bio: string
  readonly userId: number
  readonly requestedBy: string
  readonly request: JobRequest
  readonly secrets: JobSecrets
  readonly clusterIds: readonly number[]
  readonly timeoutMs: number
}

/** A replica's claim on one job. `epoch` grows with each claim: whoever holds an older one writes nothing. */
export interface Lease {
  readonly job: number
  readonly epoch: number
}

export interface Claim {
  readonly lease: Lease
  /** How often the job was claimed or given back by now, since it came or was last retried. */
  readonly begun: number
  readonly job: Job
  /** undefined: they were sealed with a key that this replica does not have. */
  readonly secrets: JobSecrets | undefined
}

export interface JobFilter {
  readonly states?: readonly JobState[]
  readonly types?: readonly JobRequest['type'][]
  readonly userId?: number
  readonly contract?: JobContract
  /** The id of a cluster that it was accepted for. */
  readonly cluster?: number
  /** The id of a peer that one of its plans had. */
  readonly peer?: string
  /** Stands in an address that it is about or in its note, in whichever letters. Not empty. */
  readonly text?: string
}

export interface TaskFilter {
  readonly state?: TaskState
  /** The id, the hostname or the ip of a peer. */
  readonly peer?: string
  /** Its digest, or its address at the origin. */
  readonly blob?: string
}

/** The tasks of a settled job, as far as an answer to a client can hold them. */
export interface Outcome {
  /** All that are not warm, in the order of the plan. */
  readonly failures: readonly Task[]
  /** In the order of the plan; null where there are more than were asked for. */
  readonly successes: readonly Task[] | null
  /** Where `successes` is null: how many each peer holds, and of how many. Ordered by the peers' ids. */
  readonly byPeer: readonly { readonly peer: Peer; readonly warm: number; readonly tasks: number }[]
}

export interface Page<T> {
  readonly rows: readonly T[]
  /** Of all pages together. */
  readonly total: number
}

/** What a conductor may change about its job. */
export interface JobChange {
  readonly state?: 'resolving' | 'warming'
  readonly pinned?: Digest | null
  readonly platforms?: readonly string[]
  readonly warnings?: readonly string[]
  readonly progress?: Progress
}

export interface JobEnd {
  readonly state: 'succeeded' | 'failed' | 'cancelled'
  readonly problem: Problem | null
  readonly progress: Progress
}

/** The jobs as clients see them. Every method is one round trip unless it says otherwise. */
export interface JobStore extends PlanStore {
  insert(job: NewJob): Promise<Job>
  /** As insert, once for each user and key: `made` is false where an earlier call made the job. */
  insertOnce(key: string, job: NewJob): Promise<{ readonly job: Job; readonly made: boolean }>
  get(id: number): Promise<Job | undefined>
  /** Newest first. `page` from 1. Two round trips; with more in the filter than states and types, more the more jobs there are, until the signal fires. */
  list(filter: JobFilter, page: number, perPage: number, signal?: AbortSignal): Promise<Page<Job>>
  /** In the order of the plan. A round trip for each thousand of them. */
  tasks(job: number): Promise<readonly Task[]>
  /** `about` is how many tasks there are: those of small jobs are read together. More round trips the larger the job. */
  outcome(job: number, mostSuccesses: number, about?: number): Promise<Outcome>
  /** In the order of the plan. `page` from 1. With a filter, more round trips the larger the job. */
  taskPage(job: number, filter: TaskFilter, page: number, perPage: number): Promise<Page<Task>>
  /** Changes the note for people, in any state of the job. Two round trips. */
  note(id: number, bio: string): Promise<Job | undefined>
  /** Takes the job and its tasks away, whatever its state; whoever conducts it can write nothing more. Several round trips. */
  remove(id: number): Promise<boolean>
  /**
   * Puts a failed or cancelled job back into the queue, with a deadline of `timeoutMs` from now; its tasks stay as they
   * are. undefined: it is not there, or in another state by now.
   */
  reopen(job: Job, secrets: JobSecrets, timeoutMs: number): Promise<Job | undefined>
  /** A queued job that nobody holds is cancelled at once; a held one is marked, and its conductor hears it. */
  cancel(id: number): Promise<Job | undefined>
}

/** Who conducts which job. Each write is fenced: false means that the lease is lost, and nothing was written. */
export interface JobQueue {
  /** At most `limit` jobs that are not settled and that nobody holds, oldest first. */
  claim(holder: string, leaseMs: number, limit: number): Promise<readonly Claim[]>
  extend(lease: Lease, leaseMs: number): Promise<'held' | 'cancel requested' | 'lost'>
  change(lease: Lease, change: JobChange): Promise<boolean>
  /**
   * Writes the plan: its peers and blobs once, and each task (insert or replace by ordinal), some hundreds at a time, so
   * that others get their turn in between; then the progress. Tasks beyond it, of an earlier plan, are taken away. Where
   * the lease is lost in the middle, what came before stays written. The same Lease, Peer and Blob objects cost least.
   */
  savePlan(lease: Lease, tasks: readonly Task[], progress: Progress): Promise<boolean>
  /** Writes these tasks of the plan, as savePlan does, and the progress. */
  saveTasks(lease: Lease, tasks: readonly Task[], progress: Progress): Promise<boolean>
  /** Ends the job: state, problem, progress; wipes the secrets and gives the lease back. */
  settle(lease: Lease, end: JobEnd): Promise<boolean>
  /** Gives the job back unfinished, for any replica to go on. */
  release(lease: Lease): Promise<void>
  /** Ends, as failed with this problem, the jobs that nobody holds and whose time is over. Returns their ids. */
  endOverdue(problem: Problem): Promise<readonly number[]>
}

export interface NewToken {
  /** Unique. */
  readonly name: string
  readonly bio: string
  /** Hex of the token's sha256; the token itself is kept nowhere. */
  readonly hash: string
  readonly permissions: readonly Permission[]
  readonly userId: number
  readonly expiresAtMs: number
}

export interface TokenRecord extends NewToken {
  readonly id: number
  readonly active: boolean
  /** Exact to the minute, since it is written at most once in one. */
  readonly lastUsedAtMs: number | null
  /** By the call at that time; null also where an older version noted the time alone. */
  readonly lastUsedFor: TokenUse | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** The call that a token was shown for. */
export interface TokenUse {
  readonly contract: string
  /** As the contract's document calls it. */
  readonly operation: string
  /** What the client says it is; '' where it says nothing. Harmless to show. */
  readonly client: string
}

/** What is left out stays as it is. */
export type TokenChange = Partial<Pick<TokenRecord, 'bio' | 'permissions' | 'active' | 'expiresAtMs' | 'userId'>>

export interface TokenFilter {
  readonly active?: boolean
  readonly userId?: number
}

/** The access tokens. Every method is one round trip unless it says otherwise. */
export interface TokenStore {
  /**
   * By the hash, for a token that was shown: also notes its use and the time of it, if it is active and has not expired;
   * the first one at once, later ones once a minute. One round trip.
   */
  find(hash: string, use: TokenUse): Promise<TokenRecord | undefined>
  count(): Promise<number>
  /** Throws `request.conflict` where the name is taken. */
  insert(token: NewToken): Promise<TokenRecord>
  get(id: number): Promise<TokenRecord | undefined>
  /** Newest first. `page` from 1. Two round trips. */
  list(filter: TokenFilter, page: number, perPage: number): Promise<Page<TokenRecord>>
  change(id: number, change: TokenChange): Promise<TokenRecord | undefined>
  /** false: there was none. */
  remove(id: number): Promise<boolean>
}

export interface NewCluster {
  /** Unique. */
  readonly name: string
  readonly driver: string
  readonly bio: string
  readonly isDefault: boolean
  readonly platforms: readonly string[]
  readonly settings: JsonObject
  readonly kept: ClusterKept
}

/** What is left out stays as it is. */
export type ClusterChange = Partial<Pick<Cluster, 'name' | 'bio' | 'isDefault' | 'platforms' | 'settings' | 'kept'>>

/** A cluster as the settings file names it. */
export type FileCluster = Pick<NewCluster, 'name' | 'driver' | 'platforms' | 'settings'>

/** The clusters. Making one the default takes that from the others. */
export interface ClusterStore {
  /** All of them, ordered by id. One round trip. */
  list(): Promise<readonly Cluster[]>
  /** Throws `request.conflict` where the name is taken. */
  insert(cluster: NewCluster): Promise<Cluster>
  /** Throws `request.conflict` where the name is taken. undefined: there is none. */
  change(id: number, change: ClusterChange): Promise<Cluster | undefined>
  /** false: there is none, or it is the last one, which stays. */
  remove(id: number): Promise<boolean>
  /**
   * Makes the clusters of the settings file be as it says, found by their names; those that it no longer names stay, and
   * are no longer its own. One transaction.
   */
  adopt(clusters: readonly FileCluster[]): Promise<void>
}

/** How often something happened in a window of time, counted by all replicas together. */
export interface HitStore {
  /**
   * Adds `count` hits to the key and returns how many there are by now, in the window that began with the first of
   * them. One round trip.
   */
  hit(key: string, count: number, windowMs: number): Promise<{ readonly hits: number; readonly resetsAtMs: number }>
  /** Takes away what is over. */
  sweep(): Promise<void>
}
