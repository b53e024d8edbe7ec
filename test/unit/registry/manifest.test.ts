// Manifests as they are, as they are a little wrong, and as somebody with bad intentions writes them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure, type FailureCode } from '../../../src/model/failure.ts'
import { printPlatform } from '../../../src/model/platform.ts'
import { parseManifest } from '../../../src/registry/manifest.ts'
import { digestOf, proves, signedPayload } from '../../../src/registry/proof.ts'
import { makeImage, mediaTypes } from '../../support/image.ts'

const where = { who: 'The registry h.io', what: 'a/b:1' }
const digest = `sha256:${'a'.repeat(64)}`
const descriptor = { mediaType: mediaTypes.ociLayer, digest, size: 1 }
const parse = (content: unknown, contentType?: string) =>
  parseManifest(Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)), contentType, where)

for (const format of ['oci', 'docker'] as const) {
  test(`a ${format} manifest gives its config and layers`, () => {
    const { top, blobs } = makeImage({ format, layers: [10, 20] })
    const manifest = parseManifest(top.bytes, top.mediaType, where)
    assert.ok(manifest.kind === 'image' && manifest.config !== null)
    assert.deepEqual(
      manifest.layers.map(({ size }) => size),
      [10, 20],
    )
    assert.deepEqual(new Set([manifest.config, ...manifest.layers].map((one) => one.digest)), new Set(blobs.keys()))
  })

  test(`a ${format} index gives its entries and knows attestations`, () => {
    const { top } = makeImage({ format, platforms: ['linux/amd64', 'linux/arm/v6'], attestations: true })
    const manifest = parseManifest(top.bytes, top.mediaType, where)
    assert.ok(manifest.kind === 'index')
    assert.deepEqual(
      manifest.entries.map(({ platform, isCompanion }) => [platform && printPlatform(platform), isCompanion]),
      [
        ['linux/amd64', false],
        ['linux/arm/v6', false],
        ['unknown/unknown', true],
        ['unknown/unknown', true],
      ],
    )
  })
}

test('schema 1 gives its layers oldest first, without sizes, and its platform', () => {
  const { top, blobs } = makeImage({ format: 'schema1', layers: [10, 20] })
  const manifest = parseManifest(top.bytes, top.mediaType, where)
  assert.ok(manifest.kind === 'image' && manifest.platform !== null)
  const [oldest, newest] = blobs.keys()
  assert.deepEqual(
    manifest.layers.map((layer) => layer.digest),
    [oldest, newest, newest],
  )
  assert.deepEqual(new Set(manifest.layers.map(({ size }) => size)), new Set([null]))
  assert.equal(printPlatform(manifest.platform), 'linux/amd64')
})

/** What says what a document is: itself, else the header, else its shape. */
const kinds: readonly (readonly [string, object, string | undefined, string])[] = [
  ['its own word', { mediaType: mediaTypes.ociIndex, manifests: [] }, 'text/plain', mediaTypes.ociIndex],
  [
    'its own word before the header',
    { mediaType: mediaTypes.ociIndex, manifests: [] },
    mediaTypes.ociManifest,
    mediaTypes.ociIndex,
  ],
  ['the header', { manifests: [] }, `${mediaTypes.dockerList}; charset=utf-8`, mediaTypes.dockerList],
  ['the shape of an index', { manifests: [] }, undefined, mediaTypes.ociIndex],
  ['the shape of a manifest', { config: descriptor, layers: [] }, 'application/json', mediaTypes.ociManifest],
  ['the shape of schema 1', { fsLayers: [] }, undefined, mediaTypes.schema1],
]
for (const [name, content, header, mediaType] of kinds) {
  test(`a document is known by ${name}`, () => {
    assert.equal(parse(content, header).mediaType, mediaType)
  })
}

