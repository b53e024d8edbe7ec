// One download: from the origin into a partial file, hashed while it is written, and taken up where it broke off.

import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { hostOf, type Blob } from '../../model/blob.ts'
import { algorithmOf, parseDigest, shortDigest } from '../../model/digest.ts'
import type { Digest } from '../../model/digest.ts'
import { Failure } from '../../model/failure.ts'
import type { ByteSink, Origin } from '../../model/ports.ts'
import { nameOf, onDisk } from './translate.ts'

/** Chunks are gathered to this size before they are hashed and written: small writes cost three times the time. */
const gatherBytes = 2 ** 20

export interface FillOrder {
  readonly blob: Blob
  /** Where the bytes gather; nobody else may write there meanwhile. */
  readonly path: string
  readonly origin: Origin
  readonly signal: AbortSignal
  /** Asked before the file grows to so many bytes; throws `peer.full`. */
  readonly room: (bytes: number) => Promise<void>
  readonly progress: (bytes: number) => void
}

export interface Filled {
  readonly digest: Digest
  readonly bytes: number
  readonly bytesFromOrigin: number
}

/** Resolves when the file is complete, verified and synced. Otherwise what can be resumed stays, and only that. */
export async function fill(order: FillOrder): Promise<Filled> {
  try {
    const flags = constants.O_RDWR | constants.O_CREAT
    const file = await onDisk(`open a file for ${nameOf(order.blob)}`, () => open(order.path, flags, 0o640))
    try {
      return await fillFile(file, order)
    } finally {
      await file.close()
    }
  } catch (thrown) {
    // Where even that fails, the next start removes it, or the next fill finds that it does not fit.
    if (!isWorthKeeping(order.blob, thrown)) await rm(order.path, { force: true }).catch(() => {})
    throw thrown
  }
}

/** Without a digest and a size, nothing tells whether the rest of the bytes would fit to these. */
function isWorthKeeping(blob: Blob, thrown: unknown): boolean {
  if (blob.digest === null || blob.size === null) return false
  return !(thrown instanceof Failure && (thrown.code === 'registry.wrong-digest' || thrown.code === 'peer.full'))
}

async function fillFile(file: FileHandle, order: FillOrder): Promise<Filled> {
  const { blob, signal } = order
  const inflow = new Inflow(file, order)
  const found = await inflow.reread(signal)
  await receive(inflow, order)
  let digest = inflow.digest()
  if (found > 0 && digest !== blob.digest) {
    // The fault may lie in what an earlier run left (a power failure leaves holes): the origin gets a clean chance.
    await inflow.startAnew()
    await receive(inflow, order)
    digest = inflow.digest()
  }
  signal.throwIfAborted()
  const { bytes, bytesFromOrigin } = inflow
  if (blob.digest !== null && digest !== blob.digest) throw wrongBytes(blob, `${bytes} bytes of ${shortDigest(digest)}`)
  if (blob.size !== null && bytes !== blob.size) throw wrongBytes(blob, `${bytes} bytes`)
  await onDisk(`sync ${nameOf(blob)} to disk`, () => file.datasync())
  return { digest, bytes, bytesFromOrigin }
}

async function receive(inflow: Inflow, { blob, origin, signal }: FillOrder): Promise<void> {
  signal.throwIfAborted()
  if (blob.size !== null && inflow.bytes === blob.size) return
  try {
    await origin.read(blob, inflow.bytes, inflow, signal)
  } finally {
    await inflow.end()
  }
}

function wrongBytes(blob: Blob, what: string): Failure {
  const size = blob.size === null ? '' : `, which has ${blob.size} bytes`
  return new Failure('registry.wrong-digest', `${hostOf(blob)} sent ${what} for ${nameOf(blob)}${size}.`)
}

/** The partial file while it grows. Holds one buffer; the origin is made to wait for the disk. */
class Inflow implements ByteSink {
  readonly #file: FileHandle
  readonly #order: FillOrder
  readonly #buffer: Buffer
  #hash: Hash
  /** Hashed and written. */
  #position = 0
  /** In the buffer behind them. */
  #gathered = 0
  #received = 0
  #pouring: Promise<void> = Promise.resolve()

