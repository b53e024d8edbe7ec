// Where callers wait for an answer: only so many of them at the same time, and each only for so long.

import type { Announce } from '../model/event.ts'
import { Failure } from '../model/failure.ts'
import type { Clock } from '../model/ports.ts'
import { inTime } from './deadline.ts'

export interface DeskLimits {
  /** Answers that are made at the same time: each holds a caller's connection while registries and peers think. */
  readonly atOnce: number
  readonly withinMs: number
}

const retryAfterMs = 1000

export class Desk {
  readonly #ports: { readonly clock: Clock; readonly announce: Announce }
  readonly #limits: DeskLimits
  #running = 0

  constructor(ports: { readonly clock: Clock; readonly announce: Announce }, limits: DeskLimits) {
    this.#ports = ports
    this.#limits = limits
  }

  /**
   * `what` is being made: `The plan`. Throws what the work throws, `request.too-many`, `job.deadline` when it took too
   * long, and `job.cancelled` when the caller has gone.
   */
  async serve<T>(what: string, caller: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { atOnce, withinMs } = this.#limits
    if (this.#running >= atOnce) {
      throw new Failure('request.too-many', `${atOnce} answers like this one are being made already.`, { retryAfterMs })
    }
    this.#running++
    try {
      return await inTime({ clock: this.#ports.clock, withinMs, caller }, `${what} was not made`, work)
    } catch (error) {
      if (error instanceof Failure) {
        this.#ports.announce({ at: 'plan.failed', problem: error.problem, facts: error.facts })
      }
      throw error
    } finally {
      this.#running--
    }
  }
}
