// Waits before another try, many at a time.

import type { Clock } from '../model/ports.ts'

/** Those that end within so long end together: a hundred thousand tasks may wait at once, and no timer is for each. */
const togetherMs = 100

export class Pauses<T> {
  readonly #clock: Clock
  readonly #signal: AbortSignal
  readonly #over: (items: readonly T[]) => void
  readonly #until = new Map<number, T[]>()

  /** Once the signal fires, no pause ends any more. */
  constructor(clock: Clock, signal: AbortSignal, over: (items: readonly T[]) => void) {
    this.#clock = clock
    this.#signal = signal
    this.#over = over
  }

  /** A little longer than this, never shorter. */
  add(item: T, ms: number): void {
    const nowMs = this.#clock.now()
    const endMs = Math.ceil((nowMs + ms) / togetherMs) * togetherMs
    const others = this.#until.get(endMs)
    if (others !== undefined) {
      others.push(item)
      return
    }
    const items = [item]
    this.#until.set(endMs, items)
    this.#clock.sleep(endMs - nowMs, this.#signal).then(
      () => {
        this.#until.delete(endMs)
        this.#over(items)
      },
      () => {},
    )
  }
}
