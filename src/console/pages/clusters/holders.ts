// Which peers hold how much of an image. Pure.

import type { Schemas } from '../../api/types.ts'

export interface Holder {
  readonly hostname: string
  readonly ip: string
  readonly held: number
  /** The names of the layers that it does not hold. */
  readonly missing: readonly string[]
}

export interface Holders {
  /** How many layers the image has; what several platforms share counts once. */
  readonly layers: number
  /** Those that hold at least one, the most incomplete first. */
  readonly peers: readonly Holder[]
}

export function holdersOf({ image, peers }: Schemas['ImageDistribution']): Holders {
  const layers = namesOf(image.layers)
  const holders = peers.map(({ hostname, ip, cached_layers }) => {
    const held = namesOf(cached_layers)
    const missing = [...layers].filter((name) => !held.has(name))
    return { hostname, ip, held: layers.size - missing.length, missing }
  })
  return { layers: layers.size, peers: holders.toSorted((a, b) => a.held - b.held) }
}

/** A digest, which is the last part of its address. */
const namesOf = (layers: readonly Schemas['LayerName'][]): ReadonlySet<string> =>
  new Set(layers.map(({ url }) => url.slice(url.lastIndexOf('/') + 1)))
