// Manifests that are too large, no JSON, or contradict themselves.

import { gzipSync } from 'node:zlib'
import { descriptorOf, digestOf, documentOf, mediaTypes, type MadeDocument, type MadeImage } from '../image.ts'
import { imageAt, isManifest, type Line, type Opened, type Stage } from './stage.ts'

export type Fields = Readonly<Record<string, unknown>>

/** What a tag points at is this document, whose digest is right; all else is the image's. */
const topIs =
  (make: (image: MadeImage, stage: Stage) => MadeDocument) =>
  async (stage: Stage): Promise<Opened> => {
    const image = stage.image()
    const top = make(image, stage)
    return {
      url: imageAt(await stage.registry(() => undefined, { ...image, top, documents: [top, ...image.documents] })),
    }
  }

/** The bytes are the manifest, whatever they are. */
const bytesAre = (bytes: string, mediaType: string = mediaTypes.ociManifest) =>
  topIs(() => documentOf(mediaType, bytes))

export const parsed = ({ top }: MadeImage): Fields => JSON.parse(top.bytes.toString()) as Fields

/** An honest manifest but for these fields. */
const fieldsAre = (change: (fields: Fields, stage: Stage) => Fields) =>
  topIs((image, stage) => {
    const fields = parsed(image)
    return documentOf(mediaTypes.ociManifest, { ...fields, ...change(fields, stage) })
  })

/** An honest manifest but for its first layer. */
const layerIs = (change: Fields) =>
  fieldsAre(({ layers }) => ({
    layers: (layers as Fields[]).map((layer, place) => (place === 0 ? { ...layer, ...change } : layer)),
  }))

export const indexOf = (entries: readonly unknown[], more: Fields = {}): MadeDocument =>
  documentOf(mediaTypes.ociIndex, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: entries, ...more })

export const entryOf = ({ bytes, mediaType }: MadeDocument, architecture = 'amd64') => ({
  ...descriptorOf(bytes, mediaType),
  platform: { os: 'linux', architecture },
})

/** A digest that nothing has. */
export const digestNumber = (number: number): string => `sha256:${number.toString(16).padStart(64, '0')}`

const notJson: readonly Line[] = [
  {
    name: 'a manifest of more than 4 MiB',
    ends: 'registry.too-large',
    open: bytesAre(`{"schemaVersion":2,"x":"${'x'.repeat(4 * 2 ** 20)}"}`),
  },
  {
    name: 'a manifest that is a page',
    ends: 'registry.invalid',
    open: bytesAre('<html><script>alert(1)</script></html>', 'text/html'),
  },
  {
    name: 'a manifest that stops in the middle',
    ends: 'registry.invalid',
    open: bytesAre('{"schemaVersion":2,"layers":['),
  },
  { name: 'a manifest of nothing', ends: 'registry.invalid', open: bytesAre('') },
  { name: 'a manifest of NULs', ends: 'registry.invalid', open: bytesAre('\0'.repeat(1000)) },
  {
    name: 'a manifest in UTF-16',
    ends: 'registry.invalid',
    open: topIs(() => {
      const bytes = Buffer.from('{"schemaVersion":2}', 'utf16le')
      return { bytes, mediaType: mediaTypes.ociManifest, digest: digestOf(bytes) }
    }),
  },
  ...['1', '"text"', 'null', 'true', '[]', '[{"schemaVersion":2}]', '{}'].map((text): Line => ({
    name: `a manifest that is ${text}`,
    ends: 'registry.invalid',
    open: bytesAre(text),
  })),
  { name: 'a manifest of a million brackets', ends: 'registry.invalid', open: bytesAre('['.repeat(1_000_000)) },
  {
    name: 'layers nested a million deep',
    ends: 'registry.invalid',
    open: bytesAre(`{"schemaVersion":2,"layers":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`),
  },
  {
    name: 'objects nested 600,000 deep',
    ends: 'registry.invalid',
    open: bytesAre(`{"schemaVersion":2,"layers":${'{"":'.repeat(600_000)}0${'}'.repeat(600_000)}}`),
  },
  {
    name: 'a list of two million zeros for layers',
    ends: 'registry.too-large',
    open: bytesAre(`{"schemaVersion":2,"config":{},"layers":[0${',0'.repeat(2_000_000)}]}`),
  },
  { name: 'a manifest packed with gzip, which was not asked for', ends: 'registry.invalid', open: packed('{}') },
  {
    name: 'a bomb: 64 MiB of manifest in some 64 KiB of gzip',
    ends: 'registry.invalid',
    open: packed(`{"schemaVersion":2}${' '.repeat(2 ** 26)}`),
  },
]

/** Under the digest of the bytes that are sent. */
function packed(text: string) {
  return async (stage: Stage): Promise<Opened> => {
    const body = gzipSync(text, { level: 1 })
    const headers = {
      'content-type': mediaTypes.ociManifest,
      'content-encoding': 'gzip',
      'docker-content-digest': digestOf(body),
    }
    return { url: imageAt(await stage.registry((ask) => (isManifest(ask) ? { headers, body } : undefined))) }
  }
}

