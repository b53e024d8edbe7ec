// Again or stop, and when. Pure: who sleeps is somebody else's business.

export interface RetryPolicy {
  /** Tries in a row that brought nothing, the first included. */
  readonly attempts: number
  readonly firstMs: number
  readonly longestMs: number
}

export interface Outcome {
  readonly temporary: boolean
  readonly retryAfterMs: number | undefined
}

export type Verdict =
  | { readonly act: 'again'; readonly afterMs: number }
  | { readonly act: 'stop'; readonly because: 'permanent' | 'attempts spent' | 'no time left' }

/** Four tries within about four seconds: longer outages are for the client's next job, not for one blob. */
export const usualPolicy: RetryPolicy = { attempts: 4, firstMs: 500, longestMs: 30_000 }

/**
 * `attempt` counts from 1. `chance` in [0,1) spreads the herd. The other side's own Retry-After wins over our
 * arithmetic, and a wait that would outlast the job is not begun.
 */
export function afterFailure(
  outcome: Outcome,
  attempt: number,
  around: { readonly policy: RetryPolicy; readonly chance: number; readonly leftMs: number },
): Verdict {
  if (!outcome.temporary) return { act: 'stop', because: 'permanent' }
  if (attempt >= around.policy.attempts) return { act: 'stop', because: 'attempts spent' }
  const ceiling = Math.min(around.policy.longestMs, around.policy.firstMs * 2 ** (attempt - 1))
  const jittered = Math.round(ceiling * (0.5 + around.chance / 2))
  const afterMs = outcome.retryAfterMs === undefined ? jittered : outcome.retryAfterMs + Math.round(jittered / 4)
  return afterMs >= around.leftMs ? { act: 'stop', because: 'no time left' } : { act: 'again', afterMs }
}
