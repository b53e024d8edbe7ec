// What a registry asked of us is heeded by all jobs: no request before the time that its 429 named.

import { Recent } from '../kit/recent.ts'
import { Failure } from '../model/failure.ts'
import type { Where } from './refusal.ts'

/** Of pauses at the same time. */
const mostPauses = 4096

export class Manners {
  readonly #now: () => number
  readonly #untilMs = new Recent<number>(mostPauses)

  constructor(now: () => number) {
    this.#now = now
  }

  /** `quota` names what the registry counts: one account's manifests, one account's blobs. */
  pause(quota: string, ms: number): void {
    this.#untilMs.set(quota, this.#now() + ms)
  }

  /** Throws `registry.busy` with the time that is left: the job's own patience decides whether it waits. */
  heed(quota: string, { who, what }: Where): void {
    const leftMs = (this.#untilMs.get(quota) ?? 0) - this.#now()
    if (leftMs > 0) {
      const wait = `for ${Math.ceil(leftMs / 1000)} s`
      throw new Failure('registry.busy', `${who} asked not to be asked ${wait}, and so not for ${what}.`, {
        facts: { paused: true },
        retryAfterMs: leftMs,
      })
    }
    this.#untilMs.delete(quota)
  }
}