  constructor(file: FileHandle, order: FillOrder) {
    this.#file = file
    this.#order = order
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(gatherBytes, order.blob.size ?? gatherBytes)))
    this.#hash = this.#newHash()
  }

  get bytes(): number {
    return this.#position + this.#gathered
  }

  get bytesFromOrigin(): number {
    return this.#received
  }

  /** Hashes what an earlier run left, and says how much that is. More than the blob can have is thrown away. */
  async reread(signal: AbortSignal): Promise<number> {
    const { blob, progress } = this.#order
    const what = `read the partial ${nameOf(blob)}`
    const { size } = await onDisk(what, () => this.#file.stat())
    if (size > (blob.size ?? 0)) await this.startAnew()
    for (;;) {
      signal.throwIfAborted()
      const { bytesRead } = await onDisk(what, () =>
        this.#file.read(this.#buffer, 0, this.#buffer.length, this.#position),
      )
      if (bytesRead === 0) break
      this.#hash.update(this.#buffer.subarray(0, bytesRead))
      this.#position += bytesRead
    }
    if (this.#position > 0) progress(this.#position)
    return this.#position
  }

  async startAnew(): Promise<void> {
    await onDisk(`empty the partial ${nameOf(this.#order.blob)}`, () => this.#file.truncate(0))
    this.#hash = this.#newHash()
    this.#position = 0
    this.#gathered = 0
    this.#order.progress(0)
  }

  async begin(from: number, total: number | null): Promise<void> {
    const { blob, room } = this.#order
    if (from === 0 && this.bytes > 0) await this.startAnew()
    if (from !== this.bytes) {
      const asked = `asked for ${nameOf(blob)} from byte ${this.bytes}, sent it from byte ${from}`
      throw new Failure('registry.invalid', `${hostOf(blob)}, ${asked}.`)
    }
    if (blob.size === null && total !== null) await room(total)
  }

  write(chunk: Uint8Array): void | Promise<void> {
    const { blob } = this.#order
    const bytes = this.bytes + chunk.length
    if (blob.size !== null && bytes > blob.size) throw wrongBytes(blob, `${bytes} bytes or more`)
    this.#received += chunk.length
    if (this.#gathered + chunk.length < this.#buffer.length) return this.#gather(chunk)
    this.#pouring = this.#pour(chunk)
    this.#pouring.catch(() => {}) // an origin that has given up no longer listens; end() does
    return this.#pouring
  }

  /** Everything that was received is in the file afterwards, also where the origin gave up while we were writing. */
  async end(): Promise<void> {
    await this.#pouring
    await this.#flush()
  }

  async #flush(): Promise<void> {
    const gathered = this.#buffer.subarray(0, this.#gathered)
    if (gathered.length === 0) return
    const { blob, room, progress } = this.#order
    await room(this.bytes)
    const writing = onDisk(`write ${nameOf(blob)}`, () => this.#writeAll(gathered))
    this.#hash.update(gathered) // meanwhile a thread of the pool writes
    await writing
    this.#position += gathered.length
    this.#gathered = 0
    progress(this.#position)
  }

  /** Of all bytes in the file; may be asked once. */
  digest(): Digest {
    const { blob } = this.#order
    const algorithm = blob.digest === null ? 'sha256' : algorithmOf(blob.digest)
    const digest = parseDigest(`${algorithm}:${this.#hash.digest('hex')}`)
    if (digest === undefined) throw new Error(`node:crypto made no ${algorithm}`)
    return digest
  }

  #newHash(): Hash {
    const { digest } = this.#order.blob
    return createHash(digest === null ? 'sha256' : algorithmOf(digest))
  }

  #gather(chunk: Uint8Array): void {
    this.#buffer.set(chunk, this.#gathered)
    this.#gathered += chunk.length
  }

  async #pour(chunk: Uint8Array): Promise<void> {
    let rest = chunk
    while (rest.length > 0) {
      const part = rest.subarray(0, this.#buffer.length - this.#gathered)
      this.#gather(part)
      rest = rest.subarray(part.length)
      if (this.#gathered === this.#buffer.length) await this.#flush()
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0
    while (written < bytes.length) {
      const done = await this.#file.write(bytes, written, bytes.length - written, this.#position + written)
      written += done.bytesWritten
    }
  }
}
