// A job: what a client asked for, and what became of it.

import type { Digest } from './digest.ts'
import type { Problem } from './failure.ts'
import type { PeerChoice } from './peer.ts'
import type { ImageReference } from './reference.ts'

export type JobState = 'queued' | 'resolving' | 'warming' | 'succeeded' | 'failed' | 'cancelled'

export const concurrentTasks = { least: 1, most: 100, usual: 8 } as const
export const concurrentPeers = { least: 1, most: 1000, usual: 500 } as const

interface CommonRequest {
  readonly peers: PeerChoice
  /** Blobs warmed at the same time at one peer, 1 to 100. */
  readonly concurrentTasks: number
  /** Peers on which one blob is warmed at the same time, 1 to 1000. Both multiplied are the job's width. */
  readonly concurrentPeers: number
  readonly timeoutMs: number
  readonly tag: string
  readonly application: string
  readonly filteredQueryParams: readonly string[]
  /** Bytes, or null for the peer's own choice. */
  readonly pieceLength: number | null
  /** Of a hundred tasks, how many must be warm for the job to succeed; 100 unless the client asked for less. */
  readonly successPercentage: number
  /** For people: values that could be a secret read `***`. The true ones are in JobSecrets. */
  readonly headers: Readonly<Record<string, string>>
  readonly username: string
}

export interface ImageRequest extends CommonRequest {
  readonly type: 'image'
  /** As the client wrote it. */
  readonly url: string
  readonly reference: ImageReference
  /** `os/arch[/variant]`, or `all`; empty means the cluster's, the registry's or the service's own policy. */
  readonly platforms: readonly string[]
  /**
   * What the client believed the tag to mean, as it wrote it: Harbor up to 2.11 and Kraken's notifications say it. The
   * tag decides; a job warns when it has moved.
   */
  readonly expectedDigest?: string
}

export interface FileRequest extends CommonRequest {
  readonly type: 'file'
  /** For people: signatures in the query read `***`. The true ones are in JobSecrets. */
  readonly urls: readonly string[]
}

/** Looks for one thing at all peers, or evicts it: Dragonfly's `get_task` and `delete_task`. */
export interface TaskRequest extends CommonRequest {
  readonly type: 'get_task' | 'delete_task'
  /** As Dragonfly names it, or the hex of a blob's sha256. One of taskId and url is given. */
  readonly taskId: string | null
  readonly url: string | null
}

export type PreheatRequest = ImageRequest | FileRequest
/** Safe to store, to log and to show. */
export type JobRequest = PreheatRequest | TaskRequest

/** The part of a request that may never be shown: kept sealed, and wiped when the job settles. */
export interface JobSecrets {
  /** Instead of the request's, where a retry brought another one. */
  readonly username?: string
  readonly password?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly urls?: readonly string[]
}

/** The contracts through which a job can come in. */
export type JobContract = 'supernode' | 'preheats' | 'open-api' | 'kraken'

/** One command, whichever contract it came through. */
export interface Submission {
  readonly contract: JobContract
  readonly bio: string
  readonly userId: number
  /** The name of the token that it came with; '' where none was asked for. */
  readonly requestedBy: string
  readonly request: JobRequest
  readonly secrets: JobSecrets
  /** Empty means all clusters. */
  readonly clusterIds: readonly number[]
  /** Names this command: sent again with the same key by the same user, it is the same job. */
  readonly idempotencyKey?: string
}

export interface Progress {
  readonly tasks: number
  readonly running: number
  readonly warm: number
  readonly failed: number
  /** Of the warm ones, those that the peer held already. */
  readonly hits: number
  /** null while a size is unknown. */
  readonly bytesTotal: number | null
  /** Bytes present at the peers, those found there included. */
  readonly bytesDone: number
  /** Bytes that the origin had to send, that other peers sent, and that were held already, as far as known. */
  readonly bytesFromOrigin: number
  readonly bytesFromPeers: number
  readonly bytesHeld: number
  /** Over the last seconds; null while not known, and once the job is settled. */
  readonly bytesPerSecond: number | null
  readonly secondsLeft: number | null
}

export const noProgress: Progress = {
  tasks: 0,
  running: 0,
  warm: 0,
  failed: 0,
  hits: 0,
  bytesTotal: null,
  bytesDone: 0,
  bytesFromOrigin: 0,
  bytesFromPeers: 0,
  bytesHeld: 0,
  bytesPerSecond: null,
  secondsLeft: null,
}

export interface Job {
  readonly id: number
  /** `group_<uuid>`, the name that Dragonfly's clients know. */
  readonly taskId: string
  readonly contract: JobContract
  readonly bio: string
  readonly userId: number
  /** As its Submission has it; an empty text also in jobs of before it was written down. */
  readonly requestedBy: string
  readonly state: JobState
  readonly request: JobRequest
  /** The clusters it was accepted for. */
  readonly clusterIds: readonly number[]
  /** What the tag meant when it was resolved; a job never changes its mind about that. */
  readonly pinned: Digest | null
  readonly platforms: readonly string[]
  readonly warnings: readonly string[]
  readonly progress: Progress
  readonly problem: Problem | null
  readonly cancelRequested: boolean
  readonly createdAtMs: number
  /** Of the last change that a client could see; the finishing time once settled. */
  readonly updatedAtMs: number
  readonly deadlineAtMs: number
  readonly settledAtMs: number | null
}
