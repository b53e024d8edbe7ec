// What a map says in words: of a cell, of a column, and of names that are too long. Pure.

import type { Blob, Peer } from '../../../api/types.ts'
import { bytesOrNone, shortDigest } from '../../../format.ts'
import { letterAt, words, type Cell } from './states.ts'

/** What a map is of, and how it stands. */
export interface Mapped {
  readonly peers: readonly Peer[]
  readonly blobs: readonly Blob[]
  /** For each blob a letter for each peer. */
  readonly rows: readonly string[]
}

export interface CellWords {
  /** `node-7 (10.0.0.7)`. */
  readonly peer: string
  /** `layer 3 of 100`. */
  readonly blob: string
  /** `sha256:9f86d081884c`, or the address of a file. */
  readonly name: string
  readonly size: string
  readonly state: string
}

export function wordsOf({ peers, blobs, rows }: Mapped, cell: Cell): CellWords {
  const peer = peers[cell.peer]
  const blob = blobs[cell.blob]
  return {
    peer: peer === undefined ? '' : nameOf(peer),
    blob: `${blob?.kind ?? 'blob'} ${cell.blob + 1} of ${blobs.length}`,
    name: blob === undefined ? '' : shortName(blob),
    size: bytesOrNone(blob?.size ?? null),
    state: words[letterAt(rows, cell)],
  }
}

/** For a screen reader. */
export const sentenceOf = ({ peer, blob, name, size, state }: CellWords): string =>
  `peer ${peer}, ${blob}, ${name}, ${size}, ${state}`

export const nameOf = ({ hostname, ip }: Peer): string =>
  ip === '' || ip === hostname ? hostname : `${hostname} (${ip})`

export const shortName = ({ digest, url }: Blob): string => (digest === null ? url : shortDigest(digest))

/** Without its domain where it has no room, and then cut. `fits` says whether a text has room. */
export function cutHost(hostname: string, fits: (text: string) => boolean): string {
  if (fits(hostname)) return hostname
  const isAddress = /^[\d.]+$|:/.test(hostname)
  return cut(isAddress ? hostname : hostname.replace(/\..*/s, ''), fits)
}

/** Cut in the middle: what tells hosts apart may stand at either end. */
function cut(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text
  const kept = (characters: number): string =>
    `${text.slice(0, Math.ceil(characters / 2))}…${text.slice(text.length - Math.floor(characters / 2))}`
  let [low, high] = [0, text.length - 1]
  while (low < high) {
    const between = Math.ceil((low + high) / 2)
    if (fits(kept(between))) low = between
    else high = between - 1
  }
  return kept(low)
}
