// Which of many a key belongs to, by rendezvous hashing: each key likes them in an order of its own, and losing one
// moves only the keys that liked it best. Pure.

const fnvOffset = 0x81_1c_9d_c5
const fnvPrime = 0x01_00_01_93

/** FNV-1a, 32 bits: a plan of 100 blobs and 1,000 peers takes 100,000 weights, too many for a cryptographic hash. */
function hashOf(text: string): number {
  let hash = fnvOffset
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), fnvPrime)
  return mixed(hash)
}

/** Murmur3's finalizer: each bit of what goes in decides about each bit of what comes out. */
function mixed(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b)
  const second = Math.imul(first ^ (first >>> 13), 0xc2_b2_ae_35)
  return (second ^ (second >>> 16)) >>> 0
}

interface Site<T> {
  readonly item: T
  readonly hash: number
}

export class Rendezvous<T> {
  readonly #sites: readonly Site<T>[]

  /** The order of the items decides only between names whose hashes are the same. */
  constructor(items: readonly T[], nameOf: (item: T) => string) {
    this.#sites = items.map((item) => ({ item, hash: hashOf(nameOf(item)) }))
  }

  /** undefined: there are none. */
  best(key: string): T | undefined {
    const keyHash = hashOf(key)
    let best: T | undefined
    let most = -1
    for (const { item, hash } of this.#sites) {
      const weight = mixed(hash ^ keyHash)
      if (weight <= most) continue
      most = weight
      best = item
    }
    return best
  }

  /** All of them, the best first. */
  ranked(key: string): readonly T[] {
    const keyHash = hashOf(key)
    return this.#sites
      .map(({ item, hash }) => ({ item, weight: mixed(hash ^ keyHash) }))
      .toSorted((a, b) => b.weight - a.weight)
      .map(({ item }) => item)
  }
}
