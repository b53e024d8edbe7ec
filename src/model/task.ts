// A task: one blob on one peer.

import type { Blob } from './blob.ts'
import type { Digest } from './digest.ts'
import type { Problem } from './failure.ts'
import type { Peer } from './peer.ts'

export type TaskState = 'waiting' | 'running' | 'warm' | 'failed' | 'cancelled'
/** Where the bytes came from: `local` means that the peer held them already. */
export type Source = 'origin' | 'peer' | 'local'
/** Bytes by where they came from. What is not known is absent, never 0. */
export type Moved = Readonly<Partial<Record<Source, number>>>
/**
 * How we know that a peer holds a blob. `digest`: we hashed the very bytes that it serves. `pieces`: it named every
 * piece of it. `peer-header`: its answer to a later request says that it comes from its cache. `peer-status`: it
 * answers with a status that only a held blob gets.
 */
export type Proof = 'digest' | 'pieces' | 'peer-header' | 'peer-status'

export interface Task {
  /** Its place in the job's plan, from 0. */
  readonly ordinal: number
  readonly peer: Peer
  readonly blob: Blob
  readonly state: TaskState
  readonly attempts: number
  /** Bytes of the blob that are at the peer by now. */
  readonly bytes: number
  /** Where all or most of them came from; null while not known, or where the peer cannot say. */
  readonly source: Source | null
  readonly moved: Moved
  readonly proof: Proof | null
  /** What the peer holds; for a file this is where its digest becomes known. */
  readonly digest: Digest | null
  readonly problem: Problem | null
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
}
