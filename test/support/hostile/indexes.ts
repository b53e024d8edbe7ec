// Manifests that are others than their digests and tags say, and indexes that lead round in circles.

import assert from 'node:assert/strict'
import { digestOf, documentOf, mediaTypes, type MadeDocument, type MadeImage } from '../image.ts'
import { digestNumber, entryOf, indexOf, parsed } from './manifests.ts'
import {
  documentAnswer,
  imageAt,
  imageByDigest,
  isManifest,
  tagPath,
  type Answer,
  type Line,
  type Opened,
  type Stage,
} from './stage.ts'

/** Gives this for every manifest that is asked for. */
const always =
  (answerOf: (stage: Stage) => Answer, at?: string) =>
  async (stage: Stage): Promise<Opened> => {
    const answer = answerOf(stage)
    const site = await stage.registry((ask) => (isManifest(ask) ? answer : undefined))
    return { url: at === undefined ? imageAt(site) : imageByDigest(site, at) }
  }

const lies: readonly Line[] = [
  {
    name: 'another manifest than the one of the digest',
    ends: 'registry.wrong-digest',
    open: always((stage) => documentAnswer(stage.image().top), digestNumber(1)),
  },
  {
    name: 'an unsigned manifest of schema 1 for any digest',
    ends: 'registry.wrong-digest',
    open: always(
      () => ({ headers: { 'content-type': mediaTypes.schema1 }, body: '{"schemaVersion":1,"fsLayers":[]}' }),
      digestNumber(2),
    ),
  },
  {
    name: 'a manifest of schema 1 whose signature is of something else',
    ends: 'registry.wrong-digest',
    open: always((stage) => documentAnswer(stage.image({ format: 'schema1' }).top), digestNumber(3)),
  },
  {
    name: 'a tag whose Docker-Content-Digest is that of something else',
    ends: 'registry.wrong-digest',
    open: always((stage) => documentAnswer({ ...stage.image().top, digest: digestOf(Buffer.from('other')) })),
  },
  {
    name: 'a tag whose HEAD names another manifest than its GET',
    ends: 'registry.wrong-digest',
    open: async (stage) => {
      const [one, other] = [stage.image().top, stage.image({ layers: [77] }).top]
      return {
        url: imageAt(
          await stage.registry((ask) =>
            isManifest(ask) ? documentAnswer(ask.method === 'HEAD' ? one : other) : undefined,
          ),
        ),
      }
    },
  },
  {
    name: 'a Docker-Content-Digest that is a path',
    ends: 'SUCCESS',
    open: async (stage) => {
      const image = stage.image()
      const headers = { 'content-type': image.top.mediaType, 'docker-content-digest': 'sha256:../../etc/passwd' }
      return {
        url: imageAt(
          await stage.registry((ask) => (ask.path === tagPath ? { headers, body: image.top.bytes } : undefined), image),
        ),
      }
    },
  },
  {
    name: 'foreign layers that are to be had at the metadata address',
    ends: 'SUCCESS',
    says: /foreign/,
    open: async (stage) => {
      const thief = await stage.site(() => ({}))
      const image = stage.image()
      const foreign = {
        mediaType: mediaTypes.dockerForeignLayer,
        digest: digestNumber(9),
        size: 100,
        urls: ['http://169.254.169.254/', `http://${thief.host}/layer`, 'file:///etc/passwd'],
      }
      const fields = parsed(image)
      const top = documentOf(mediaTypes.ociManifest, {
        ...fields,
        layers: [foreign, ...(fields['layers'] as unknown[])],
      })
      const site = await stage.registry(() => undefined, { ...image, top, documents: [top] })
      return { url: imageAt(site), check: () => assert.equal(thief.asks.length, 0) }
    },
  },
]

