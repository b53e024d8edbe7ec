// So many bytes per second, shared by all who pass.

/** What it needs of the system's clock. */
export interface ThrottleClock {
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** A token bucket that holds one second's worth: what was not used in the last second is not lost. */
export class Throttle {
  readonly #bytesPerSecond: number
  readonly #clock: ThrottleClock
  /** What has passed and is not paid for yet; every second pays for `bytesPerSecond`. */
  #owed = 0
  #paidAtMs: number

  constructor(bytesPerSecond: number, clock: ThrottleClock) {
    this.#bytesPerSecond = bytesPerSecond
    this.#clock = clock
    this.#paidAtMs = clock.now()
  }

  /**
   * To be called with bytes that have come, before more are taken. Returns nothing where there is room, else a promise
   * for the moment when there is; who comes later waits longer. Rejects with the signal's reason.
   */
  pass(bytes: number, signal: AbortSignal): void | Promise<void> {
    const now = this.#clock.now()
    const sinceMs = Math.max(0, now - this.#paidAtMs) // a clock that was set back pays nothing, once
    this.#paidAtMs = now
    this.#owed = Math.max(0, this.#owed - (sinceMs * this.#bytesPerSecond) / 1000) + bytes
    const beyond = this.#owed - this.#bytesPerSecond
    if (beyond > 0) return this.#clock.sleep(Math.ceil((beyond * 1000) / this.#bytesPerSecond), signal)
  }
}
