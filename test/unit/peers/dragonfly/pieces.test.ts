import assert from 'node:assert/strict'
import { test } from 'node:test'
import { areWhole, mostPieces, pieceNumbers, usualPieceLength } from '../../../../src/peers/dragonfly/pieces.ts'

const MiB = 1024 * 1024
const piece = (number: number, offset: number, length: number) => ({ number, offset, length })

const lengths: readonly (readonly [string, number, number])[] = [
  ['an empty blob', 0, 4 * MiB],
  ['a small blob', 1, 4 * MiB],
  ['500 pieces of 4 MiB', 2000 * MiB, 4 * MiB],
  ['one byte more', 2000 * MiB + 1, 8 * MiB],
  ['a blob beyond 32 GB', 40_000 * MiB, 64 * MiB],
]
for (const [name, size, expected] of lengths) {
  test(`pieces of ${name} are ${expected / MiB} MiB long`, () => assert.equal(usualPieceLength(size), expected))
}

test('a blob of no bytes has no pieces, and an exact multiple no empty one', () => {
  assert.deepEqual(pieceNumbers(0, 4), [])
  assert.deepEqual(pieceNumbers(8, 4), [0, 1])
  assert.deepEqual(pieceNumbers(9, 4), [0, 1, 2])
})

test('what a peer claims of lengths never makes more pieces than any blob has', () => {
  assert.equal(pieceNumbers(Number.MAX_SAFE_INTEGER, 0).length, mostPieces)
})

test('pieces are whole only from the first byte to the last', () => {
  const both = [piece(1, 4, 3), piece(0, 0, 4)]
  assert.equal(areWhole(both, 7), true)
  assert.equal(areWhole(both, 8), false)
  assert.equal(areWhole(both, 6), false)
  assert.equal(areWhole([piece(1, 4, 3)], 7), false)
  assert.equal(areWhole([piece(0, 0, 3), piece(1, 4, 3)], 7), false)
  assert.equal(areWhole([], 0), true)
})
