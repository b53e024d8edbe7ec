// What is to be made present: blobs, and the artifact that names them.

import type { Digest } from './digest.ts'

type BlobKind = 'layer' | 'config' | 'manifest' | 'index' | 'file'

export interface Blob {
  readonly kind: BlobKind
  /** null for a file: its digest is known only when its bytes are. */
  readonly digest: Digest | null
  /** Bytes; null where the origin does not say beforehand (docker schema 1, some files). */
  readonly size: number | null
  readonly mediaType: string
  /** The address at the origin, for people and for peers. Never a signed redirect target, never with a credential. */
  readonly url: string
}

/** What tells one blob of a job from another. */
export const blobKey = (blob: Blob): string => blob.digest ?? blob.url

/** Where it comes from, for sentences and for counting by origin. */
export const hostOf = (blob: Blob): string => URL.parse(blob.url)?.host ?? 'its origin'

/** What an image is called on a node: `docker.io`, not `registry-1.docker.io`. */
export interface ImageName {
  readonly namespace: string
  readonly repository: string
  readonly tag: string | null
  /** The manifest or index that the name led to. */
  readonly digest: Digest
  readonly mediaType: string
}

/** An image or a list of files, resolved at its origin: each blob once, manifests and configs included. */
export interface Artifact {
  /** null for files. */
  readonly image: ImageName | null
  readonly platforms: readonly string[]
  readonly blobs: readonly Blob[]
  /** What a person should know although the job goes on, such as a layer left out and why. */
  readonly warnings: readonly string[]
}
