// Manifests and configs that were read and verified: each is fetched once, whoever needs it at the time or later.

import { Share } from '../kit/share.ts'
import { isAskersOwn } from '../model/failure.ts'

/** Of all documents together; an image has some ten KiB of them. */
const roomBytes = 64 * 1024 * 1024

/** A document as it came. */
export interface Kept {
  readonly body: Buffer
  readonly contentType: string | undefined
}

/**
 * By address, with the digest in it. Who takes something from here must have shown the registry before that it may see
 * it, or an image of it.
 */
export class Shelf {
  readonly #flights = new Share<Kept>(isAskersOwn)
  /** In the order of their last use. */
  readonly #kept = new Map<string, Kept>()
  #bytes = 0

  /** Whether taking it now could give what somebody else has read. */
  knows(address: string): boolean {
    return this.#kept.has(address) || this.#flights.has(address)
  }

  put(address: string, document: Kept): void {
    this.#drop(address)
    this.#kept.set(address, document)
    this.#bytes += document.body.length
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= roomBytes) return
      this.#drop(oldest)
    }
  }

  /** `read` gives only what is verified. */
  async take(address: string, signal: AbortSignal, read: (signal: AbortSignal) => Promise<Kept>): Promise<Kept> {
    const known = this.#kept.get(address)
    if (known !== undefined) {
      this.#kept.delete(address)
      this.#kept.set(address, known)
      return known
    }
    const { result } = await this.#flights.join(address, signal, async (stop) => {
      const document = await read(stop)
      this.put(address, document) // before the flight ends: nobody is to find neither
      return document
    })
    return result
  }

  #drop(address: string): void {
    const document = this.#kept.get(address)
    if (document === undefined) return
    this.#kept.delete(address)
    this.#bytes -= document.body.length
  }
}
