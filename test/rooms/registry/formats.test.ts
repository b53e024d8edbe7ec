// Every kind of manifest that registries hold, and which of an index's images are meant.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { bytesOf, descriptorOf, documentOf, makeImage, mediaTypes, type MadeDocument } from '../../support/image.ts'
import { sha256Of } from '../../support/origins.ts'
import { openRegistryRoom } from '../../support/registry-room.ts'

async function bench(t: TestContext) {
  const { registry, resolve } = await openRegistryRoom(t)
  const push = (mediaType: string, content: object, ...blobs: readonly Buffer[]): MadeDocument => {
    const document = documentOf(mediaType, { mediaType, ...content })
    for (const bytes of blobs) registry.pushBlob('library/app', bytes)
    registry.pushDocument('library/app', document, 'latest')
    return document
  }
  const warmAll = async (change = {}) => {
    const { artifact, origin } = await resolve(change)
    for (const blob of artifact.blobs) assert.equal(await sha256Of(origin, blob), blob.digest)
    return artifact
  }
  return { registry, push, resolve, warmAll }
}

const empty = Buffer.from('{}')
const emptyConfig = { ...descriptorOf(empty, 'application/vnd.oci.empty.v1+json'), data: 'e30=' }
const weights = bytesOf(70_000, 'weights')

