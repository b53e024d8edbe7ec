// What a peer holds: looked at, proven piece by piece, and forgotten.

import { Failure } from '../../model/failure.ts'
import type { CallOptions, Caller } from './call.ts'
import { areWhole, pieceNumbers, usualPieceLength, type Piece } from './pieces.ts'
import { isLate } from './trouble.ts'
import type { LocalTask, Wire } from './wire.ts'

/** Whether all pieces of a task are there, and how many bytes it has; null where the peer does not know. */
export interface Held {
  readonly isWhole: boolean
  readonly size: number | null
}

/** What is believed of a task before it is looked at. Bytes. */
export interface Expected {
  readonly size: number
  readonly pieceLength: number
}

const nothing: Held = { isWhole: false, size: null }

export class Holdings {
  readonly #caller: Caller
  readonly #wire: Wire
  /** For one call. */
  readonly #withinMs: number

  constructor(caller: Caller, wire: Wire, withinMs: number) {
    this.#caller = caller
    this.#wire = wire
    this.#withinMs = withinMs
  }

  /** null: the peer does not know the task. */
  async look(taskId: string, options: CallOptions): Promise<LocalTask | null> {
    try {
      return await this.#caller.ask(this.#wire.statLocalTask, { task_id: taskId }, this.#withinMs, options)
    } catch (error) {
      if (isNotHeld(error)) return null
      throw error
    }
  }

  /**
   * Whether every piece is there. The peer's own word that a task is finished proves nothing: it says so after a read
   * of a part as well. Costs one call where what is expected is right.
   */
  async prove(taskId: string, expected: Expected | null, options: CallOptions): Promise<Held> {
    if (expected !== null && expected.size > 0) {
      try {
        const pieces = await this.#pieces(taskId, expected, options)
        if (areWhole(pieces, expected.size)) return { isWhole: true, size: expected.size }
      } catch (error) {
        if (!isLate(error)) throw error // of a task that is not finished, pieces that are missing are waited for
      }
    }
    const task = await this.look(taskId, options)
    return task === null ? nothing : this.proveTask(taskId, task, options)
  }

  /** As `prove`, of a task that was looked at: what is still being fetched is not waited for. */
  async proveTask(taskId: string, task: LocalTask, options: CallOptions): Promise<Held> {
    const { contentLength: size, pieceLength, isFinished } = task
    if (!isFinished || size === null) return { isWhole: false, size }
    const expected = { size, pieceLength: pieceLength ?? usualPieceLength(size) }
    const pieces = size === 0 ? [] : await this.#pieces(taskId, expected, options)
    return { isWhole: areWhole(pieces, size), size }
  }

  /** false: the peer did not hold it. */
  async forget(taskId: string, options: CallOptions): Promise<boolean> {
    if ((await this.look(taskId, options)) === null) return false
    try {
      await this.#caller.ask(this.#wire.deleteTask, { task_id: taskId }, this.#withinMs, options)
    } catch (error) {
      // The peer deletes first and tells its scheduler then: where only that failed, the blob is gone all the same.
      if ((await this.look(taskId, options)) !== null) throw error
    }
    return true
  }

  /** Those that are there; one more is asked for than there should be, so that a longer blob is not taken for this. */
  async #pieces(taskId: string, { size, pieceLength }: Expected, options: CallOptions): Promise<readonly Piece[]> {
    const numbers = pieceNumbers(size, pieceLength)
    const request = { host_id: '', task_id: taskId, interested_piece_numbers: [...numbers, numbers.length] }
    const found = new Map<number, Piece>()
    const take = (piece: Piece) => {
      if (piece.number <= numbers.length) found.set(piece.number, piece)
    }
    try {
      await this.#caller.gather(this.#wire.syncPieces, request, this.#withinMs, { ...options, take })
    } catch (error) {
      if (!isNotHeld(error)) throw error
    }
    return [...found.values()]
  }
}

const isNotHeld = (thrown: unknown): boolean => thrown instanceof Failure && thrown.code === 'peer.not-cached'
