// Until when something may last: by the clock, or because whoever asked for it has gone.

import { anyOf } from '../kit/signals.ts'
import { Failure } from '../model/failure.ts'
import type { Clock } from '../model/ports.ts'

export interface Deadline {
  readonly signal: AbortSignal
  /** Its time is over; where the caller's own signal fired first, it may still be to come. */
  readonly isOver: () => boolean
  /** To be called at the end of the work, in time or not. */
  readonly off: () => void
}

/** `late` is what the signal fires with when the time is over. */
export function deadline(clock: Clock, withinMs: number, signal: AbortSignal, late: () => Failure): Deadline {
  const over = new AbortController()
  const done = new AbortController()
  void clock.sleep(withinMs, done.signal).then(
    () => over.abort(late()),
    () => {},
  )
  return {
    signal: anyOf(over.signal, signal),
    isOver: () => over.signal.aborted,
    off: () => done.abort(),
  }
}

export interface Waits {
  readonly clock: Clock
  readonly withinMs: number
  /** Fires when whoever waits for the work has gone. */
  readonly caller: AbortSignal
}

/** Throws `job.deadline` when it took too long, `<what> within 30 s.`, and `job.cancelled` when the caller has gone. */
export async function inTime<T>(
  { clock, withinMs, caller }: Waits,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = () => new Failure('job.deadline', `${what} within ${Math.round(withinMs / 1000)} s.`)
  const until = deadline(clock, withinMs, caller, late)
  try {
    return await work(until.signal)
  } catch (error) {
    if (until.isOver()) throw until.signal.reason
    if (caller.aborted) throw new Failure('job.cancelled', 'Whoever asked for it has gone.', { cause: error })
    throw error
  } finally {
    until.off()
  }
}
