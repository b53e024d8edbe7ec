// The content-addressed store on disk: what is in place is complete and verified, and stays within a size limit.

import { randomUUID } from 'node:crypto'
import { rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Blob } from '../../model/blob.ts'
import { shortDigest, type Digest } from '../../model/digest.ts'
import { Failure } from '../../model/failure.ts'
import type { Held } from '../../model/peer.ts'
import type { Clock, Origin } from '../../model/ports.ts'
import type { BlobShelf, HeldBlob } from '../../model/shelf.ts'
import { fill } from './fill.ts'
import type { Filled } from './fill.ts'
import { moveForGood, writeWhole } from './files.ts'
import { blobKey, partialKey, temporaryKey, typeKey } from './layout.ts'
import { mediaTypeAt, plainBytes } from './media-type.ts'
import { Names } from './names.ts'
import type { TagName } from './names.ts'
import { readRange } from './read.ts'
import { scan } from './scan.ts'
import { Stock } from './stock.ts'
import type { Claim, Item } from './stock.ts'
import { codeOf, inMiB, nameOf, onDisk } from './translate.ts'

/** A file's time follows its uses at this grain: enough to order evictions after a restart, too little to cost. */
const touchEveryMs = 60_000

export interface CacheOptions {
  /** Ours alone: no second process may use it. Made when missing. */
  readonly dir: string
  /** Bytes of blobs and partial downloads together. */
  readonly sizeLimit: number
  /** How long a tag is answered after its resolve. */
  readonly nameLifetimeMs: number
  readonly clock: Clock
}

export interface Fetch {
  readonly origin: Origin
  readonly signal: AbortSignal
  readonly progress: (bytes: number) => void
}

/** Reads what is there by names, sizes and times (about a second for 50,000 blobs), then answers. */
export async function openCache(options: CacheOptions): Promise<Cache> {
  const { dir, clock, nameLifetimeMs } = options
  const found = await onDisk('read its directory', () => scan(dir, clock.now(), nameLifetimeMs))
  const stock = new Stock(options.sizeLimit, () => clock.now())
  for (const { key, bytes, usedAtMs } of found) stock.add(key, bytes, usedAtMs)
  const cache = new Cache(options, stock)
  await cache.trim()
  return cache
}

/** Made by openCache. */
export class Cache implements BlobShelf {
  readonly #dir: string
  readonly #clock: Clock
  readonly #stock: Stock
  readonly #names: Names
  /** Files being removed: what comes to the same place has to wait, or it would be removed with them. */
  readonly #leaving = new Map<string, Promise<void>>()

  constructor(options: CacheOptions, stock: Stock) {
    this.#dir = options.dir
    this.#clock = options.clock
    this.#stock = stock
    this.#names = new Names(options.dir, options.nameLifetimeMs, options.clock)
  }

  /** Makes the cache fit its limit again, where that was lowered between two runs. */
  async trim(): Promise<void> {
    await this.#removeAll(this.#stock.surplus())
  }

