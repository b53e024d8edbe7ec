// What lies in the cache and how much room it takes, in order of last use. Memory only: the cache moves the files.

import type { Held } from '../../model/peer.ts'
import { chooseVictims } from './eviction.ts'
import { isBlobKey } from './layout.ts'

/** A blob whose reader has been told of it is kept this long, so that it is still there when the reading begins. */
const graceMs = 10_000

export interface Item {
  readonly bytes: number
  /** What the file's time says about its last use; only brought up to date now and then. */
  touchedAtMs: number
  openedAtMs: number
  readers: number
}

/** Room taken by a download under way. */
export interface Claim {
  bytes: number
}

export class Stock {
  readonly #limit: number
  readonly #now: () => number
  /** Oldest use first. */
  readonly #items = new Map<string, Item>()
  readonly #pins = new Map<number, Set<string>>()
  #taken = 0
  #held: Held = { blobs: 0, bytes: 0 }

  constructor(limit: number, now: () => number) {
    this.#limit = limit
    this.#now = now
  }

  get limit(): number {
    return this.#limit
  }

  /** Bytes of all items and claims. */
  get taken(): number {
    return this.#taken
  }

  /** The complete blobs among the items; parts of others take room as well. */
  get held(): Held {
    return this.#held
  }

  get(key: string): Item | undefined {
    return this.#items.get(key)
  }

  /** Becomes the most recently used. */
  add(key: string, bytes: number, touchedAtMs: number, openedAtMs = 0): void {
    this.remove(key)
    this.#items.set(key, { bytes, touchedAtMs, openedAtMs, readers: 0 })
    this.#count(key, 1, bytes)
  }

  remove(key: string): void {
    const item = this.#items.get(key)
    if (item === undefined) return
    this.#items.delete(key)
    this.#count(key, -1, -item.bytes)
  }

  used(key: string, item: Item): void {
    if (this.#items.delete(key)) this.#items.set(key, item)
  }

  /** Until the job is unpinned, the item under this key stays, whether it is there already or comes later. */
  pin(job: number, key: string): void {
    const pinned = this.#pins.get(job) ?? new Set()
    this.#pins.set(job, pinned.add(key))
  }

  unpin(job: number): void {
    this.#pins.delete(job)
  }

  /**
   * Lets a claim grow to `bytes`. Returns the keys that are no longer in stock for it and whose files must go;
   * undefined, and nothing has changed, where it cannot fit.
   */
  grow(claim: Claim, bytes: number): readonly string[] | undefined {
    const more = bytes - claim.bytes
    if (more <= 0) return []
    const victims = chooseVictims(this.#items, (key) => this.#mayGo(key), this.#taken + more - this.#limit)
    if (victims === undefined) return undefined
    for (const key of victims) this.remove(key)
    this.#taken += more
    claim.bytes = bytes
    return victims
  }

  release(claim: Claim): void {
    this.#taken -= claim.bytes
    claim.bytes = 0
  }

  /** Whether a running job or a reader needs it. */
  isInUse(key: string): boolean {
    if ((this.#items.get(key)?.readers ?? 0) > 0) return true
    for (const pinned of this.#pins.values()) if (pinned.has(key)) return true
    return false
  }

  /** What has to go to be within the limit again, after it was lowered. */
  surplus(): readonly string[] {
    const victims = chooseVictims(this.#items, (key) => this.#mayGo(key), this.#taken - this.#limit) ?? []
    for (const key of victims) this.remove(key)
    return victims
  }

  #count(key: string, blobs: number, bytes: number): void {
    this.#taken += bytes
    if (isBlobKey(key)) this.#held = { blobs: this.#held.blobs + blobs, bytes: this.#held.bytes + bytes }
  }

  #mayGo(key: string): boolean {
    const item = this.#items.get(key)
    return item !== undefined && this.#now() - item.openedAtMs >= graceMs && !this.isInUse(key)
  }
}
