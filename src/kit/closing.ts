// Closing in reverse, each step with a deadline.

interface Step {
  readonly name: string
  readonly run: () => Promise<void>
}

/** What was opened last is closed first. One stuck step is reported and never blocks the rest. */
export class Closing {
  readonly #steps: Step[] = []

  add(name: string, run: () => Promise<void>): void {
    this.#steps.push({ name, run })
  }

  async all(eachMs: number, report: (name: string, error: unknown) => void): Promise<void> {
    for (const { name, run } of this.#steps.splice(0).toReversed()) {
      await within(eachMs, run()).catch((error: unknown) => report(name, error))
    }
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(() => late.reject(new Error(`still open after ${ms} ms`)), ms)
  try {
    await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