  async open(digest: Digest): Promise<HeldBlob | undefined> {
    const key = blobKey(digest)
    const item = this.#stock.get(key)
    if (item === undefined) return undefined
    item.openedAtMs = this.#clock.now()
    if (!(await this.#isInPlace(key, item))) return undefined
    const mediaType = await onDisk(`read the type of ${digest}`, () => mediaTypeAt(this.#path(typeKey(key))))
    const bytes = (from: number, to: number) => readRange(this.#path(key), item, from, to)
    return { digest, size: item.bytes, mediaType: mediaType ?? plainBytes, bytes }
  }

  async digestOf(namespace: string, repository: string, tag: string): Promise<Digest | undefined> {
    const digest = await onDisk('read a name', () => this.#names.get({ namespace, repository, tag }))
    return digest !== undefined && (await this.#look(blobKey(digest))) !== undefined ? digest : undefined
  }

  async name(tag: TagName, digest: Digest): Promise<void> {
    await onDisk('write a name', () => this.#names.set(tag, digest))
  }

  /** The size of the blob if it is in place. */
  async find(blob: Blob & { readonly digest: Digest }): Promise<number | undefined> {
    const key = blobKey(blob.digest)
    const item = await this.#look(key)
    // Another size than the manifest says: one of the two is wrong, and fetching it again shows which.
    if (item === undefined || (blob.size !== null && blob.size !== item.bytes)) return undefined
    await onDisk(`keep the type of ${nameOf(blob)}`, () => this.#keepType(key, blob))
    return item.bytes
  }

  /** Until unpin(job) the blob is not evicted, also when it only comes later. */
  pin(job: number, digest: Digest): void {
    this.#stock.pin(job, blobKey(digest))
  }

  unpin(job: number): void {
    this.#stock.unpin(job)
  }

  /** Bytes that may come before something has to go. */
  get free(): number {
    return Math.max(0, this.#stock.limit - this.#stock.taken)
  }

  /** What is complete, and in no need of a download. */
  get held(): Held {
    return this.#stock.held
  }

  /** Takes a blob away; false: it is not there. Throws `peer.busy` while a running job or a reader needs it. */
  async evict(digest: Digest): Promise<boolean> {
    const key = blobKey(digest)
    if (this.#stock.get(key) === undefined) return false
    if (this.#stock.isInUse(key)) {
      const who = 'a running job or a reader needs it'
      throw new Failure('peer.busy', `The embedded cache keeps ${shortDigest(digest)} for now: ${who}.`)
    }
    this.#stock.remove(key)
    await this.#removeAll([key])
    return true
  }

  /**
   * Brings a blob into place from its origin. There may be one at a time for each digest. Throws Failure: those of
   * the origin, `registry.wrong-digest`, `peer.full`, `peer.broken`.
   */
  async fetch(blob: Blob, { origin, signal, progress }: Fetch): Promise<Filled> {
    const key = blob.digest === null ? temporaryKey(randomUUID()) : partialKey(blob.digest)
    const path = this.#path(key)
    const claim: Claim = { bytes: 0 }
    const room = (bytes: number) => this.#makeRoom(claim, bytes, blob)
    this.#stock.remove(key) // an earlier run's part now counts as the claim's
    await this.#leaving.get(key)
    try {
      if (blob.size !== null) await room(blob.size)
      const filled = await fill({ blob, path, origin, signal, room, progress })
      await onDisk(`put ${nameOf(blob)} in place`, () => this.#place(key, blob, filled, claim))
      return filled
    } catch (thrown) {
      this.#stock.release(claim)
      await this.#keepPartial(key)
      throw thrown
    }
  }

  async #makeRoom(claim: Claim, bytes: number, blob: Blob): Promise<void> {
    const victims = this.#stock.grow(claim, bytes)
    if (victims === undefined) {
      const { limit, taken } = this.#stock
      const why =
        bytes > limit
          ? 'which is more than it may hold at all'
          : `and too much of the ${inMiB(taken)} in use belongs to running jobs or is being read`
      const needs = `it needs ${inMiB(bytes)} of ${inMiB(limit)}`
      throw new Failure('peer.full', `The embedded cache has no room for ${nameOf(blob)}: ${needs}, ${why}.`)
    }
    await this.#removeAll(victims)
  }

  async #place(partial: string, blob: Blob, { digest, bytes }: Filled, claim: Claim): Promise<void> {
    const key = blobKey(digest)
    this.#stock.remove(key) // so that nobody evicts what we are about to replace
    await this.#leaving.get(key)
    await this.#keepType(key, blob)
    await moveForGood(this.#path(partial), this.#path(key))
    const now = this.#clock.now()
    this.#stock.release(claim)
    this.#stock.add(key, bytes, now, now)
  }

  /** What a broken-off download left takes room as well, and may be evicted. */
  async #keepPartial(key: string): Promise<void> {
    const left = await sizeOf(this.#path(key)).catch(() => undefined) // why it broke off is what matters
    if (left !== undefined) this.#stock.add(key, left, this.#clock.now())
  }

  async #look(key: string): Promise<Item | undefined> {
    const item = this.#stock.get(key)
    return item !== undefined && (await this.#isInPlace(key, item)) ? item : undefined
  }

  /** Whether the file is still what it was; otherwise the item is dropped. To look is a use. */
  async #isInPlace(key: string, item: Item): Promise<boolean> {
    const actual = await onDisk('look at a blob', () => sizeOf(this.#path(key)))
    if (this.#stock.get(key) !== item) return false // evicted meanwhile
    if (actual !== item.bytes) {
      this.#stock.remove(key)
      await this.#removeAll([key])
      return false
    }
    this.#stock.used(key, item)
    await this.#touch(key, item)
    return true
  }

  /** So that a restart still knows roughly what was used last. */
  async #touch(key: string, item: Item): Promise<void> {
    const now = this.#clock.now()
    if (now - item.touchedAtMs < touchEveryMs) return
    item.touchedAtMs = now
    await utimes(this.#path(key), now / 1000, now / 1000).catch(() => {}) // only the order of evictions suffers
  }

  /** A manifest is served under its media type, so that has to be there before the manifest is. */
  async #keepType(key: string, blob: Blob): Promise<void> {
    if (blob.kind !== 'manifest' && blob.kind !== 'index') return
    const path = this.#path(typeKey(key))
    if ((await mediaTypeAt(path)) === undefined) await writeWhole(this.#dir, typeKey(key), blob.mediaType)
  }

  async #removeAll(keys: readonly string[]): Promise<void> {
    const removals = keys.map((key) => {
      const gone = removeFiles(this.#path(key)).finally(() => this.#leaving.delete(key))
      this.#leaving.set(
        key,
        gone.catch(() => {}),
      )
      return gone
    })
    await onDisk('remove a blob', () => Promise.all(removals))
  }

  #path(key: string): string {
    return join(this.#dir, key)
  }
}

async function removeFiles(path: string): Promise<void> {
  await rm(path, { force: true })
  await rm(typeKey(path), { force: true })
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}
