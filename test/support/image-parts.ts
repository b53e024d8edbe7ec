// What belongs to which platform of a made image.

import type { Digest } from '../../src/model/digest.ts'
import type { MadeImage } from './image.ts'

interface Descriptor {
  readonly digest: Digest
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string }
}

/**
 * The manifest, config and layers of each image of an index, by `os/arch[/variant]`; attestations are together under
 * `unknown/unknown`.
 */
export function partsOf(image: MadeImage): ReadonlyMap<string, readonly Digest[]> {
  const parts = new Map<string, readonly Digest[]>()
  const { manifests } = JSON.parse(image.top.bytes.toString()) as { readonly manifests: readonly Descriptor[] }
  for (const { digest, platform } of manifests) {
    const { os = '', architecture = '', variant } = platform ?? {}
    const name = [os, architecture, ...(variant === undefined ? [] : [variant])].join('/')
    const document = image.documents.find((one) => one.digest === digest)
    const { config, layers } = JSON.parse(String(document?.bytes)) as {
      readonly config: Descriptor
      readonly layers: readonly Descriptor[]
    }
    const own = [config, ...layers].map((part) => part.digest)
    parts.set(name, [...(parts.get(name) ?? []), digest, ...own])
  }
  return parts
}
