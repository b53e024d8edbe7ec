// Pieces of a blob: how many there are, and whether some are all of it. Pure.

/** Numbers of pieces that are believed: with the smallest piece length this is a blob of 4 TiB. */
export const mostPieces = 2 ** 20

/** Bytes of a blob, as the peer holds them. */
export interface Piece {
  /** From 0. */
  readonly number: number
  readonly offset: number
  readonly length: number
}

/** A piece is between 4 and 64 MiB long, unless it is the last (client, resource/piece.rs). */
export const leastPieceLength = 4 * 1024 * 1024
export const greatestPieceLength = 64 * 1024 * 1024
/** Of one blob, where the piece length may still grow. */
const wantedPieces = 500

/** What a peer chooses for a blob of this size: the power of two that gives at most 500 pieces, within the bounds. */
export function usualPieceLength(size: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(size / wantedPieces, 1)))
  return Math.min(Math.max(wanted, leastPieceLength), greatestPieceLength)
}

/** The numbers of all pieces, as far as they are believed. */
export function pieceNumbers(size: number, pieceLength: number): readonly number[] {
  const count = Math.min(Math.ceil(size / Math.max(pieceLength, 1)), mostPieces)
  return Array.from({ length: count }, (_, number) => number)
}

/** Whether the pieces lie end to end from the first byte to the last, and nothing lies beyond. */
export function areWhole(pieces: readonly Piece[], size: number): boolean {
  let end = 0
  for (const { offset, length } of pieces.toSorted((one, other) => one.offset - other.offset)) {
    if (offset > end) return false
    end = Math.max(end, offset + length)
  }
  return end === size
}
