// What a fake dfdaemon holds, and how it comes to it: from the origin, or from other daemons of its scheduler. Follows
// what is known of the real one: one byte is asked of the origin first; up to 4 MiB come straight from it; a download
// goes on when nobody listens; a read of a part marks the whole as finished.

import { get, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'

export const minPieceLength = 4 * 1024 * 1024

export type Traffic = 'BACK_TO_SOURCE' | 'REMOTE_PEER' | 'LOCAL_PEER'

export interface HeldPiece {
  readonly number: number
  readonly offset: number
  readonly bytes: Buffer
}

export interface HeldTask {
  readonly id: string
  contentLength: number | undefined
  pieceLength: number | undefined
  readonly pieces: Map<number, HeldPiece>
  /** Of pieces that are being fetched. */
  readonly inFlight: Map<number, Promise<HeldPiece>>
  finishedAt: number | undefined
  failedAt: number | undefined
}

export interface Source {
  readonly taskId: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly pieceLength: number | undefined
}

/** The origin refused: becomes JSON in the details of the status. */
export class BackendError extends Error {
  readonly statusCode: number | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(message: string, statusCode?: number, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.statusCode = statusCode
    this.headers = headers
  }
}

/** Where a daemon finds other daemons that fetch the same; throws while it is broken. */
export interface Tracker {
  register(taskId: string, store: TaskStore): void
  /** Who fetches it from the origin; the asker itself where it is to do so. */
  parentOf(source: Source, asker: TaskStore): TaskStore
}

export class TaskStore {
  readonly tasks = new Map<string, HeldTask>()
  readonly #tracker: Tracker | undefined
  /** Bytes that may still be stored. */
  freeBytes = Number.POSITIVE_INFINITY
  /** It takes pieces and loses them again, as on a broken disk. */
  keepsNothing = false

  constructor(tracker: Tracker | undefined) {
    this.#tracker = tracker
  }

  /** Learns the length, with one byte of the origin. */
  async start(source: Source): Promise<HeldTask> {
    const task = this.tasks.get(source.taskId) ?? emptyTask(source.taskId)
    this.tasks.set(source.taskId, task)
    task.failedAt = undefined
    if (task.contentLength !== undefined) return task
    try {
      const length = await lengthAt(source)
      if (length > this.freeBytes) {
        throw new Error(`no space left on device: not enough space to store the task: content_length=${length}`)
      }
      task.contentLength = length
      task.pieceLength = source.pieceLength ?? pieceLengthOf(length)
      return task
    } catch (error) {
      task.failedAt = Date.now()
      throw error
    }
  }

  /** Fetches what is missing, piece after piece. */
  async download(task: HeldTask, source: Source, tell: (piece: HeldPiece, traffic: Traffic) => void): Promise<void> {
    try {
      for (const number of numbersOf(task)) {
        const held = task.pieces.get(number) ?? (await task.inFlight.get(number))
        if (held !== undefined) tell(held, 'LOCAL_PEER')
        else await this.#fetch(task, number, source, tell)
      }
      task.finishedAt = Date.now()
      if (this.keepsNothing) task.pieces.clear()
    } catch (error) {
      task.failedAt = Date.now()
      throw error
    }
  }

  /** The first bytes of a task; the whole is called finished after it. */
  async readPart(task: HeldTask, source: Source, bytes: number): Promise<Buffer> {
    const pieces = Math.ceil(bytes / (task.pieceLength ?? minPieceLength))
    const got: Buffer[] = []
    for (let number = 0; number < pieces; number++) {
      await this.#fetch(task, number, source, (piece) => got.push(piece.bytes))
    }
    task.finishedAt = Date.now()
    return Buffer.concat(got).subarray(0, bytes)
  }

  /** For another daemon: waits while the piece is on its way. */
  async pieceFor(source: Source, number: number): Promise<HeldPiece> {
    const task = await this.start(source)
    const held = task.pieces.get(number) ?? task.inFlight.get(number)
    return held ?? this.#fetch(task, number, source, () => {})
  }

  async #fetch(
    task: HeldTask,
    number: number,
    source: Source,
    tell: (piece: HeldPiece, traffic: Traffic) => void,
  ): Promise<HeldPiece> {
    let traffic: Traffic = 'BACK_TO_SOURCE'
    const fetching = (async () => {
      const parent = this.#parentFor(task, source)
      if (parent !== undefined) {
        try {
          const piece = await parent.pieceFor(source, number)
          traffic = 'REMOTE_PEER'
          return piece
        } catch {
          // The parent failed: the origin has it.
        }
      }
      return pieceFrom(task, number, source)
    })()
    task.inFlight.set(number, fetching)
    try {
      const piece = await fetching
      task.pieces.set(number, piece)
      tell(piece, traffic)
      return piece
    } finally {
      task.inFlight.delete(number)
    }
  }

  /** Small blobs never, and nobody when the scheduler does not answer. */
  #parentFor(task: HeldTask, source: Source): TaskStore | undefined {
    if ((task.contentLength ?? 0) <= minPieceLength || this.#tracker === undefined) return undefined
    try {
      this.#tracker.register(task.id, this)
      const parent = this.#tracker.parentOf(source, this)
      return parent === this ? undefined : parent
    } catch {
      return undefined
    }
  }
}

const emptyTask = (id: string): HeldTask => ({
  id,
  contentLength: undefined,
  pieceLength: undefined,
  pieces: new Map(),
  inFlight: new Map(),
  finishedAt: undefined,
  failedAt: undefined,
})

function pieceLengthOf(size: number): number {
  let length = minPieceLength
  while (length < size / 500 && length < 16 * minPieceLength) length *= 2
  return length
}

export const numbersOf = ({ contentLength = 0, pieceLength = minPieceLength }: HeldTask): number[] =>
  Array.from({ length: Math.ceil(contentLength / pieceLength) }, (_, number) => number)

async function lengthAt(source: Source): Promise<number> {
  const response = await ask(source, 'bytes=0-0')
  response.destroy()
  const total = /\/(\d+)$/.exec(response.headers['content-range'] ?? '')?.[1] ?? response.headers['content-length']
  if (total === undefined) throw new Error('invalid content length')
  return Number(total)
}

async function pieceFrom(task: HeldTask, number: number, source: Source): Promise<HeldPiece> {
  const { contentLength = 0, pieceLength = minPieceLength } = task
  const offset = number * pieceLength
  const end = Math.min(offset + pieceLength, contentLength)
  const response = await ask(source, `bytes=${offset}-${end - 1}`)
  const bytes = await buffer(response)
  if (bytes.length !== end - offset) throw new Error(`content length mismatch expected: ${end - offset}`)
  return { number, offset, bytes }
}

async function ask({ url, headers }: Source, range: string): Promise<IncomingMessage> {
  const asking = get(url, { agent: false, headers: { ...headers, range } })
  const [response] = (await once(asking, 'response').catch((error: unknown) => {
    throw new BackendError(String(error))
  })) as [IncomingMessage]
  const { statusCode = 0 } = response
  if (statusCode >= 200 && statusCode < 300) return response
  const text = (await buffer(response)).toString()
  const flat = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
  throw new BackendError(text, statusCode, Object.fromEntries(flat) as Record<string, string>)
}
