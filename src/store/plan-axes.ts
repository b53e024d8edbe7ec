// What a plan's tasks are about, from their names. Pure.

import type { Blob } from '../model/blob.ts'
import type { Peer } from '../model/peer.ts'
import type { PlanAxes } from '../model/plan-picture.ts'

/** Of tasks one after the other: the id of each one's peer, and the key of its blob. */
export interface Names {
  readonly peers: readonly string[]
  readonly blobs: readonly string[]
}

/** Takes the names stretch by stretch, as numbers: those of a hundred thousand tasks at once would be much to go through. */
export class AxesMaker {
  readonly #peers = new Map<string, number>()
  readonly #blobs = new Map<string, number>()
  readonly #peerOf: number[] = []
  readonly #blobOf: number[] = []

  add({ peers, blobs }: Names): void {
    for (const id of peers) this.#peerOf.push(numberOf(id, this.#peers))
    for (const key of blobs) this.#blobOf.push(numberOf(key, this.#blobs))
  }

  /** Peers that no task names are left out. undefined: a task names one, or a blob, that is not there. */
  make(peers: readonly Peer[], blobs: ReadonlyMap<string, Blob>): PlanAxes | undefined {
    const columns = peers.filter(({ id }) => this.#peers.has(id)).toSorted(byCluster)
    const rows = [...this.#blobs.keys()].flatMap((key) => blobs.get(key) ?? [])
    if (columns.length < this.#peers.size || rows.length < this.#blobs.size) return undefined
    const columnOf = new Uint32Array(columns.length)
    columns.forEach(({ id }, column) => (columnOf[this.#peers.get(id) ?? 0] = column))
    const places = Uint32Array.from(
      this.#peerOf,
      (peer, task) => (this.#blobOf[task] ?? 0) * columns.length + (columnOf[peer] ?? 0),
    )
    return { peers: columns, blobs: rows, places }
  }
}

function numberOf(name: string, known: Map<string, number>): number {
  const number = known.get(name) ?? known.size
  if (number === known.size) known.set(name, number)
  return number
}

/** By code units, as the roster orders them. */
const byCluster = (one: Peer, other: Peer): number =>
  one.clusterId - other.clusterId || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)
