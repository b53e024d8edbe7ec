// The registry of the warming bench, in a process of its own so that its work is not counted as ours.

import { makeImage } from '../test/support/image.ts'
import { startRegistry } from '../test/support/registry.ts'

export interface Order {
  readonly layers: readonly number[]
  readonly seed: string
}

export interface Served {
  readonly host: string
  /** Addresses of every layer. */
  readonly urls: readonly string[]
}

const registry = await startRegistry()
// Its bench may have failed.
process.on('disconnect', () => process.exit())
process.on('message', (order: Order) => {
  const image = makeImage(order)
  registry.push('library/app', image, order.seed)
  const urls = [...image.blobs.keys()].map((digest) => `${registry.url}/v2/library/app/blobs/${digest}`)
  process.send?.({ host: registry.host, urls } satisfies Served)
})
