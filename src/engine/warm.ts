// One task from waiting to settled: ask the driver, judge what came back, try again or give up.

import { shortDigest } from '../model/digest.ts'
import { asFailure } from '../model/failure.ts'
import type { Announce } from '../model/event.ts'
import type { Clock, Origin, PeerDriver } from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import type { Ledger } from './ledger.ts'
import { afterFailure, type RetryPolicy } from './retry.ts'

export interface WarmWith {
  readonly job: number
  readonly ledger: Ledger
  readonly origin: Origin
  readonly driver: PeerDriver
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

/** Never throws for a failed task: that is written in the ledger. Throws only the signal's reason. */
export async function warmTask(task: Task, use: WarmWith): Promise<void> {
  const { ledger, clock, signal } = use
  let barren = 0
  for (;;) {
    ledger.begin(task.ordinal, clock.now())
    const bytesBefore = ledger.bytesOf(task.ordinal)
    const failure = await attempt(task, use)
    if (failure === undefined) return
    signal.throwIfAborted()
    // A big blob over a bad line must get there in the end; a registry that gives a byte a try must not go on for ever.
    barren = ledger.bytesOf(task.ordinal) - bytesBefore >= fruitfulBytes ? 1 : barren + 1
    const leftMs = use.deadlineAtMs - clock.now()
    const verdict = afterFailure(failure, barren, { policy: use.policy, chance: use.chance(), leftMs })
    const problem = failure.problem
    const about = { job: use.job, peer: task.peer.id, blob: nameOf(task), problem, facts: failure.facts }
    if (verdict.act === 'stop') {
      ledger.failed(task.ordinal, problem, clock.now())
      use.announce({ at: 'task.failed', ...about })
      if (failure.code === 'self.fault') use.announce({ at: 'fault', where: 'warm', error: failure.cause })
      return
    }
    use.announce({ at: 'task.retried', ...about })
    await clock.sleep(verdict.afterMs, signal)
  }
}

async function attempt(task: Task, use: WarmWith): Promise<ReturnType<typeof asFailure> | undefined> {
  const { job, ledger, origin, driver, clock, signal } = use
  const startedAtMs = clock.now()
  try {
    const warmed = await driver.warm(task.peer, task.blob, {
      job,
      origin,
      signal,
      progress: (bytes) => ledger.advance(task.ordinal, bytes),
    })
    ledger.warmed(task.ordinal, warmed, clock.now())
    const { bytes, source } = warmed
    const ms = clock.now() - startedAtMs
    use.announce({ at: 'task.warmed', job, peer: task.peer.id, blob: nameOf(task), bytes, source, ms })
    return undefined
  } catch (error) {
    return asFailure(error)
  }
}

const nameOf = (task: Task): string => (task.blob.digest === null ? task.blob.url : shortDigest(task.blob.digest))