/** An index with this one in it, and so on: `depth` indexes and a manifest at the bottom. */
function nested(image: MadeImage, depth: number): readonly MadeDocument[] {
  const documents: MadeDocument[] = [image.top]
  for (let level = 0; level < depth; level++) {
    const [top] = documents
    if (top !== undefined) documents.unshift(indexOf([entryOf(top)]))
  }
  return documents
}

const withDocuments = (documents: readonly MadeDocument[], image: MadeImage): MadeImage => ({
  ...image,
  top: documents[0] ?? image.top,
  documents: [...documents, ...image.documents],
})

const served =
  (make: (image: MadeImage) => readonly MadeDocument[]) =>
  async (stage: Stage): Promise<Opened> => {
    const image = stage.image()
    return { url: imageAt(await stage.registry(() => undefined, withDocuments(make(image), image))) }
  }

const indexes: readonly Line[] = [
  {
    name: 'an index that contains itself, as it says',
    ends: 'registry.wrong-digest',
    open: always(() =>
      documentAnswer(indexOf([{ mediaType: mediaTypes.ociIndex, digest: digestNumber(5), size: 100 }])),
    ),
  },
  {
    name: 'indexes nested four deep',
    ends: 'registry.invalid',
    says: /deeper than 3/,
    open: served((image) => nested(image, 4)),
  },
  {
    name: 'indexes nested three deep, which is nobody’s fault',
    ends: 'SUCCESS',
    open: served((image) => nested(image, 3)),
  },
  {
    name: 'an index of 501 entries',
    ends: 'registry.too-large',
    open: served((image) => [indexOf(Array.from({ length: 501 }, () => entryOf(image.top)))]),
  },
  {
    name: 'three indexes of 200 entries each',
    ends: 'registry.too-large',
    open: served((image) => {
      const parts = [1, 2, 3].map((number) =>
        indexOf(
          Array.from({ length: 200 }, () => entryOf(image.top)),
          { annotations: { number: `${number}` } },
        ),
      )
      return [indexOf(parts.map((part) => entryOf(part))), ...parts]
    }),
  },
  {
    name: 'an index that fans out to itself a hundred times at each level',
    ends: 'registry.too-large',
    open: served((image) => {
      const inner = indexOf(Array.from({ length: 100 }, () => entryOf(image.top)))
      return [indexOf(Array.from({ length: 100 }, () => entryOf(inner))), inner]
    }),
  },
  {
    name: 'an index that calls an index an image',
    ends: 'registry.invalid',
    open: served((image) => {
      const inner = indexOf([entryOf(image.top)])
      return [indexOf([{ ...entryOf(inner), mediaType: mediaTypes.ociManifest }]), inner]
    }),
  },
  {
    name: 'an index that calls an image an index',
    ends: 'registry.invalid',
    open: served((image) => [indexOf([{ ...entryOf(image.top), mediaType: mediaTypes.ociIndex }])]),
  },
  { name: 'an index without entries', ends: 'registry.no-platform', open: served(() => [indexOf([])]) },
  {
    name: 'an index of attestations alone',
    ends: 'registry.no-platform',
    open: served((image) => [
      indexOf(
        [entryOf(image.top, 'unknown')].map((entry) => ({
          ...entry,
          platform: { os: 'unknown', architecture: 'unknown' },
        })),
      ),
    ]),
  },
  {
    name: 'an index whose platforms are full of escapes',
    ends: 'SUCCESS',
    open: served((image) => [
      indexOf([
        { ...entryOf(image.top), platform: { os: '\u001b[31mlinux\n', architecture: '<script>alert(1)</script>' } },
      ]),
    ]),
  },
  {
    name: 'an index whose platforms are 1 MiB long',
    ends: 'SUCCESS',
    open: served((image) => [
      indexOf([{ ...entryOf(image.top), platform: { os: 'x'.repeat(2 ** 20), architecture: 'y'.repeat(2 ** 20) } }]),
    ]),
  },
]

export const indexLines: readonly Line[] = [...lies, ...indexes]
