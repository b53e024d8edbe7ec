// One flight per key: who asks for what is already under way waits for it instead of starting it again.

interface Flight<T> {
  readonly promise: Promise<T>
  readonly stop: AbortController
  waiters: number
}

/**
 * Shares work by key. The work runs under a signal of its own, which fires only when the last waiter has gone: one
 * caller's cancel never takes the result away from another.
 */
export class Share<T> {
  readonly #flights = new Map<string, Flight<T>>()
  readonly #isLeadersOwn: (thrown: unknown) => boolean

  /** `isLeadersOwn` names failures that say nothing about what a joiner would get: it tries for itself. */
  constructor(isLeadersOwn: (thrown: unknown) => boolean = () => false) {
    this.#isLeadersOwn = isLeadersOwn
  }

  /** Somebody is at it. */
  has(key: string): boolean {
    return this.#flights.has(key)
  }

  /** `led` says whether this call started the work or joined it. */
  async join(
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<{ readonly result: T; readonly led: boolean }> {
    for (;;) {
      const leads = !this.#flights.has(key)
      try {
        return await this.#fly(key, signal, work)
      } catch (thrown) {
        if (leads || signal.aborted || !this.#isLeadersOwn(thrown)) throw thrown
      }
    }
  }

  async #fly(
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<{ readonly result: T; readonly led: boolean }> {
    signal.throwIfAborted()
    const running = this.#flights.get(key)
    const flight = running ?? this.#start(key, work)
    flight.waiters++
    try {
      return { result: await untilAborted(flight.promise, signal), led: running === undefined }
    } finally {
      flight.waiters--
      if (flight.waiters === 0) {
        // Nobody may join a flight that is being stopped.
        if (this.#flights.get(key) === flight) this.#flights.delete(key)
        flight.stop.abort(signal.reason)
      }
    }
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const stop = new AbortController()
    const promise = work(stop.signal).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    })
    promise.catch(() => {}) // its waiters hear of it; without one it is nobody's loss
    const flight: Flight<T> = { promise, stop, waiters: 0 }
    this.#flights.set(key, flight)
    return flight
  }
}

/** Waits for a promise that cannot be stopped itself, at most until the signal fires. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
