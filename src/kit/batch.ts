// Many small requests as a few larger ones, without waiting for company.

interface Waiting<I, O> {
  readonly item: I
  readonly resolve: (output: O) => void
  readonly reject: (error: unknown) => void
}

export interface BatchLimits {
  /** Items to a run. */
  readonly most: number
  /** Runs at the same time: one that hangs must not keep the others. */
  readonly atOnce: number
}

/**
 * Gathers items while as many runs as may be are under way, and runs all of them when one has ended; until then an item
 * runs in the next turn. `run` gives as many outputs as it was given items, in their order. Every item is run after it was added.
 */
export class Batch<I, O> {
  readonly #run: (items: readonly I[]) => Promise<readonly O[]>
  readonly #limits: BatchLimits
  #waiting: Waiting<I, O>[] = []
  #running = 0

  constructor(limits: BatchLimits, run: (items: readonly I[]) => Promise<readonly O[]>) {
    this.#limits = limits
    this.#run = run
  }

  /** Rejects as its run does. */
  add(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (this.#running < this.#limits.atOnce) this.#start()
    })
  }

  /** What came in the same turn of the event loop goes together. */
  #start(): void {
    this.#running++
    setImmediate(() => void this.#runAll())
  }

  async #runAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#runSome(this.#waiting.splice(0, this.#limits.most))
    this.#running--
  }

  async #runSome(some: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const outputs = await this.#run(some.map(({ item }) => item))
      for (const [n, { resolve }] of some.entries()) resolve(outputs[n] as O)
    } catch (error) {
      for (const { reject } of some) reject(error)
    }
  }
}
