// The bytes of one blob as they come by: counted, hashed and dropped.

import { createHash, type Hash } from 'node:crypto'
import type { Blob } from '../../model/blob.ts'
import { algorithmOf, parseDigest, type Digest } from '../../model/digest.ts'

export class Reader {
  bytes = 0
  readonly #blob: Blob
  readonly #hash: Hash
  readonly #algorithm: 'sha256' | 'sha512'

  constructor(blob: Blob) {
    this.#blob = blob
    this.#algorithm = blob.digest === null ? 'sha256' : algorithmOf(blob.digest)
    this.#hash = createHash(this.#algorithm)
  }

  take(chunk: Uint8Array): void {
    this.bytes += chunk.length
    this.#hash.update(chunk)
  }

  get isTooLong(): boolean {
    return this.#blob.size !== null && this.bytes > this.#blob.size
  }

  /** The digest of what came, where that is the blob; undefined where it is not. To be asked once, at the end. */
  result(): Digest | undefined {
    const digest = parseDigest(`${this.#algorithm}:${this.#hash.digest('hex')}`)
    if (this.#blob.digest !== null) return digest === this.#blob.digest ? digest : undefined
    return this.#blob.size === null || this.bytes === this.#blob.size ? digest : undefined
  }
}
