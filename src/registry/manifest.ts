// Manifests and indexes, read from bytes that came from outside. Pure.

import { quotable } from '../kit/redact.ts'
import { Failure } from '../model/failure.ts'
import { parseDigest, type Digest } from '../model/digest.ts'
import { platformOf, type Platform } from '../model/platform.ts'
import { asFields, parseObject, repeatsMembers, type Fields } from './json.ts'
import { imageTypes, indexTypes, schema1Layer, schema1Types } from './media-types.ts'
import type { Where } from './refusal.ts'

/** What containerd accepts at most, rounded; the largest real ones make some hundred KiB. */
export const manifestBytes = 4 * 1024 * 1024
/** Of all indexes of one image together. Real ones have some dozen. */
export const mostEntries = 500
/** Docker itself stops at 127; artifacts have more. */
const mostLayers = 1000

export interface Descriptor {
  readonly digest: Digest
  /** Bytes; null in schema 1. */
  readonly size: number | null
  readonly mediaType: string
}

export interface Entry extends Descriptor {
  readonly kind: 'index' | 'image'
  /** null where the index does not say. */
  readonly platform: Platform | null
  /** An attestation or another companion of an image, not something to run. */
  readonly isCompanion: boolean
}

interface Index {
  readonly kind: 'index'
  readonly mediaType: string
  readonly entries: readonly Entry[]
}

export interface ImageManifest {
  readonly kind: 'image'
  readonly mediaType: string
  /** null in schema 1, which has the config inside. */
  readonly config: Descriptor | null
  readonly layers: readonly Descriptor[]
  /** Known beforehand only in schema 1. */
  readonly platform: Platform | null
}

export type Manifest = Index | ImageManifest

/** `contentType` helps only where the document does not say what it is. Throws Failure of side registry. */
export function parseManifest(bytes: Buffer, contentType: string | undefined, where: Where): Manifest {
  const document = parseObject(bytes)
  if (document === undefined) throw invalid(where, 'is not a JSON object')
  if (repeatsMembers(bytes.toString('utf8'))) throw invalid(where, 'names a member twice')
  const mediaType = typeOf(document, contentType)
  // One document that could be read as either would mean one thing to us and another to a node (CVE-2021-41190).
  if ('manifests' in document && ('layers' in document || 'config' in document || 'fsLayers' in document)) {
    throw invalid(where, 'is an index and a manifest at once')
  }
  if (indexTypes.includes(mediaType)) return parseIndex(document, mediaType, where)
  if (schema1Types.includes(mediaType)) return parseSchema1(document, mediaType, where)
  if (imageTypes.includes(mediaType)) return parseImage(document, mediaType, where)
  throw invalid(where, `is of a kind that is not known here (${quotable(mediaType)})`)
}

/** Its own word first, then the header's, then its shape: registries and proxies lose either of the first two. */
function typeOf(document: Fields, contentType: string | undefined): string {
  const known = [...indexTypes, ...imageTypes, ...schema1Types]
  const header = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  const said = [document['mediaType'], header].find((type) => typeof type === 'string' && known.includes(type))
  if (typeof said === 'string') return said
  if (typeof document['mediaType'] === 'string') return document['mediaType']
  if (Array.isArray(document['manifests'])) return indexTypes[0] ?? ''
  if (Array.isArray(document['fsLayers'])) return schema1Types[0] ?? ''
  return Array.isArray(document['layers']) ? (imageTypes[0] ?? '') : header
}

function parseIndex(document: Fields, mediaType: string, where: Where): Manifest {
  const manifests = document['manifests'] ?? []
  if (!Array.isArray(manifests)) throw invalid(where, 'has no list of manifests')
  if (manifests.length > mostEntries) throw tooMany(where, `${manifests.length} entries, more than ${mostEntries}`)
  return { kind: 'index', mediaType, entries: manifests.map((entry: unknown) => parseEntry(entry, where)) }
}

function parseEntry(value: unknown, where: Where): Entry {
  const fields = asFields(value)
  const descriptor = parseDescriptor(value, where)
  const annotations = asFields(fields['annotations'])
  const raw = asFields(fields['platform'])
  const text = (name: string) => (typeof raw[name] === 'string' ? raw[name] : '')
  const platform = platformOf({ os: text('os'), architecture: text('architecture'), variant: text('variant') }) ?? null
  return {
    ...descriptor,
    kind: indexTypes.includes(descriptor.mediaType) ? 'index' : 'image',
    platform,
    // BuildKit's attestations: platform unknown/unknown, and an annotation.
    isCompanion: platform?.os === 'unknown' || typeof annotations['vnd.docker.reference.type'] === 'string',
  }
}

function parseImage(document: Fields, mediaType: string, where: Where): Manifest {
  const layers = document['layers'] ?? []
  if (!Array.isArray(layers)) throw invalid(where, 'has no list of layers')
  if (layers.length > mostLayers) throw tooMany(where, `${layers.length} layers, more than ${mostLayers}`)
  return {
    kind: 'image',
    mediaType,
    config: parseDescriptor(document['config'], where),
    layers: layers.map((layer: unknown) => parseDescriptor(layer, where)),
    platform: null,
  }
}

/** Stands in schema 1 for a step that changed no file. Nodes make it themselves, and not every registry has it. */
const emptyLayer = 'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4'

/** Newest layer first, the same one often several times, and no sizes. */
function parseSchema1(document: Fields, mediaType: string, where: Where): Manifest {
  const layers = document['fsLayers']
  if (!Array.isArray(layers)) throw invalid(where, 'has no list of layers')
  if (layers.length > mostLayers) throw tooMany(where, `${layers.length} layers, more than ${mostLayers}`)
  const architecture = document['architecture']
  const raw = { os: 'linux', architecture: typeof architecture === 'string' ? architecture : '', variant: '' }
  const descriptors = layers.toReversed().map((layer: unknown): Descriptor => {
    const digest = asDigest(asFields(layer)['blobSum'], where)
    return { digest, size: null, mediaType: schema1Layer }
  })
  const held = descriptors.filter(({ digest }) => digest !== emptyLayer)
  return { kind: 'image', mediaType, config: null, layers: held, platform: platformOf(raw) ?? null }
}

function parseDescriptor(value: unknown, where: Where): Descriptor {
  const { digest, size, mediaType } = asFields(value)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(where, 'names a blob without a valid size')
  }
  const type = typeof mediaType === 'string' && /^[\x21-\x7e]{1,255}$/.test(mediaType) ? mediaType : ''
  return { digest: asDigest(digest, where), size, mediaType: type }
}

function asDigest(value: unknown, where: Where): Digest {
  const digest = typeof value === 'string' ? parseDigest(value) : undefined
  if (digest === undefined) throw invalid(where, 'names a blob without a valid digest')
  return digest
}

const invalid = ({ who, what }: Where, why: string): Failure =>
  new Failure('registry.invalid', `${who} gave a manifest for ${what} that ${why}.`)

const tooMany = ({ who, what }: Where, found: string): Failure =>
  new Failure('registry.too-large', `${who} gave a manifest for ${what} with ${found}.`)
