// Makes images out of a seed: the same options give the same bytes, and nothing is read from outside.

import { createCipheriv, createHash } from 'node:crypto'
import type { Digest } from '../../src/model/digest.ts'
import { parseDigest } from '../../src/model/digest.ts'

export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerForeignLayer: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  schema1: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
} as const

export interface MadeDocument {
  readonly mediaType: string
  readonly bytes: Buffer
  readonly digest: Digest
}

export interface MadeImage {
  /** What a tag points at: the index where there is one, otherwise the manifest. */
  readonly top: MadeDocument
  /** Indexes and manifests, the top one included. */
  readonly documents: readonly MadeDocument[]
  /** Layers and configs. */
  readonly blobs: ReadonlyMap<Digest, Buffer>
}

export interface ImageOptions {
  /** Bytes of each layer. Default: two small ones. */
  readonly layers?: readonly number[]
  readonly seed?: string
  readonly format?: 'oci' | 'docker' | 'schema1'
  /** `os/arch[/variant]`, each with layers of its own below an index. Without them: one manifest, and no index. */
  readonly platforms?: readonly string[]
  /** Adds to the index what BuildKit adds: an attestation of platform unknown/unknown per platform. */
  readonly attestations?: boolean
}

export function digestOf(bytes: Uint8Array): Digest {
  const digest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
  if (digest === undefined) throw new Error('not a digest')
  return digest
}

/** Bytes that no compression shortens, the same for the same seed. */
export function bytesOf(size: number, seed: string): Buffer {
  const key = createHash('sha256').update(seed).digest()
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size))
}

export function documentOf(mediaType: string, content: unknown): MadeDocument {
  const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content, null, 2))
  return { mediaType, bytes, digest: digestOf(bytes) }
}

export function makeImage(options: ImageOptions = {}): MadeImage {
  const { layers = [4096, 1500], seed = 'warmfront', format = 'oci', platforms, attestations = false } = options
  if (format === 'schema1') return makeSchema1(layers, seed)
  if (platforms === undefined) return makeSingle(layers, seed, format, 'linux/amd64')
  const each = platforms.map((platform) => ({
    platform,
    image: makeSingle(layers, `${seed} ${platform}`, format, platform),
  }))
  const entries: object[] = each.map(({ platform, image }) => ({
    ...descriptorOf(image.top.bytes, image.top.mediaType),
    platform: platformOf(platform),
  }))
  const parts = each.map(({ image }) => image)
  if (attestations) {
    for (const { image } of each) {
      const attestation = makeSingle([64], `attestation of ${image.top.digest}`, format, 'unknown/unknown')
      parts.push(attestation)
      entries.push({
        ...descriptorOf(attestation.top.bytes, attestation.top.mediaType),
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: {
          'vnd.docker.reference.type': 'attestation-manifest',
          'vnd.docker.reference.digest': image.top.digest,
        },
      })
    }
  }
  const mediaType = format === 'oci' ? mediaTypes.ociIndex : mediaTypes.dockerList
  const top = documentOf(mediaType, { schemaVersion: 2, mediaType, manifests: entries })
  return {
    top,
    documents: [top, ...parts.flatMap((part) => part.documents)],
    blobs: new Map(parts.flatMap((part) => [...part.blobs])),
  }
}

export function descriptorOf(
  bytes: Uint8Array,
  mediaType: string,
): { mediaType: string; digest: Digest; size: number } {
  return { mediaType, digest: digestOf(bytes), size: bytes.length }
}

function platformOf(text: string): object {
  const [os, architecture, variant] = text.split('/')
  return { os, architecture, ...(variant === undefined ? {} : { variant }) }
}

function makeSingle(sizes: readonly number[], seed: string, format: 'oci' | 'docker', platform: string): MadeImage {
  const oci = format === 'oci'
  const layers = sizes.map((size, place) => bytesOf(size, `${seed} layer ${place}`))
  const diffIds = layers.map((layer) => digestOf(layer))
  const config = Buffer.from(
    JSON.stringify({ ...platformOf(platform), config: {}, rootfs: { type: 'layers', diff_ids: diffIds } }),
  )
  const mediaType = oci ? mediaTypes.ociManifest : mediaTypes.dockerManifest
  const top = documentOf(mediaType, {
    schemaVersion: 2,
    mediaType,
    config: descriptorOf(config, oci ? mediaTypes.ociConfig : mediaTypes.dockerConfig),
    layers: layers.map((layer) => descriptorOf(layer, oci ? mediaTypes.ociLayer : mediaTypes.dockerLayer)),
  })
  const blobs = new Map([config, ...layers].map((bytes) => [digestOf(bytes), bytes] as const))
  return { top, documents: [top], blobs }
}

/** An image of so many blobs, config included, all of the same length: its config's, which depends on their number alone. */
export function evenImage(blobs: number, seed = 'even'): { readonly image: MadeImage; readonly blobBytes: number } {
  const layersOf = (bytes: number) => Array.from({ length: blobs - 1 }, () => bytes)
  const [config] = makeImage({ layers: layersOf(1), seed }).blobs.values()
  const blobBytes = config?.length ?? 0
  return { image: makeImage({ layers: layersOf(blobBytes), seed }), blobBytes }
}

/**
 * Docker schema 1, signed: newest layer first, one of them twice, as builds made them. The digest is that of the
 * payload, which the signature block says how to restore. The signature itself is not a real one.
 */
function makeSchema1(sizes: readonly number[], seed: string): MadeImage {
  const layers = sizes.map((size, place) => bytesOf(size, `${seed} layer ${place}`))
  const newestFirst = layers.map((layer) => digestOf(layer)).toReversed()
  const withDuplicate = [...newestFirst.slice(0, 1), ...newestFirst]
  const payload = JSON.stringify(
    {
      schemaVersion: 1,
      name: 'library/old',
      tag: 'latest',
      architecture: 'amd64',
      fsLayers: withDuplicate.map((blobSum) => ({ blobSum })),
      history: withDuplicate.map((id) => ({ v1Compatibility: JSON.stringify({ id, os: 'linux' }) })),
    },
    null,
    3,
  )
  const tail = '\n}'
  const head = payload.slice(0, payload.length - tail.length)
  const protectedHeader = { formatLength: head.length, formatTail: Buffer.from(tail).toString('base64url') }
  const signature = {
    header: { alg: 'ES256' },
    signature: 'bm9uZQ',
    protected: Buffer.from(JSON.stringify(protectedHeader)).toString('base64url'),
  }
  const bytes = Buffer.from(`${head},\n   "signatures": [${JSON.stringify(signature)}]${tail}`)
  const top = { mediaType: mediaTypes.schema1, bytes, digest: digestOf(Buffer.from(payload)) }
  return { top, documents: [top], blobs: new Map(layers.map((layer) => [digestOf(layer), layer])) }
}
