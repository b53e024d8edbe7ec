// Bounded width: at most so many at once, the rest in line.

interface Place {
  readonly go: () => void
}

/** At most `width` holders at once, first come first served; waiting ends when the signal fires. */
export class Gate {
  #free: number
  readonly #line = new Set<Place>()

  constructor(width: number) {
    this.#free = width
  }

  async with<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    await this.#enter(signal)
    try {
      return await run()
    } finally {
      this.#leave()
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free--
      return
    }
    await new Promise<void>((resolve, reject) => {
      const place: Place = {
        go: () => {
          signal.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      const onAbort = () => {
        this.#line.delete(place)
        reject(signal.reason)
      }
      this.#line.add(place)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  #leave(): void {
    const [next] = this.#line
    if (next === undefined) {
      this.#free++
      return
    }
    this.#line.delete(next)
    next.go()
  }
}

/** One gate per key, such as per peer or per origin. A lane that nobody uses is forgotten. */
export class Lanes {
  readonly #widthOf: (key: string) => number
  readonly #lanes = new Map<string, { readonly gate: Gate; users: number }>()

  /** One width for all, or each key's own. */
  constructor(width: number | ((key: string) => number)) {
    this.#widthOf = typeof width === 'number' ? () => width : width
  }

  async with<T>(key: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(key) ?? { gate: new Gate(this.#widthOf(key)), users: 0 }
    this.#lanes.set(key, lane)
    lane.users++
    try {
      return await lane.gate.with(signal, run)
    } finally {
      lane.users--
      if (lane.users === 0) this.#lanes.delete(key)
    }
  }
}
