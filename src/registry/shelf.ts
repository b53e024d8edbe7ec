// Manifests and configs that were read and verified: each is fetched once, whoever needs it at the time or later.

import { Recent } from '../kit/recent.ts'
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
  readonly #kept = new Recent<Kept>(roomBytes, { sizeOf: ({ body }) => body.length })

  /** Whether taking it now could give what somebody else has read. */
  knows(address: string): boolean {
    return this.#kept.has(address) || this.#flights.has(address)
  }

  put(address: string, document: Kept): void {
    this.#kept.set(address, document)
  }

  /** `read` gives only what is verified. */
  async take(address: string, signal: AbortSignal, read: (signal: AbortSignal) => Promise<Kept>): Promise<Kept> {
    const known = this.#kept.get(address)
    if (known !== undefined) return known
    const { result } = await this.#flights.join(address, signal, async (stop) => {
      const document = await read(stop)
      this.put(address, document) // before the flight ends: nobody is to find neither
      return document
    })
    return result
  }
}