const twice = (first: string, second: string) =>
  topIs((image) => documentOf(mediaTypes.ociManifest, image.top.bytes.toString().replace('{', `{${first},${second},`)))

const contradictions: readonly Line[] = [
  { name: 'a manifest that names its layers twice', ends: 'registry.invalid', open: twice('"layers":[]', '"x":1') },
  {
    name: 'a manifest that names its layers twice, once in escapes',
    ends: 'registry.invalid',
    open: twice('"\\u006cayers":[]', '"x":1'),
  },
  { name: 'an index and a manifest at once', ends: 'registry.invalid', open: fieldsAre(() => ({ manifests: [] })) },
  { name: 'an index with fsLayers', ends: 'registry.invalid', open: topIs(() => indexOf([], { fsLayers: [] })) },
  {
    name: 'a manifest of a kind that nobody knows',
    ends: 'registry.invalid',
    open: bytesAre(
      '{"schemaVersion":2,"mediaType":"application/x-nobody\\u001b[31m\\u202e<script>"}',
      'application/x-nobody',
    ),
  },
  { name: 'a manifest without a config', ends: 'registry.invalid', open: fieldsAre(() => ({ config: undefined })) },
  { name: 'a manifest whose config is a list', ends: 'registry.invalid', open: fieldsAre(() => ({ config: [] })) },
  { name: 'layers that are an object', ends: 'registry.invalid', open: fieldsAre(() => ({ layers: { length: 3 } })) },
  { name: 'layers that are null', ends: 'registry.invalid', open: fieldsAre(() => ({ layers: [null] })) },
  {
    name: 'all that matters below __proto__',
    ends: 'registry.invalid',
    open: topIs((image) => documentOf(mediaTypes.ociManifest, `{"__proto__":${image.top.bytes.toString()}}`)),
  },
  {
    name: '10,000 layers',
    ends: 'registry.too-large',
    open: fieldsAre(() => ({
      layers: Array.from({ length: 10_000 }, (_, number) => ({
        mediaType: mediaTypes.ociLayer,
        digest: digestNumber(number),
        size: 1,
      })),
    })),
  },
  {
    name: 'schema 1 without layers',
    ends: 'registry.invalid',
    open: bytesAre('{"schemaVersion":1}', mediaTypes.schema1),
  },
  {
    name: 'schema 1 whose layers have paths for digests',
    ends: 'registry.invalid',
    open: bytesAre('{"schemaVersion":1,"fsLayers":[{"blobSum":"../../etc/passwd"}]}', mediaTypes.schema1),
  },
  { name: 'a media type of 1 MiB', ends: 'SUCCESS', open: layerIs({ mediaType: 'x'.repeat(2 ** 20) }) },
  {
    name: 'a media type with a line break in it',
    ends: 'SUCCESS',
    open: layerIs({ mediaType: 'text/html\r\nX-Injected: 1' }),
  },
]

const badSizes: readonly unknown[] = [-1, 1.5, 1e300, 2 ** 53, '123', null, true, [1], {}]
const badDigests: readonly unknown[] = [
  'sha256:../../etc/passwd',
  `sha256:${'0'.repeat(63)}/`,
  `sha256:${'a'.repeat(64)}/../../x`,
  `sha256:${'A'.repeat(64)}`,
  `SHA256:${'a'.repeat(64)}`,
  `sha256:${'a'.repeat(65)}`,
  `sha256:${'a'.repeat(64)}\n`,
  `sha512:${'a'.repeat(64)}`,
  `md5:${'a'.repeat(32)}`,
  'sha256:',
  'a'.repeat(64),
  '',
  7,
  null,
]

const badParts: readonly Line[] = [
  ...badSizes.map((size): Line => ({
    name: `a layer whose size is ${JSON.stringify(size)}`,
    ends: 'registry.invalid',
    open: layerIs({ size }),
  })),
  ...badDigests.map((digest): Line => ({
    name: `a layer whose digest is ${JSON.stringify(digest)}`,
    ends: 'registry.invalid',
    open: layerIs({ digest }),
  })),
  {
    name: 'an index whose entry has a path for a digest',
    ends: 'registry.invalid',
    open: topIs((image) => indexOf([{ ...entryOf(image.top), digest: 'sha256:../../../v2/other' }])),
  },
  {
    name: 'a layer larger than any disk',
    ends: 'peer.full',
    open: layerIs({ size: Number.MAX_SAFE_INTEGER }),
  },
  {
    name: '1,000 layers that are larger than any disk, together beyond what a database counts',
    ends: 'peer.full',
    open: fieldsAre(() => ({
      layers: Array.from({ length: 1000 }, (_, number) => ({
        mediaType: mediaTypes.ociLayer,
        digest: digestNumber(number + 1),
        size: Number.MAX_SAFE_INTEGER,
      })),
    })),
  },
]

export const manifests: readonly Line[] = [...notJson, ...contradictions, ...badParts]
