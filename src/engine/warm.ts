// One try of a task: ask the driver, judge what came back, and say whether it is to be tried again.

import type { Announce } from '../model/event.ts'
import { asFailure, type Failure } from '../model/failure.ts'
import type { Peer } from '../model/peer.ts'
import type { TaskIdentity } from '../model/driver.ts'
import type { Clock } from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import type { Ledger } from './ledger.ts'
import { nameOfBlob } from './names.ts'
import type { Way } from './parts.ts'
import { afterFailure, type RetryPolicy } from './retry.ts'
import type { Pause } from './work.ts'

export interface WarmWith {
  readonly job: number
  readonly ledger: Ledger
  readonly identity: TaskIdentity
  readonly wayOf: (peer: Peer) => Way
  readonly clock: Clock
  /** A number in [0,1). */
  readonly chance: () => number
  readonly announce: Announce
  readonly policy: RetryPolicy
  readonly deadlineAtMs: number
  readonly signal: AbortSignal
}

/** A try that brought so many bytes closer is not counted against the task. */
const fruitfulBytes = 64 * 1024

export class Warming {
  readonly #use: WarmWith
  /** How many tries in a row brought nothing, of the tasks that were tried in vain. */
  readonly #barren = new Map<number, number>()

  constructor(use: WarmWith) {
    this.#use = use
  }

  /** undefined: the task is settled, and the ledger says how. Throws only the signal's reason. */
  async attempt(ordinal: number): Promise<Pause | undefined> {
    const { ledger, clock, signal } = this.#use
    ledger.begin(ordinal, clock.now())
    const task = ledger.at(ordinal)
    try {
      await this.#ask(task)
      this.#barren.delete(ordinal)
      return undefined
    } catch (error) {
      signal.throwIfAborted()
      return this.#judge(task, asFailure(error))
    }
  }

  async #ask({ ordinal, peer, blob }: Task): Promise<void> {
    const { job, ledger, identity, wayOf, clock, announce, signal } = this.#use
    const startedAtMs = clock.now()
    const { driver, origin, image, smallest } = wayOf(peer)
    const progress = (bytes: number): void => ledger.advance(ordinal, bytes)
    const context = { job, origin, image, identity, signal, progress, ...(smallest && { smallest }) }
    const warmed = await driver.warm(peer, blob, context)
    ledger.warmed(ordinal, warmed, clock.now())
    const { bytes, source } = warmed
    const ms = clock.now() - startedAtMs
    announce({ at: 'task.warmed', job, peer: peer.id, blob: nameOfBlob(blob), bytes, source, ms })
  }

  #judge({ ordinal, peer, blob, bytes }: Task, failure: Failure): Pause | undefined {
    const { job, ledger, clock, policy, deadlineAtMs, announce } = this.#use
    // A big blob over a bad line must get there in the end; a registry that gives a byte a try must not go on for ever.
    const isFruitful = ledger.at(ordinal).bytes - bytes >= fruitfulBytes
    const barren = isFruitful ? 1 : (this.#barren.get(ordinal) ?? 0) + 1
    const leftMs = deadlineAtMs - clock.now()
    const verdict = afterFailure(failure, barren, { policy, chance: this.#use.chance(), leftMs })
    const { problem, facts } = failure
    const about = { job, peer: peer.id, blob: nameOfBlob(blob), problem, facts }
    if (verdict.act === 'stop') {
      this.#barren.delete(ordinal)
      ledger.failed(ordinal, problem, clock.now())
      announce({ at: 'task.failed', ...about })
      if (failure.code === 'self.fault') announce({ at: 'fault', where: 'warm', error: failure.cause })
      return undefined
    }
    this.#barren.set(ordinal, barren)
    ledger.pause(ordinal)
    announce({ at: 'task.retried', ...about })
    return { ms: verdict.afterMs, isAskedFor: failure.retryAfterMs !== undefined }
  }
}
