// Who works at the same time in this replica: so many tasks in all, of one origin, and at one peer. The jobs take turns.

import { nextTurn } from '../kit/turns.ts'
import { Counts } from './counts.ts'
import type { Item, Lane, Room } from './worklist.ts'

export interface PlaceLimits {
  /** Over all jobs; 1 or more, as the others. */
  readonly atOnce: number
  readonly perOrigin: number
  /** At one peer; of one origin no more than half of them, so that a registry that hangs leaves the other half free. */
  readonly perPeer: number
}

/** A job with tasks to be done. */
export interface Guest {
  /** A task for which there is room; undefined: it has none for now. */
  take(room: Room): Item | undefined
  /** Does it; never throws. */
  run(item: Item): Promise<void>
}

/** So many begin in one turn of the event loop: a task that is answered at once must not keep calls waiting. */
const mostInATurn = 4

/**
 * A task takes all its places at once or none: nobody sits on one while waiting for another. Whatever is free goes to
 * the job that was served longest ago of those that can use it, so that a big job keeps no small one waiting.
 */
export class Places {
  readonly #limits: PlaceLimits
  /** Whoever was served longest ago comes first. */
  #guests = new Set<Guest>()
  readonly #ofOrigin = new Counts()
  readonly #atPeer = new Counts()
  readonly #inLane = new Counts()
  readonly #room: Room
  #running = 0
  #isAwake = false

  constructor(limits: PlaceLimits) {
    this.#limits = limits
    const perLane = Math.ceil(limits.perPeer / 2)
    this.#room = {
      ofOrigin: (origin) => this.#ofOrigin.of(origin) < limits.perOrigin,
      atPeer: ({ peer, key }) => this.#atPeer.of(peer) < limits.perPeer && this.#inLane.of(key) < perLane,
    }
  }

  enter(guest: Guest): void {
    this.#guests = new Set([guest, ...this.#guests])
    this.wake()
  }

  /** What it has running holds its places until its end. */
  leave(guest: Guest): void {
    this.#guests.delete(guest)
  }

  /** A guest may have something to do that it had not. */
  wake(): void {
    if (this.#isAwake) return
    this.#isAwake = true
    nextTurn(() => {
      this.#isAwake = false
      this.#serve()
    })
  }

  #serve(): void {
    for (let begun = 0; this.#running < this.#limits.atOnce; begun++) {
      if (begun === mostInATurn) {
        this.wake()
        return
      }
      if (!this.#serveOne()) return
    }
  }

  #serveOne(): boolean {
    for (const guest of this.#guests) {
      const item = guest.take(this.#room)
      if (item === undefined) continue
      this.#guests.delete(guest)
      this.#guests.add(guest)
      void this.#run(guest, item)
      return true
    }
    return false
  }

  async #run(guest: Guest, item: Item): Promise<void> {
    this.#count(item.lane, 1)
    await guest.run(item)
    this.#count(item.lane, -1)
    this.wake()
  }

  #count({ peer, origin, key }: Lane, by: 1 | -1): void {
    this.#running += by
    this.#ofOrigin.change(origin, by)
    this.#atPeer.change(peer, by)
    this.#inLane.change(key, by)
  }
}
