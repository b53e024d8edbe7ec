// In which order the peers of a map are shown, which of them, and where the next failed task is. Pure.

import type { Peer } from '../../../api/types.ts'
import { letters, type Cell } from './states.ts'

export const orders = { given: 'as planned', failed: 'failed first', name: 'by name' } as const
export type Order = keyof typeof orders

export interface Wanted {
  readonly order: Order
  /** Part of a hostname or an ip, in capitals or not. */
  readonly filter: string
}

const failed = letters.indexOf('f')
const byName = new Intl.Collator('en', { numeric: true })

/** Indices of `peers`. `worst` as of worstOf. */
export function orderOf(peers: readonly Peer[], worst: Uint8Array, { order, filter }: Wanted): readonly number[] {
  const text = filter.trim().toLowerCase()
  const shown = peers.flatMap((peer, index) => (isLike(peer, text) ? [index] : []))
  if (order === 'given') return shown
  const name = (index: number): string => peers[index]?.hostname ?? ''
  if (order === 'name') return shown.toSorted((a, b) => byName.compare(name(a), name(b)))
  const hasFailed = (index: number): boolean => worst[index] === failed
  return [...shown.filter(hasFailed), ...shown.filter((index) => !hasFailed(index))]
}

const isLike = ({ hostname, ip }: Peer, text: string): boolean =>
  hostname.toLowerCase().includes(text) || ip.toLowerCase().includes(text)

export const isSame = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((value, at) => value === other[at])

/**
 * The failed task after `from`, line by line as they are shown, and from the top again after the last. From the top too
 * where the peer of `from` is not shown.
 */
export function nextFailed(
  rows: readonly string[],
  order: readonly number[],
  from: Cell | undefined,
): Cell | undefined {
  const cells = order.length * rows.length
  const line = from === undefined ? -1 : order.indexOf(from.peer)
  const begin = from === undefined || line < 0 ? 0 : line * rows.length + from.blob + 1
  for (let n = 0; n < cells; n++) {
    const at = (begin + n) % cells
    const peer = order[Math.floor(at / rows.length)] ?? 0
    const blob = at % rows.length
    if (rows[blob]?.[peer] === 'f') return { peer, blob }
  }
  return undefined
}
