// One job's tasks from the first to the last, as places and pauses allow.

import type { Clock } from '../model/ports.ts'
import { Pauses } from './pauses.ts'
import type { Guest, Places } from './places.ts'
import type { Item, Room, Worklist } from './worklist.ts'

/** Before a task is tried again. */
export interface Pause {
  readonly ms: number
  /** The other side asked for it: what else is to be done at this peer with bytes of this origin waits as well. */
  readonly isAskedFor: boolean
}

export interface WorkWith {
  readonly places: Places
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Tries a task once. undefined: it is settled. Throws only what ends the job. */
  readonly attempt: (ordinal: number) => Promise<Pause | undefined>
}

export class Work implements Guest {
  readonly #list: Worklist
  readonly #with: WorkWith
  readonly #pauses: Pauses<{ readonly item: Item; readonly isAskedFor: boolean }>
  readonly #over = Promise.withResolvers<void>()
  #open: number
  #running = 0
  #failed: { readonly error: unknown } | undefined

  /** `open`: how many tasks are in the list. */
  constructor(list: Worklist, open: number, use: WorkWith) {
    this.#list = list
    this.#open = open
    this.#with = use
    this.#pauses = new Pauses(use.clock, use.signal, (paused) => {
      for (const { item, isAskedFor } of paused) {
        if (isAskedFor) item.lane.pauses--
        this.#list.putBack(item)
      }
      use.places.wake()
    })
  }

  /**
   * Resolves when every task is settled. Once the signal fires or a try throws, nothing further is begun; what runs is
   * waited for, then the first error (or the signal's reason) is thrown.
   */
  async toTheEnd(): Promise<void> {
    const { places, signal } = this.#with
    const look = () => this.#look()
    signal.addEventListener('abort', look)
    places.enter(this)
    try {
      this.#look()
      await this.#over.promise
    } finally {
      places.leave(this)
      signal.removeEventListener('abort', look)
    }
    if (this.#failed !== undefined) throw this.#failed.error
    signal.throwIfAborted()
  }

  take(room: Room): Item | undefined {
    return this.#isStopped ? undefined : this.#list.take(room)
  }

  async run(item: Item): Promise<void> {
    this.#running++
    try {
      const pause = await this.#with.attempt(item.ordinal)
      if (pause === undefined) this.#open--
      else this.#pause(item, pause)
    } catch (error) {
      this.#failed ??= { error }
    }
    this.#running--
    this.#list.end(item)
    this.#look()
  }

  #pause(item: Item, { ms, isAskedFor }: Pause): void {
    if (isAskedFor) item.lane.pauses++
    this.#pauses.add({ item, isAskedFor }, ms)
  }

  get #isStopped(): boolean {
    return this.#failed !== undefined || this.#with.signal.aborted
  }

  #look(): void {
    if (this.#open === 0 || (this.#isStopped && this.#running === 0)) this.#over.resolve()
  }
}
