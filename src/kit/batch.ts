// Many small requests as a few larger ones, without waiting for company.

interface Waiting<I, O> {
  readonly item: I
  readonly resolve: (output: O) => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers items while a run is under way, and runs all of them at once when it has ended; alone, an item runs at once.
 * `run` gives as many outputs as it was given items, in their order. Every item is run after it was added.
 */
export class Batch<I, O> {
  readonly #run: (items: readonly I[]) => Promise<readonly O[]>
  readonly #most: number
  #waiting: Waiting<I, O>[] = []
  #running = false

  /** `most` items to a run. */
  constructor(most: number, run: (items: readonly I[]) => Promise<readonly O[]>) {
    this.#most = most
    this.#run = run
  }

  /** Rejects as its run does. */
  add(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (!this.#running) void this.#runAll()
    })
  }

  async #runAll(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) await this.#runSome(this.#waiting.splice(0, this.#most))
    this.#running = false
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
