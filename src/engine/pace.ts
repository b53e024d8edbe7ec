// How fast a job goes, and how long it will take at that. Pure: who asks says what time it is.

import type { Progress } from '../model/job.ts'
import type { Rest } from './progress.ts'

/** What happened longer ago says nothing about now. */
const windowMs = 10_000
/** Sooner than that, a guess would be one of chance. */
const leastMs = 1000

interface Look {
  readonly atMs: number
  /** Bytes that came, without those that were held already. */
  readonly came: number
  readonly rest: Rest
}

export type Rate = Pick<Progress, 'bytesPerSecond' | 'secondsLeft'>

export class Pace {
  #looks: readonly Look[] = []

  /** The rate since the oldest look that is not too old. */
  note(atMs: number, { bytesDone, bytesHeld }: Progress, rest: Rest): Rate {
    const now: Look = { atMs, came: bytesDone - bytesHeld, rest }
    this.#looks = [...this.#looks.filter((look) => atMs - look.atMs <= windowMs), now]
    const first = this.#looks[0] ?? now
    const ms = atMs - first.atMs
    if (ms < leastMs) return { bytesPerSecond: null, secondsLeft: null }
    // A read that starts anew takes back what it had brought.
    const bytesPerSecond = Math.max(0, Math.round(((now.came - first.came) * 1000) / ms))
    return { bytesPerSecond, secondsLeft: secondsLeft(first.rest, rest, ms) }
  }
}

/** By bytes, or by tasks where sizes are unknown; null where nothing was done. */
function secondsLeft(before: Rest, now: Rest, ms: number): number | null {
  if (now.tasks === 0) return 0
  const [was, is] =
    before.bytes === null || now.bytes === null || now.bytes === 0
      ? [before.tasks, now.tasks]
      : [before.bytes, now.bytes]
  return was <= is ? null : Math.ceil((is * ms) / ((was - is) * 1000))
}
