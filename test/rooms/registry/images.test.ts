// Images of every format, resolved at a registry that speaks real HTTP, and read blob by blob.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeImage, bytesOf, descriptorOf, documentOf, mediaTypes, type MadeImage } from '../../support/image.ts'
import { asNamed, Collected, imageRequest, makeOrigins, sha256Of, testSignal } from '../../support/origins.ts'
import { type RegistryOptions, type TestRegistry } from '../../support/registry.ts'
import { openRegistryRoom } from '../../support/registry-room.ts'
import type { TestContext } from 'node:test'

const bench = (t: TestContext, image: MadeImage, options: RegistryOptions = {}) =>
  openRegistryRoom(t, { registry: options, image })

const manifestsAsked = (registry: TestRegistry) => registry.asked(/\/manifests\//).map(({ path }) => path)

for (const format of ['oci', 'docker'] as const) {
  test(`a single ${format} image is resolved to its manifest, config and layers, and each blob is read`, async (t) => {
    const image = makeImage({ format, layers: [300_000, 0, 1] })
    const { origins, name, registry } = await bench(t, image)
    const { artifact, origin } = await origins.resolve(imageRequest(name), {}, asNamed, testSignal())
    assert.equal(artifact.image?.digest, image.top.digest)
    assert.equal(artifact.image?.mediaType, image.top.mediaType)
    assert.equal(artifact.image?.tag, 'latest')
    assert.deepEqual(artifact.warnings, [])
    assert.deepEqual(
      artifact.blobs.map(({ kind }) => kind),
      ['manifest', 'config', 'layer', 'layer', 'layer'],
    )
    assert.deepEqual(
      new Set(artifact.blobs.map(({ digest }) => digest)),
      new Set([image.top.digest, ...image.blobs.keys()]),
    )
    for (const blob of artifact.blobs) assert.equal(await sha256Of(origin, blob), blob.digest)
    assert.equal(registry.asked(/\/manifests\//, 'GET').length, 1)
    assert.equal(registry.asked(/\/manifests\//, 'HEAD').length, 1)
    assert.match(registry.requests[0]?.headers.accept ?? '', /image\.index.*manifest\.list.*manifest\.v1/)
    assert.equal(registry.requests[0]?.headers['user-agent'], 'warmfront/test')
  })

  test(`a ${format} index is resolved to the usual platforms, attestations left out`, async (t) => {
    const platforms = ['linux/amd64', 'linux/s390x', 'linux/arm64/v8']
    const image = makeImage({ format, platforms, attestations: true })
    const { origins, name, registry } = await bench(t, image)
    const { artifact, origin } = await origins.resolve(imageRequest(name), {}, asNamed, testSignal())
    assert.deepEqual(artifact.platforms, ['linux/amd64', 'linux/arm64'])
    const kinds = artifact.blobs.map(({ kind }) => kind)
    assert.deepEqual(kinds.filter((kind) => kind === 'index').length, 1)
    assert.deepEqual(kinds.filter((kind) => kind === 'manifest').length, 2)
    assert.deepEqual(kinds.filter((kind) => kind === 'config').length, 2)
    assert.equal(registry.asked(/\/manifests\//, 'GET').length, 3)
    for (const blob of artifact.blobs) assert.equal(await sha256Of(origin, blob), blob.digest)
    assert.equal(registry.asked(/\/manifests\//, 'GET').length, 3) // documents are answered from memory
  })
}

test('a platform that was asked for and is missing ends the resolving', async (t) => {
  const { origins, name } = await bench(t, makeImage({ platforms: ['linux/amd64', 'linux/arm64'] }))
  const request = imageRequest(name, { platforms: ['linux/amd64', 'linux/s390x'] })
  await assert.rejects(origins.resolve(request, {}, asNamed, testSignal()), {
    code: 'registry.no-platform',
    message: 'library/app:latest has no linux/s390x; it has linux/amd64, linux/arm64.',
  })
})

test('an index with none of the usual platforms is taken whole, with a warning', async (t) => {
  const { origins, name } = await bench(
    t,
    makeImage({ platforms: ['linux/s390x', 'windows/amd64'], attestations: true }),
  )
  const { artifact } = await origins.resolve(imageRequest(name), {}, asNamed, testSignal())
  assert.deepEqual(artifact.platforms, ['linux/s390x', 'windows/amd64'])
  assert.equal(artifact.warnings.length, 1)
})

test("the registry's own platforms go before the service's", async (t) => {
  const { registry, name, http } = await bench(t, makeImage({ platforms: ['linux/amd64', 'linux/s390x'] }))
  const { origins } = makeOrigins({ http, registries: { [registry.host]: { platforms: ['linux/s390x'] } } })
  const { artifact } = await origins.resolve(imageRequest(name), {}, asNamed, testSignal())
  assert.deepEqual(artifact.platforms, ['linux/s390x'])
})

test('a single image that is for another platform than asked is told apart by its config', async (t) => {
  const { origins, name, registry } = await bench(t, makeImage())
  const right = await origins.resolve(imageRequest(name, { platforms: ['linux/amd64'] }), {}, asNamed, testSignal())
  assert.deepEqual(right.artifact.platforms, ['linux/amd64'])
  const request = imageRequest(name, { platforms: ['linux/arm64'] })
  await assert.rejects(origins.resolve(request, {}, asNamed, testSignal()), { code: 'registry.no-platform' })
  const config = right.artifact.blobs.find(({ kind }) => kind === 'config')
  assert.ok(config)
  const asked = registry.requests.length
  assert.equal(await sha256Of(right.origin, config), config.digest)
  assert.equal(registry.requests.length, asked) // what was read once is not asked for again
})

test('schema 1 is resolved with each layer once, and its signed payload stands for the manifest', async (t) => {
  const image = makeImage({ format: 'schema1', layers: [10, 20] })
  const { origins, name } = await bench(t, image)
  const { artifact, origin } = await origins.resolve(imageRequest(name), {}, asNamed, testSignal())
  assert.equal(artifact.image?.digest, image.top.digest)
  assert.deepEqual(artifact.platforms, ['linux/amd64'])
  assert.deepEqual(artifact.blobs.map(({ kind, size }) => [kind, size]).slice(1), [
    ['layer', null],
    ['layer', null],
  ])
  for (const blob of artifact.blobs) assert.equal(await sha256Of(origin, blob), blob.digest)
})

test('schema 1 whose payload cannot be restored proves nothing', async (t) => {
  const image = makeImage({ format: 'schema1', layers: [10] })
  const bytes = Buffer.from(image.top.bytes.toString().replace('"protected"', '"protectee"'))
  const { origins, name, registry } = await bench(t, image)
  registry.pushDocument('library/app', { ...image.top, bytes }, 'latest')
  await assert.rejects(origins.resolve(imageRequest(name), {}, asNamed, testSignal()), {
    code: 'registry.wrong-digest',
  })
})

test('a pinned digest is asked for instead of the tag', async (t) => {
  const first = makeImage({ seed: 'first' })
  const { origins, name, registry } = await bench(t, first)
  registry.push('library/app', makeImage({ seed: 'second' }), 'latest')
  const { artifact } = await origins.resolve(
    imageRequest(name),
    {},
    { ...asNamed, pinned: first.top.digest },
    testSignal(),
  )
  assert.equal(artifact.image?.digest, first.top.digest)
  assert.equal(artifact.image?.tag, 'latest')
  assert.deepEqual(manifestsAsked(registry), [`/v2/library/app/manifests/${first.top.digest}`])
})

test('a digest wins over a tag', async (t) => {
  const image = makeImage()
  const { origins, name } = await bench(t, image)
  const request = imageRequest(`${name}:gone@${image.top.digest}`)
  const { artifact } = await origins.resolve(request, {}, asNamed, testSignal())
  assert.equal(artifact.image?.digest, image.top.digest)
})

test('a manifest URL with a path before /v2/ is asked for there', async (t) => {
  const { origins, registry } = await bench(t, makeImage())
  const request = imageRequest(`${registry.url}/art/v2/library/app/manifests/latest`)
  await assert.rejects(origins.resolve(request, {}, asNamed, testSignal()), { code: 'registry.not-found' })
  assert.deepEqual(new Set(manifestsAsked(registry)), new Set(['/art/v2/library/app/manifests/latest']))
})

test('equal requests at the same time ask the registry once', async (t) => {
  const { origins, name, registry } = await bench(t, makeImage({ platforms: ['linux/amd64', 'linux/arm64'] }))
  const release = Promise.withResolvers<void>()
  registry.fault({ path: /latest/, held: release.promise })
  const all = Array.from({ length: 20 }, () => origins.resolve(imageRequest(name), {}, asNamed, testSignal()))
  const other = origins.resolve(imageRequest(name), { password: 'other' }, asNamed, testSignal())
  release.resolve()
  const [first] = await Promise.all(all)
  assert.ok(first)
  await other
  assert.equal(registry.asked(/latest/).length, 2)
})

test('nested indexes are followed to the third, and a fourth is refused', async (t) => {
  const { registry, origins } = await bench(t, makeImage())
  let inner = makeImage({ platforms: ['linux/amd64', 'linux/arm64'] })
  registry.push('library/nested', inner, 'depth1')
  for (const depth of [2, 3, 4]) {
    const mediaType = mediaTypes.ociIndex
    const top = documentOf(mediaType, { mediaType, manifests: [descriptorOf(inner.top.bytes, mediaType)] })
    inner = { ...inner, top, documents: [top, ...inner.documents] }
    registry.push('library/nested', inner, `depth${depth}`)
  }
  const at = (depth: number) =>
    origins.resolve(imageRequest(`${registry.host}/library/nested:depth${depth}`), {}, asNamed, testSignal())
  const { artifact } = await at(3)
  assert.equal(artifact.blobs.filter(({ kind }) => kind === 'index').length, 3)
  assert.deepEqual(artifact.platforms, ['linux/amd64', 'linux/arm64'])
  await assert.rejects(at(4), { code: 'registry.invalid' })
})

test('an index of indexes cannot grow without bound', async (t) => {
  const { registry, origins } = await bench(t, makeImage())
  const single = makeImage()
  const entry = descriptorOf(single.top.bytes, single.top.mediaType)
  const small = documentOf(mediaTypes.ociIndex, { mediaType: mediaTypes.ociIndex, manifests: [entry, entry] })
  const again = descriptorOf(small.bytes, mediaTypes.ociIndex)
  const manifests = Array.from({ length: 300 }, () => again)
  const top = documentOf(mediaTypes.ociIndex, { mediaType: mediaTypes.ociIndex, manifests })
  registry.push('library/wide', { top, documents: [top, small], blobs: new Map() }, 'latest')
  const request = imageRequest(`${registry.host}/library/wide`)
  await assert.rejects(origins.resolve(request, {}, asNamed, testSignal()), { code: 'registry.too-large' })
})

test('layers named twice are listed once, foreign ones are left out with a warning', async (t) => {
  const { registry, origins } = await bench(t, makeImage())
  const layer = bytesOf(100, 'x')
  const config = Buffer.from('{}')
  const mediaType = mediaTypes.dockerManifest
  const foreign = {
    ...descriptorOf(bytesOf(5, 'far'), mediaTypes.dockerForeignLayer),
    urls: ['https://far.example.com/x'],
  }
  const same = descriptorOf(layer, mediaTypes.dockerLayer)
  const content = { mediaType, config: descriptorOf(config, mediaTypes.dockerConfig), layers: [foreign, same, same] }
  registry.pushDocument('library/windows', documentOf(mediaType, content), 'latest')
  const request = imageRequest(`${registry.host}/library/windows`)
  const { artifact } = await origins.resolve(request, {}, asNamed, testSignal())
  assert.deepEqual(
    artifact.blobs.map(({ kind }) => kind),
    ['manifest', 'config', 'layer'],
  )
  assert.match(artifact.warnings.join(), /foreign/)
})

/** What comes back for the manifest, and how the job ends. */
const answers = [
  [
    'other bytes than the digest says',
    { body: '{"mediaType":"application/vnd.oci.image.index.v1+json"}' },
    'registry.wrong-digest',
  ],
  ['more than 4 MiB', { body: 'x'.repeat(4 * 1024 * 1024 + 1) }, 'registry.too-large'],
  ['no JSON', { body: '<html>', headers: { 'docker-content-digest': null } }, 'registry.invalid'],
  ['404', { status: 404 }, 'registry.not-found'],
  ['412', { status: 412 }, 'registry.refused'],
  ['503', { status: 503, headers: { 'retry-after': '3' } }, 'registry.busy'],
  ['204', { status: 204 }, 'registry.invalid'],
  ['headers without end', { headers: { 'x-long': 'y'.repeat(100_000) } }, 'registry.too-large'],
  ['half a body', { cutAfter: 10 }, 'registry.broken-off'],
  ['no body', { cutAfter: 0 }, 'registry.broken-off'],
] as const
for (const [name, fault, code] of answers) {
  test(`a manifest answered with ${name} is ${code}`, async (t) => {
    const { origins, registry, name: image } = await bench(t, makeImage())
    registry.fault({ path: /\/manifests\//, ...fault })
    await assert.rejects(origins.resolve(imageRequest(image), {}, asNamed, testSignal()), { code })
  })
}

test('Retry-After travels with the failure', async (t) => {
  const { origins, registry, name } = await bench(t, makeImage())
  registry.fault({ path: /\/manifests\//, status: 429, headers: { 'retry-after': '3' } })
  await assert.rejects(origins.resolve(imageRequest(name), {}, asNamed, testSignal()), { retryAfterMs: 3000 })
})

test('a registry without Docker-Content-Digest is believed what it sends', async (t) => {
  const image = makeImage()
  const { origins, name } = await bench(t, image, { noDigestHeader: true })
  const { artifact } = await origins.resolve(imageRequest(name), {}, asNamed, testSignal())
  assert.equal(artifact.image?.digest, image.top.digest)
})

test('who gives up stops waiting, and the answer goes to nobody', async (t) => {
  const { origins, name, registry } = await bench(t, makeImage())
  const release = Promise.withResolvers<void>()
  registry.fault({ path: /latest/, held: release.promise })
  const stop = new AbortController()
  const resolving = origins.resolve(imageRequest(name), {}, asNamed, stop.signal)
  const reason = new Error('enough')
  stop.abort(reason)
  await assert.rejects(resolving, reason)
  release.resolve()
})

test('a blob of the manifest is read from where an earlier read broke off', async (t) => {
  const image = makeImage()
  const { origins, name } = await bench(t, image)
  const { artifact, origin } = await origins.resolve(imageRequest(name), {}, asNamed, testSignal())
  const [manifest] = artifact.blobs
  assert.ok(manifest)
  const sink = new Collected()
  await origin.read(manifest, 7, sink, testSignal())
  assert.deepEqual(sink.begun, [[7, image.top.bytes.length]])
  assert.deepEqual(sink.bytes, image.top.bytes.subarray(7))
})

test('what a cluster runs is a wish: it goes before the settings, and gives way to the request', async (t) => {
  const image = makeImage({ platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'] })
  const { origins, name } = await bench(t, image)
  const platformsOf = async (wish: readonly string[], platforms: readonly string[] = []) => {
    const request = imageRequest(name, { platforms })
    return (await origins.resolve(request, {}, { pinned: null, wish }, testSignal())).artifact.platforms
  }
  assert.deepEqual(await platformsOf(['linux/s390x']), ['linux/s390x'])
  assert.deepEqual(await platformsOf(['linux/s390x'], ['linux/arm64']), ['linux/arm64'])
  assert.deepEqual(await platformsOf(['linux/riscv64']), ['linux/amd64', 'linux/arm64', 'linux/s390x'])
  assert.deepEqual(await platformsOf([]), ['linux/amd64', 'linux/arm64'])
})