/** Manifests beside images, and the media types of what they hold. */
const artifacts: readonly (readonly [string, object, readonly string[]])[] = [
  [
    'an OCI artifact',
    {
      artifactType: 'application/vnd.example.sbom',
      config: emptyConfig,
      layers: [descriptorOf(weights, 'application/spdx+json')],
    },
    ['application/vnd.oci.empty.v1+json', 'application/spdx+json'],
  ],
  [
    'a model',
    {
      artifactType: 'application/vnd.cncf.model.manifest.v1+json',
      config: descriptorOf(empty, 'application/vnd.cncf.model.config.v1+json'),
      layers: [descriptorOf(weights, 'application/vnd.cncf.model.weight.v1.raw')],
    },
    ['application/vnd.cncf.model.config.v1+json', 'application/vnd.cncf.model.weight.v1.raw'],
  ],
  [
    'a chart, with what it is about',
    {
      config: descriptorOf(empty, 'application/vnd.cncf.helm.config.v1+json'),
      layers: [descriptorOf(weights, 'application/vnd.cncf.helm.chart.content.v1.tar+gzip')],
      subject: descriptorOf(weights, mediaTypes.ociManifest),
    },
    ['application/vnd.cncf.helm.config.v1+json', 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'],
  ],
  [
    'layers of zstd',
    {
      config: descriptorOf(empty, mediaTypes.ociConfig),
      layers: [descriptorOf(weights, 'application/vnd.oci.image.layer.v1.tar+zstd')],
    },
    [mediaTypes.ociConfig, 'application/vnd.oci.image.layer.v1.tar+zstd'],
  ],
  [
    'a layer that does not say what it is',
    {
      config: descriptorOf(empty, mediaTypes.ociConfig),
      layers: [{ ...descriptorOf(weights, ''), mediaType: undefined }],
    },
    [mediaTypes.ociConfig, 'application/octet-stream'],
  ],
]
for (const [name, content, types] of artifacts) {
  test(`${name} is made present as it is, whatever platform is meant`, async (t) => {
    const { push, warmAll } = await bench(t)
    push(mediaTypes.ociManifest, content, empty, weights)
    const { blobs, platforms, warnings } = await warmAll()
    assert.deepEqual(
      blobs.map(({ mediaType }) => mediaType),
      [mediaTypes.ociManifest, ...types],
    )
    assert.deepEqual([platforms, warnings], [[], []])
    assert.equal((await warmAll({ platforms: ['linux/arm64'] })).blobs.length, 3)
  })
}

for (const config of [
  '[]',
  '{}',
  '{"os":"linux"}',
  '{"os":7,"architecture":8}',
  '{"os":"a b","architecture":"x"}',
  '<html>',
]) {
  test(`an image whose config is ${config} is for no platform that can be missing`, async (t) => {
    const { push, warmAll } = await bench(t)
    const bytes = Buffer.from(config)
    push(mediaTypes.ociManifest, { config: descriptorOf(bytes, mediaTypes.ociConfig), layers: [] }, bytes)
    assert.deepEqual((await warmAll({ platforms: ['linux/arm64'] })).platforms, [])
  })
}

test('a config that has another digest is registry.wrong-digest', async (t) => {
  const { registry, push, resolve } = await bench(t)
  push(mediaTypes.ociManifest, { config: descriptorOf(empty, mediaTypes.ociConfig), layers: [] }, empty)
  registry.fault({ path: /blobs/, body: '[]' })
  await assert.rejects(resolve({ platforms: ['linux/arm64'] }), { code: 'registry.wrong-digest' })
})

test('schema 1 names the empty layer, which nodes make themselves', async (t) => {
  const { push, warmAll } = await bench(t)
  const layer = bytesOf(100, 'old')
  const { digest } = descriptorOf(layer, '')
  const none = 'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4'
  const fsLayers = [none, digest, none, digest].map((blobSum) => ({ blobSum }))
  const { digest: top, bytes } = push(mediaTypes.schema1, { architecture: 'arm64', fsLayers }, layer)
  const { blobs, platforms } = await warmAll()
  assert.deepEqual(
    blobs.map(({ digest: name, size }) => [name, size]),
    [
      [top, bytes.length],
      [digest, null],
    ],
  )
  assert.deepEqual(platforms, ['linux/arm64'])
})

/** What an index says of an entry that is something else. */
const mislabelled = [
  ['an image as an index', mediaTypes.ociIndex, 'a manifest'],
  ['an index as an image', mediaTypes.ociManifest, 'an index'],
] as const
for (const [name, mediaType, what] of mislabelled) {
  test(`${name} is registry.invalid`, async (t) => {
    const { registry, push, resolve } = await bench(t)
    const inner = makeImage(what === 'an index' ? { platforms: ['linux/amd64'] } : {})
    registry.push('library/app', inner)
    const platform = { os: 'linux', architecture: 'amd64' }
    push(mediaTypes.ociIndex, { manifests: [{ ...descriptorOf(inner.top.bytes, mediaType), platform }] })
    await assert.rejects(resolve(), { code: 'registry.invalid', message: /makes no sense/ })
  })
}

test('an index whose images say no platform is taken whole', async (t) => {
  const { registry, push, warmAll } = await bench(t)
  const parts = ['a', 'b'].map((seed) => makeImage({ seed }))
  for (const part of parts) registry.push('library/app', part)
  const manifests = parts.map(({ top }) => descriptorOf(top.bytes, mediaTypes.ociManifest))
  push(mediaTypes.ociIndex, { manifests })
  const { blobs, platforms, warnings } = await warmAll()
  assert.deepEqual([blobs.length, platforms], [9, []])
  assert.match(warnings.join(), /none of linux\/amd64, linux\/arm64/)
})

const five = ['linux/amd64', 'linux/arm64', 'linux/arm/v6', 'linux/arm/v7', 'windows/amd64']
/** What the request asks for, and what it gets of five platforms. */
const policies: readonly (readonly [readonly string[], readonly string[]])[] = [
  [[], ['linux/amd64', 'linux/arm64']],
  [['linux/arm64'], ['linux/arm64']],
  [['linux/arm64/v8'], ['linux/arm64']],
  [['linux/arm'], ['linux/arm/v7']],
  [['linux/arm/v8'], ['linux/arm/v7']],
  [
    ['linux/arm/v6', 'windows/amd64'],
    ['linux/arm/v6', 'windows/amd64'],
  ],
  [['linux/amd64/v3'], ['linux/amd64']],
  [['all'], five],
]
for (const [asked, got] of policies) {
  test(`of five platforms ${asked.join(' and ') || 'nothing in particular'} means ${got.join(' and ')}`, async (t) => {
    const { registry, warmAll } = await bench(t)
    registry.push('library/app', makeImage({ platforms: five, attestations: true }), 'latest')
    const { platforms, blobs } = await warmAll({ platforms: asked })
    assert.deepEqual(platforms, got)
    assert.equal(blobs.filter(({ kind }) => kind === 'manifest').length, got.length)
  })
}
