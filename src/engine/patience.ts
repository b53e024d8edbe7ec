// Asks again where that may help, and waits in between.

import { asFailure } from '../model/failure.ts'
import type { Clock } from '../model/ports.ts'
import { afterFailure, type RetryPolicy } from './retry.ts'

export interface Patience {
  readonly policy: RetryPolicy
  readonly clock: Clock
  /** A number in [0,1). */
  readonly chance: () => number
  readonly deadlineAtMs: number
  readonly signal: AbortSignal
}

/** Throws the Failure of the last try, or the signal's reason. */
export async function patiently<T>(by: Patience, ask: () => Promise<T>): Promise<T> {
  const { policy, clock, chance, deadlineAtMs, signal } = by
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      signal.throwIfAborted()
      const failure = asFailure(error)
      const verdict = afterFailure(failure, attempt, { policy, chance: chance(), leftMs: deadlineAtMs - clock.now() })
      if (verdict.act === 'stop') throw failure
      await clock.sleep(verdict.afterMs, signal)
    }
  }
}
