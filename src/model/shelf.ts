// The embedded cache, as the mirror contract reads it.

import type { Digest } from './digest.ts'

export interface HeldBlob {
  readonly digest: Digest
  readonly size: number
  /** As the registry said it, for manifests; octet-stream otherwise. */
  readonly mediaType: string
  /** Yields the bytes from `from` to `to`, both included. Closing it early is fine. */
  bytes(from: number, to: number): AsyncIterable<Uint8Array>
}

export interface BlobShelf {
  /** undefined on a miss. What is returned has been verified when it came in. */
  open(digest: Digest): Promise<HeldBlob | undefined>
  /** What the name meant when it was last resolved; undefined when unknown or too old to be trusted. */
  digestOf(namespace: string, repository: string, tag: string): Promise<Digest | undefined>
}
