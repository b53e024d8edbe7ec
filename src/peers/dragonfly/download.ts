// One download by a peer: asked for, followed, and counted.

import type { Moved, Source } from '../../model/task.ts'
import type { Expected } from './holdings.ts'
import { usualPieceLength } from './pieces.ts'
import type { DownloadNews } from './wire.ts'

/** Counts what a peer tells of one download. */
export class Tally {
  readonly #progress: (bytes: number) => void
  readonly #moved: Partial<Record<Source, number>> = {}
  #seen: Set<number> | undefined
  #bytes = 0
  #longest = 0
  #contentLength: number | null = null
  #saysFinished = false
  #taskId = ''

  /** `most`: bytes of the blob, where they are known; no progress goes beyond. */
  constructor(most: number | null, progress: (bytes: number) => void) {
    this.#progress = (bytes) => progress(most === null ? bytes : Math.min(bytes, most))
  }

  readonly take = ({ taskId, started, piece }: DownloadNews): void => {
    this.#taskId = taskId
    if (started !== null) {
      this.#contentLength = started.contentLength
      this.#saysFinished = started.isFinished
    }
    if (piece === null) return
    this.#seen ??= new Set()
    if (this.#seen.has(piece.number)) return
    this.#seen.add(piece.number)
    this.#longest = Math.max(this.#longest, piece.length)
    if (piece.source !== null) this.#moved[piece.source] = (this.#moved[piece.source] ?? 0) + piece.length
    this.#bytes += piece.length
    this.#progress(this.#bytes)
  }

  /** '' where the peer told nothing at all, which it does for what it holds already (since client 1.4.1). */
  get taskId(): string {
    return this.#taskId
  }

  /** Nothing came from elsewhere, as far as the peer tells. */
  get isHit(): boolean {
    if (this.#bytes > (this.#moved.local ?? 0)) return false
    return this.#bytes > 0 || this.#saysFinished || this.#contentLength === null
  }

  /** null where the peer did not say how much there is. */
  get expected(): Expected | null {
    const size = this.#contentLength
    return size === null ? null : { size, pieceLength: this.#longest || usualPieceLength(size) }
  }

  /** Bytes by where they came from; those of a hit are not counted by the peer. */
  get moved(): Moved {
    return this.#moved
  }
}

/** What came by the last download, and what an earlier one fetched in vain; what is nothing is left out. */
export function movedInAll(last: Moved, inVain: Moved = {}): Moved {
  const origin = (last.origin ?? 0) + (inVain.origin ?? 0)
  const peer = (last.peer ?? 0) + (inVain.peer ?? 0)
  const local = last.local ?? 0
  return { ...(origin > 0 && { origin }), ...(peer > 0 && { peer }), ...(local > 0 && { local }) }
}

/** Where most of it came from. */
export function mainSource(moved: Moved): Source | null {
  const sources = (['origin', 'peer', 'local'] as const).filter((source) => (moved[source] ?? 0) > 0)
  return sources.toSorted((one, other) => (moved[other] ?? 0) - (moved[one] ?? 0))[0] ?? null
}
