// One load for all who ask while another is under way, and never an answer older than the question.

interface Lane<T> {
  readonly flight: Promise<T>
  /** Begins when the flight is over, for all who came since it began. */
  next: Promise<T> | undefined
}

/** A load that takes longer hangs, on a connection that is dead perhaps. */
const usualPatienceMs = 1000

/**
 * Shares loads by key. Who comes while a load is under way waits for the next one, which begins when that has ended, or
 * hangs; so each caller gets what was loaded after its call. Unlike Share, where one joins what began before. A load
 * must end by itself.
 */
export class NextFlight<T> {
  readonly #lanes = new Map<string, Lane<T>>()
  readonly #patienceMs: number

  constructor(patienceMs = usualPatienceMs) {
    this.#patienceMs = patienceMs
  }

  /** Rejects as the load does; the callers of the next load do not notice. */
  run(key: string, load: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(key)
    if (lane === undefined) return this.#begin(key, load)
    lane.next ??= new Promise((resolve) => {
      let begun = false
      const begin = () => {
        clearTimeout(timer)
        if (!begun) resolve(this.#begin(key, load))
        begun = true
      }
      const timer = setTimeout(begin, this.#patienceMs)
      lane.flight.then(begin, begin)
    })
    return lane.next
  }

  #begin(key: string, load: () => Promise<T>): Promise<T> {
    const lane: Lane<T> = { flight: load(), next: undefined }
    this.#lanes.set(key, lane)
    const leave = () => {
      if (lane.next === undefined) this.#lanes.delete(key)
    }
    lane.flight.then(leave, leave)
    return lane.flight
  }
}
