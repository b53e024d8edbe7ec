// The driver of the embedded peer: one download per blob, however many jobs ask for it.

import { randomUUID } from 'node:crypto'
import type { Blob, ImageName } from '../../model/blob.ts'
import type { Digest } from '../../model/digest.ts'
import { Failure, isAskersOwn } from '../../model/failure.ts'
import type { Capabilities, PeerDriver, Presence, WarmContext, Warmed } from '../../model/driver.ts'
import type { Peer, PeerHealth } from '../../model/peer.ts'
import type { Moved } from '../../model/task.ts'
import { Lanes } from '../../kit/gate.ts'
import { Share, untilAborted } from '../../kit/share.ts'
import type { Cache } from './cache.ts'

/** How long close() waits for downloads to end in order. */
const closeWithinMs = 5_000

interface Present {
  readonly digest: Digest
  readonly bytes: number
  readonly bytesFromOrigin: number
  readonly wasHeld: boolean
}

type Tell = (bytes: number) => void

export class LocalDriver implements PeerDriver {
  readonly kind = 'local'
  readonly can: Capabilities = {
    sharesPieces: false,
    bodyThroughUs: true,
    probe: 'exact',
    cancel: 'stops',
    evict: true,
    documents: true,
    files: true,
    resumed: 'asked', // a replica that takes a job over has a cache of its own
  }
  readonly #cache: Cache
  readonly #flights = new Share<Present>(isAskersOwn)
  /** One fill at a time per blob, also while an earlier one that was cancelled still puts its file away. */
  readonly #lanes = new Lanes(1)
  readonly #listeners = new Map<string, Set<Tell>>()
  readonly #running = new Set<Promise<Present>>()
  readonly #stop = new AbortController()

  constructor(cache: Cache) {
    this.#cache = cache
  }

  async warm(_peer: Peer, blob: Blob, context: WarmContext): Promise<Warmed> {
    if (blob.digest !== null) this.#cache.pin(context.job, blob.digest)
    // A file has no identity: two that look alike may differ for two credentials, so nobody shares or resumes one.
    const key = blob.digest ?? randomUUID()
    const forget = this.#listen(key, context.progress)
    try {
      const { result: present, led } = await this.#flights.join(key, context.signal, (signal) =>
        this.#lead(key, blob, context, signal),
      )
      this.#cache.pin(context.job, present.digest)
      return {
        digest: present.digest,
        bytes: present.bytes,
        // To who joined, the bytes are there already: the origin sent them for another.
        ...cameFrom(led && !present.wasHeld, present),
        proof: 'digest',
      }
    } finally {
      forget()
    }
  }

  /** It runs in this very process. */
  async health(): Promise<Omit<PeerHealth, 'checkedAtMs'>> {
    const { free, held } = this.#cache
    return { state: 'up', detail: '', version: null, diskFree: free, held }
  }

  /** A file has no identity that could be looked for. */
  async probe(_peer: Peer, blob: Blob): Promise<Presence> {
    if (blob.digest === null) return 'unknown'
    return (await this.#cache.find({ ...blob, digest: blob.digest })) === undefined ? 'absent' : 'present'
  }

  /** Throws `peer.busy` while a running job or a reader needs the blob. */
  async evict(_peer: Peer, blob: Blob): Promise<boolean> {
    return blob.digest !== null && (await this.#cache.evict(blob.digest))
  }

  async name(_peer: Peer, image: ImageName): Promise<void> {
    const { namespace, repository, tag, digest } = image
    if (tag !== null) await this.#cache.name({ namespace, repository, tag }, digest)
  }

  settled(job: number): void {
    this.#cache.unpin(job)
  }

  /** One driver serves all clusters of its kind: it ends with the service, by `stop`. */
  async close(): Promise<void> {}

  /** Ends all downloads; what they have stays for the next start. */
  async stop(): Promise<void> {
    this.#stop.abort(new Failure('self.stopping', 'The embedded cache is stopping.'))
    const ended = Promise.allSettled(this.#running)
    await untilAborted(ended, AbortSignal.timeout(closeWithinMs)).catch(() => {}) // a stuck disk must not hold us
  }

  async #lead(key: string, blob: Blob, { origin }: WarmContext, shared: AbortSignal): Promise<Present> {
    const signal = AbortSignal.any([shared, this.#stop.signal])
    const progress = (bytes: number) => this.#listeners.get(key)?.forEach((tell) => tell(bytes))
    const running = this.#lanes.with(key, signal, async () => {
      const held = blob.digest === null ? undefined : await this.#cache.find({ ...blob, digest: blob.digest })
      if (blob.digest !== null && held !== undefined) {
        return { digest: blob.digest, bytes: held, bytesFromOrigin: 0, wasHeld: true }
      }
      return { ...(await this.#cache.fetch(blob, { origin, signal, progress })), wasHeld: false }
    })
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  #listen(key: string, tell: Tell): () => void {
    const listeners = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, listeners.add(tell))
    return () => {
      listeners.delete(tell)
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key)
    }
  }
}

function cameFrom(fetched: boolean, { bytes, bytesFromOrigin }: Present): Pick<Warmed, 'moved' | 'source'> {
  if (!fetched) return { moved: known({ local: bytes }), source: 'local' }
  return { moved: known({ origin: bytesFromOrigin, local: bytes - bytesFromOrigin }), source: 'origin' }
}

/** Without those that are none. */
const known = (moved: Moved): Moved => Object.fromEntries(Object.entries(moved).filter(([, bytes]) => bytes > 0))
