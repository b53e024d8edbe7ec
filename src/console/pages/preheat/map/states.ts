// What the letters of a map mean: their words, which is worse, how many there are. Pure.

/** Worst first. */
export const letters = ['f', 'c', 'r', 'q', 'w', 'h', '.'] as const
export type Letter = (typeof letters)[number]
export type Counts = Readonly<Record<Letter, number>>

export const words: Readonly<Record<Letter, string>> = {
  f: 'failed',
  c: 'cancelled',
  r: 'running',
  q: 'waiting',
  w: 'warm',
  h: 'held already',
  '.': 'no task',
}

const none = letters.length - 1
/** By character code: a map has 100,000 of them, and is read once a second. */
const ranks = new Uint8Array(128).fill(none)
for (const [rank, letter] of letters.entries()) ranks[letter.charCodeAt(0)] = rank

const rankAt = (row: string, peer: number): number => ranks[row.charCodeAt(peer)] ?? none

/** How bad: an index of `letters`. */
type Rank = number
export const letterOf = (rank: Rank): Letter => letters[rank] ?? '.'

/** `rows` has a row for each blob, and in it a letter for each peer. */
export const letterAt = (rows: readonly string[], { peer, blob }: Cell): Letter =>
  letterOf(rankAt(rows[blob] ?? '', peer))

/** Indices of the map's own lists, whatever the order that they are shown in. */
export interface Cell {
  readonly peer: number
  readonly blob: number
}

export function countsOf(rows: readonly string[]): Counts {
  const counts = new Uint32Array(letters.length)
  for (const row of rows)
    for (let peer = 0; peer < row.length; peer++) {
      const rank = rankAt(row, peer)
      counts[rank] = (counts[rank] ?? 0) + 1
    }
  return Object.fromEntries(letters.map((letter, rank) => [letter, counts[rank] ?? 0])) as Record<Letter, number>
}

/** For each peer, the worst of its tasks. */
export function worstOf(rows: readonly string[], peers: number): Uint8Array {
  const worst = new Uint8Array(peers).fill(none)
  for (const row of rows)
    for (let peer = 0; peer < peers; peer++) {
      const rank = rankAt(row, peer)
      if (rank < (worst[peer] ?? none)) worst[peer] = rank
    }
  return worst
}

/** For each line of a strip that is `lines` high and shows all of `order`, the worst of the peers that fall on it. */
export function stripOf(order: readonly number[], worst: Uint8Array, lines: number): Uint8Array {
  const strip = new Uint8Array(lines).fill(none)
  const perLine = order.length / lines
  for (let line = 0; line < lines; line++) {
    const end = Math.max(Math.floor(line * perLine) + 1, Math.ceil((line + 1) * perLine))
    for (const peer of order.slice(Math.floor(line * perLine), end))
      strip[line] = Math.min(strip[line] ?? none, worst[peer] ?? none)
  }
  return strip
}
