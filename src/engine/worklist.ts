// The tasks of one job that wait for a place, in lanes by peer and origin: what is full or slow keeps only its own lane
// waiting. Pure.

import { blobKey, hostOf, type Blob } from '../model/blob.ts'
import type { Task } from '../model/task.ts'
import { Counts } from './counts.ts'

/** The job's tasks that wait to be done at one peer with bytes of one origin. */
export interface Lane {
  readonly peer: string
  readonly origin: string
  /** Names the two. */
  readonly key: string
  /** The next one last. */
  readonly waiting: Item[]
  /** How many pauses keep it from being served. */
  pauses: number
}

export interface Item {
  readonly ordinal: number
  readonly blob: string
  readonly lane: Lane
}

/** Whether there is room for one task more, over all jobs. */
export interface Room {
  ofOrigin(origin: string): boolean
  atPeer(lane: Lane): boolean
}

export interface JobLimits {
  /** Tasks at one peer at the same time: so many blobs. */
  readonly perPeer: number
  /** Tasks of one blob at the same time: on so many peers. */
  readonly perBlob: number
}

/** The lanes of one origin in which something waits; `next` is where the search goes on. */
interface Ring {
  readonly lanes: Lane[]
  next: number
}

/**
 * Lanes are served in turn. At most perPeer × perBlob tasks run at the same time, but none of these places belongs to a
 * peer or a blob: where one hangs, it holds no more than its own limit of them.
 */
export class Worklist {
  readonly #limits: JobLimits
  readonly #rings = new Map<string, Ring>()
  readonly #atPeer = new Counts()
  readonly #ofBlob = new Counts()
  #running = 0

  /** In the order in which they shall be begun. */
  constructor(tasks: readonly Task[], limits: JobLimits) {
    this.#limits = limits
    const lanes = lanesOf(tasks)
    for (const lane of lanes) this.#join(lane)
  }

  /** The next task for which there is room; it counts as running until its end. undefined: there is none for now. */
  take(room: Room): Item | undefined {
    const { perPeer, perBlob } = this.#limits
    if (this.#running >= perPeer * perBlob) return undefined
    for (const [origin, ring] of this.#rings) {
      const item = room.ofOrigin(origin) ? this.#takeFrom(ring, room) : undefined
      if (item === undefined) continue
      this.#rings.delete(origin) // the origins in turn
      if (ring.lanes.length > 0) this.#rings.set(origin, ring)
      this.#count(item, 1)
      return item
    }
    return undefined
  }

  end(item: Item): void {
    this.#count(item, -1)
  }

  /** It is the next one of its lane. */
  putBack(item: Item): void {
    const { lane } = item
    lane.waiting.push(item)
    if (lane.waiting.length === 1) this.#join(lane)
  }

  #takeFrom(ring: Ring, room: Room): Item | undefined {
    const { lanes, next } = ring
    for (let looked = 0; looked < lanes.length; looked++) {
      const place = (next + looked) % lanes.length
      const lane = lanes[place]
      if (lane === undefined || lane.pauses > 0) continue
      if (this.#atPeer.of(lane.peer) >= this.#limits.perPeer || !room.atPeer(lane)) continue
      const item = this.#takeOf(lane)
      if (item === undefined) continue
      const isEmpty = lane.waiting.length === 0
      if (isEmpty) lanes.splice(place, 1)
      ring.next = isEmpty ? place : place + 1
      return item
    }
    return undefined
  }

  /** Few blobs can be at their limit at the same time, so that one is soon found that is not. */
  #takeOf({ waiting }: Lane): Item | undefined {
    const place = waiting.findLastIndex(({ blob }) => this.#ofBlob.of(blob) < this.#limits.perBlob)
    return place < 0 ? undefined : waiting.splice(place, 1)[0]
  }

  #join(lane: Lane): void {
    const ring = this.#rings.get(lane.origin) ?? { lanes: [], next: 0 }
    ring.lanes.push(lane)
    this.#rings.set(lane.origin, ring)
  }

  #count({ lane, blob }: Item, by: 1 | -1): void {
    this.#running += by
    this.#atPeer.change(lane.peer, by)
    this.#ofBlob.change(blob, by)
  }
}

function lanesOf(tasks: readonly Task[]): readonly Lane[] {
  const lanes = new Map<string, Map<string, Lane>>()
  const origins = new Map<Blob, string>() // reading an address takes too long for each task
  for (const { ordinal, peer, blob } of tasks) {
    const origin = origins.get(blob) ?? hostOf(blob)
    origins.set(blob, origin)
    const atPeer = lanes.get(peer.id) ?? new Map<string, Lane>()
    lanes.set(peer.id, atPeer)
    const lane = atPeer.get(origin) ?? { peer: peer.id, origin, key: `${peer.id} ${origin}`, waiting: [], pauses: 0 }
    atPeer.set(origin, lane)
    lane.waiting.push({ ordinal, blob: blobKey(blob), lane })
  }
  const all = [...lanes.values()].flatMap((atPeer) => [...atPeer.values()])
  for (const { waiting } of all) waiting.reverse()
  return all
}
