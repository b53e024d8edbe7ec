// What a registry is asked, and how often: HEAD before GET, each document once, no faster and no sooner than it says.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { systemClock } from '../../../src/kit/clock.ts'
import { Secret } from '../../../src/kit/secret.ts'
import type { RegistryOptions as RoomOptions } from '../../../src/registry/resolver.ts'
import { makeImage, type MadeImage } from '../../support/image.ts'
import { asNamed, Collected, imageRequest, testSignal } from '../../support/origins.ts'
import { type RegistryOptions } from '../../support/registry.ts'
import { openRegistryRoom } from '../../support/registry-room.ts'

const twoPlatforms = () => makeImage({ platforms: ['linux/amd64', 'linux/arm64'] })

async function bench(t: TestContext, image: MadeImage, options: RegistryOptions = {}, room: Partial<RoomOptions> = {}) {
  const opened = await openRegistryRoom(t, { registry: options, image, room: () => room })
  const asked = (method: string) => opened.registry.asked(/\/manifests\//, method).length
  return { ...opened, counts: () => ({ heads: asked('HEAD'), gets: asked('GET') }) }
}

test('a tag is asked for by HEAD, and what it means is fetched once, whoever asks later', async (t) => {
  const { resolve, counts } = await bench(t, twoPlatforms())
  for (let job = 1; job <= 3; job++) {
    assert.equal((await resolve()).artifact.blobs.length, 9)
    assert.deepEqual(counts(), { heads: job, gets: 3 })
  }
})

test('a digest is fetched without a HEAD, and asked for by HEAD once it is known', async (t) => {
  const image = makeImage()
  const { origins, counts, name } = await bench(t, image)
  const resolve = () => origins.resolve(imageRequest(`${name}@${image.top.digest}`), {}, asNamed, testSignal())
  await resolve()
  assert.deepEqual(counts(), { heads: 0, gets: 1 })
  await resolve()
  assert.deepEqual(counts(), { heads: 1, gets: 1 })
})

test('what one may see is not given to another, neither later nor while it is fetched', async (t) => {
  const image = makeImage()
  const auth = { kind: 'basic', users: { ann: 'secret' } } as const
  const { origins, registry, name } = await bench(t, image, { auth })
  const pinned = `${name}@${image.top.digest}`
  const held = Promise.withResolvers<void>()
  registry.fault({ path: /manifests/, method: 'GET', held: held.promise })
  const allowed = origins.resolve(
    imageRequest(pinned, { username: 'ann' }),
    { password: 'secret' },
    asNamed,
    testSignal(),
  )
  const meanwhile = origins.resolve(imageRequest(pinned), {}, asNamed, AbortSignal.timeout(5_000))
  await assert.rejects(meanwhile, { code: 'registry.denied' })
  held.resolve()
  await allowed
  await assert.rejects(origins.resolve(imageRequest(pinned), {}, asNamed, testSignal()), { code: 'registry.denied' })
  await assert.rejects(origins.resolve(imageRequest(name), {}, asNamed, testSignal()), { code: 'registry.denied' })
})

for (const status of [400, 403, 404, 405, 412, 500, 501]) {
  test(`a HEAD that is answered with ${status} is asked again by GET, which has words`, async (t) => {
    const { resolve, registry, counts } = await bench(t, makeImage())
    registry.fault({ path: /latest/, method: 'HEAD', status })
    assert.ok(await resolve())
    assert.deepEqual(counts(), { heads: 1, gets: 1 })
  })
}

for (const [status, code] of [
  [401, 'registry.denied'],
  [408, 'registry.busy'],
  [429, 'registry.busy'],
  [503, 'registry.busy'],
] as const) {
  test(`a HEAD that is answered with ${status} is taken for what it is`, async (t) => {
    const { resolve, registry, counts } = await bench(t, makeImage())
    registry.fault({ path: /latest/, method: 'HEAD', status, headers: { 'retry-after': '7' } })
    await assert.rejects(resolve(), { code })
    assert.equal(counts().gets, 0)
  })
}

test('a tag that moves between HEAD and GET stays what it was', async (t) => {
  const image = makeImage()
  const { resolve, registry } = await bench(t, image)
  const held = Promise.withResolvers<void>()
  registry.fault({ path: /manifests/, method: 'GET', held: held.promise })
  const resolving = resolve()
  await registry.arrived(/manifests/, 2)
  registry.push('library/app', makeImage({ seed: 'later' }), 'latest')
  held.resolve()
  assert.equal((await resolving).artifact.image?.digest, image.top.digest)
})

test('the config that tells a platform is fetched once, for the job and for its peers', async (t) => {
  const { origins, registry, name } = await bench(t, makeImage())
  for (let job = 0; job < 2; job++) {
    const request = imageRequest(name, { platforms: ['linux/amd64'] })
    const { artifact, origin } = await origins.resolve(request, {}, asNamed, testSignal())
    const config = artifact.blobs.find(({ kind }) => kind === 'config')
    assert.ok(config)
    await origin.read(config, 0, new Collected(), testSignal())
  }
  assert.equal(registry.asked(/blobs/).length, 1)
})

test('after a 429 nobody asks for manifests of that account before its time, and blobs go on', async (t) => {
  let now = 1_000_000
  const image = makeImage()
  const { origins, resolve, registry, name } = await bench(t, image, {}, { clock: { ...systemClock, now: () => now } })
  const { artifact, origin } = await resolve()
  registry.fault({ path: /manifests/, status: 429, headers: { 'retry-after': '60' }, times: 1 })
  await assert.rejects(resolve(), { code: 'registry.busy', retryAfterMs: 60_000 })
  const asked = registry.requests.length
  now += 20_000
  await assert.rejects(resolve(), { code: 'registry.busy', retryAfterMs: 40_000, message: /for 40 s/ })
  assert.equal(registry.requests.length, asked)
  const layer = artifact.blobs.find(({ kind }) => kind === 'layer')
  assert.ok(layer)
  await origin.read(layer, 0, new Collected(), testSignal())
  assert.ok(await origins.resolve(imageRequest(name, { username: 'ann' }), { password: 'x' }, asNamed, testSignal()))
  now += 40_000
  assert.ok(await resolve())
})

test('a 429 that names no time pauses nobody', async (t) => {
  const { resolve, registry } = await bench(t, makeImage())
  registry.fault({ path: /manifests/, status: 429, times: 1 })
  await assert.rejects(resolve(), { code: 'registry.busy' })
  assert.ok(await resolve())
})

test('no more requests than the registry’s settings allow are under way', async (t) => {
  const image = makeImage({ layers: Array.from({ length: 12 }, () => 1000) })
  const room = (host: string) => ({ registries: { [host]: { concurrency: 2 } }, concurrency: 9 })
  const { registry, resolve } = await openRegistryRoom(t, { image, room })
  const { artifact, origin } = await resolve()
  const held = Promise.withResolvers<void>()
  registry.fault({ path: /blobs/, held: held.promise })
  const layers = artifact.blobs.filter(({ kind }) => kind === 'layer')
  const reads = layers.map((layer) => origin.read(layer, 0, new Collected(), testSignal()))
  await registry.arrived(/blobs/, 2)
  assert.equal(registry.asked(/blobs/).length, 2)
  held.resolve()
  await Promise.all(reads)
})

test('bytes come no faster than the bandwidth of their origin, which all jobs share', async (t) => {
  let now = 0
  const waits: number[] = []
  const sleep = async (ms: number) => {
    now += ms
    waits.push(ms)
  }
  const clock = { now: () => now, sleep }
  const image = makeImage({ layers: [100_000, 100_000] })
  const { origins, registry, name } = await bench(t, image, {}, { clock, bandwidth: 50_000 })
  const read = async () => {
    const { artifact, origin } = await origins.resolve(imageRequest(name), {}, asNamed, testSignal())
    for (const layer of artifact.blobs.filter(({ kind }) => kind === 'layer')) {
      await origin.read(layer, 0, new Collected(), testSignal())
    }
  }
  await read()
  assert.ok(now >= 2900 && now <= 4100, `200,000 bytes at 50,000 a second, the first second's worth at once: ${now} ms`)
  await read()
  assert.ok(now >= 6900 && now <= 8100, `and as many again: ${now} ms`)
  assert.ok(registry.asked(/blobs/).length === 4 && waits.length > 0)
})

test("the credential that is configured for a registry's own name is used, and for no name that looks like it", async (t) => {
  const auth = { kind: 'basic', users: { ann: 'secret' } } as const
  const ann = { username: 'ann', password: new Secret('secret') }
  const room = (host: string) => {
    const port = Number(host.split(':')[1])
    const names = [`localhost:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`, 'constructor']
    return { registries: Object.fromEntries(names.map((other) => [other, ann])) }
  }
  const { registry, resolve } = await openRegistryRoom(t, { registry: { auth }, room })
  await assert.rejects(resolve(), { code: 'registry.denied' })
  assert.ok(registry.requests.every(({ headers }) => headers.authorization === undefined))
})

test('how a registry wants to be asked is learned once, and again when it changes', async (t) => {
  const auth = { kind: 'bearer', users: { ann: 'secret' }, anonymous: true } as const
  const { origins, registry, name, resolve } = await bench(t, makeImage(), { auth })
  const refused = () => registry.requests.filter(({ status }) => status === 401).length
  await resolve()
  assert.equal(refused(), 1)
  await resolve()
  await origins.resolve(imageRequest(name, { username: 'ann' }), { password: 'secret' }, asNamed, testSignal())
  assert.equal(refused(), 1)
  const elsewhere = `Bearer realm="${registry.url}/token",service="other"`
  registry.fault({ path: /latest/, status: 401, headers: { 'www-authenticate': elsewhere }, times: 1 })
  await resolve()
  assert.deepEqual(
    registry.asked('/token').map(({ query }) => query['service']),
    ['test-registry', 'test-registry', 'other'],
  )
})