const layersOf = (count: number) => Array.from({ length: count }, () => descriptor)
const image = (change: object) => ({ mediaType: mediaTypes.ociManifest, config: descriptor, layers: [], ...change })
const hostile: readonly (readonly [string, unknown, FailureCode])[] = [
  ['no JSON', '{', 'registry.invalid'],
  ['no bytes', '', 'registry.invalid'],
  ['a list', [], 'registry.invalid'],
  ['null', null, 'registry.invalid'],
  ['a login page', '<html></html>', 'registry.invalid'],
  ['deep nesting', '['.repeat(100_000), 'registry.invalid'],
  ['an unknown media type', { mediaType: 'application/x' }, 'registry.invalid'],
  ['no shape at all', {}, 'registry.invalid'],
  ['an index that is a manifest too', image({ manifests: [] }), 'registry.invalid'],
  ['an index that is schema 1 too', { manifests: [], fsLayers: [] }, 'registry.invalid'],
  ['layers that are no list', image({ layers: {} }), 'registry.invalid'],
  ['manifests that are no list', { mediaType: mediaTypes.ociIndex, manifests: 'x' }, 'registry.invalid'],
  ['fsLayers that are no list', { mediaType: mediaTypes.schema1, fsLayers: 1 }, 'registry.invalid'],
  ['a layer that is null', image({ layers: [null] }), 'registry.invalid'],
  ['no config', image({ config: undefined }), 'registry.invalid'],
  [
    'a member named twice',
    JSON.stringify(image({})).replace('"layers":[]', '"layers":[],"layers":[]'),
    'registry.invalid',
  ],
  ['a layer of schema 1 without a digest', { fsLayers: [{ blobSum: 7 }] }, 'registry.invalid'],
  [
    'a digest with a path in it',
    image({ layers: [{ ...descriptor, digest: 'sha256:../../etc' }] }),
    'registry.invalid',
  ],
  ['a digest in capitals', image({ layers: [{ ...descriptor, digest: digest.toUpperCase() }] }), 'registry.invalid'],
  ['a size below zero', image({ layers: [{ ...descriptor, size: -1 }] }), 'registry.invalid'],
  ['a size that is a text', image({ layers: [{ ...descriptor, size: '1' }] }), 'registry.invalid'],
  ['a size beyond counting', image({ layers: [{ ...descriptor, size: 2 ** 60 }] }), 'registry.invalid'],
  ['1,001 layers', image({ layers: layersOf(1001) }), 'registry.too-large'],
  ['1,001 layers of schema 1', { fsLayers: layersOf(1001) }, 'registry.too-large'],
  ['501 entries', { manifests: layersOf(501) }, 'registry.too-large'],
]
for (const [name, content, code] of hostile) {
  test(`a manifest of ${name} is ${code}`, () => {
    assert.throws(
      () => parse(content),
      (error) => error instanceof Failure && error.code === code,
    )
  })
}

test('1,000 layers and 500 entries are fine', () => {
  assert.ok(parse(image({ layers: layersOf(1000) })))
  assert.ok(parse({ manifests: layersOf(500) }))
})

test('an odd media type of a layer is dropped, an odd platform is none', () => {
  const manifest = parse(image({ layers: [{ ...descriptor, mediaType: 'a\r\nb' }] }))
  assert.equal(manifest.kind === 'image' ? manifest.layers[0]?.mediaType : undefined, '')
  const index = parse({ manifests: [{ ...descriptor, platform: { os: 7, architecture: 'a b' } }] })
  assert.equal(index.kind === 'index' ? index.entries[0]?.platform : undefined, null)
})

test('the digest of a signed schema 1 manifest is that of what was signed', () => {
  const { top } = makeImage({ format: 'schema1' })
  const payload = signedPayload(top.bytes)
  assert.ok(payload)
  assert.ok(proves(top.digest, payload))
  assert.ok(!proves(top.digest, top.bytes))
})

test('both algorithms of a digest are computed', () => {
  const bytes = Buffer.from('x')
  assert.ok(proves(digestOf(bytes, 'sha512'), bytes))
  assert.ok(!proves(digestOf(bytes, 'sha512'), Buffer.from('y')))
})

const header = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url')
const unsigned = [
  '{',
  '{}',
  '{"signatures":[]}',
  '{"signatures":[{"protected":7}]}',
  '{"signatures":[{"protected":"!!!"}]}',
  JSON.stringify({ signatures: [{ protected: header({ formatLength: 1e9, formatTail: '' }) }] }),
  JSON.stringify({ signatures: [{ protected: header({ formatLength: -1, formatTail: '' }) }] }),
  JSON.stringify({ signatures: [{ protected: header({ formatLength: 1 }) }] }),
]
for (const text of unsigned) {
  test(`nothing signed can be restored from ${text.slice(0, 40)}`, () => {
    assert.equal(signedPayload(Buffer.from(text)), undefined)
  })
}
