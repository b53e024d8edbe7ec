// The kraken contract on the whole service, event by event.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeImage, mediaTypes } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { adminToken, startService, type TestService } from '../../support/service.ts'

const image = makeImage({ platforms: ['linux/amd64', 'linux/arm64'] })
let service: TestService
let registry: TestRegistry
let directory: string
before(async () => {
  registry = await startRegistry({ auth: { kind: 'basic', users: { u: 'right' } } })
  registry.push('library/app', image, '1.0')
  directory = await mkdtemp(join(tmpdir(), 'warmfront-settings-'))
  const file = join(directory, 'warmfront.yaml')
  await writeFile(file, `registries: { "${registry.host}": { username: u, password: right } }`)
  service = await startService({ WARMFRONT_CONFIG: file, WARMFRONT_PATH_PREFIXES: '/edge=1,/nowhere=77' })
})
after(async () => {
  await service.stop()
  await rm(directory, { recursive: true })
  await registry.close()
})

interface Taken {
  readonly accepted: readonly string[]
  readonly ignored: number
  readonly refused?: readonly string[]
}

const path = '/registry/notifications'
const manifest = (reference: string): string => `${registry.url}/v2/library/app/manifests/${reference}`

/** As Harbor writes it, which says one media type of all images. */
function harborEvent(change: object = {}) {
  const Target = {
    MediaType: mediaTypes.dockerManifest,
    Digest: image.top.digest,
    Repository: 'library/app',
    Url: manifest('1.0'),
    Tag: '1.0',
    ...change,
  }
  const TimeStamp = '2026-11-21T00:24:09.512560176Z'
  return { Id: randomUUID(), TimeStamp, Action: 'push', Target, Request: null, Actor: null }
}

/** As a registry writes it. */
function registryEvent(change: object = {}, action = 'push') {
  const target = {
    mediaType: image.top.mediaType,
    size: 1,
    digest: image.top.digest,
    length: 1,
    repository: 'library/app',
    url: manifest(image.top.digest),
    tag: '1.0',
    ...change,
  }
  return { id: randomUUID(), action, target, request: { host: registry.host, method: 'PUT' }, actor: {}, source: {} }
}

async function taken(body: unknown): Promise<Taken> {
  const { status, text, json } = await service.call('POST', path, body)
  assert.equal(status, 200, text)
  return json as Taken
}

async function warmed(id: string | undefined): Promise<void> {
  const settled = await service.settled(Number(id))
  assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))
  // An index, and for each of two platforms a manifest, a config and two layers.
  assert.equal(settled.progress.warm, 9)
}

test('health answers anyone', async () => {
  const { status, text } = await service.call('GET', '/health', undefined, {})
  assert.deepEqual([status, text], [200, '"OK"'])
})

test('an index that Harbor names is warmed with the configured credential, and answers by its tag', async () => {
  const { accepted, ignored } = await taken({ Events: [harborEvent()] })
  assert.deepEqual([accepted.length, ignored], [1, 0])
  await warmed(accepted[0])
  const mirror = await service.call('HEAD', `/v2/library/app/manifests/1.0?ns=${registry.host}`)
  assert.equal(mirror.headers.get('docker-content-digest'), image.top.digest)
})

test('an index that a registry names by digest and tag is asked for by its tag', async () => {
  const { accepted } = await taken({ events: [registryEvent()] })
  await warmed(accepted[0])
  assert.equal((await service.job(Number(accepted[0]))).args.url, manifest('1.0'))
})

test('what was pushed by digest alone, or is named by its host, is warmed too', async () => {
  const bare = registryEvent({ tag: undefined })
  const relative = registryEvent({ url: `/v2/library/app/manifests/${image.top.digest}` })
  const { accepted } = await taken({ events: [bare, relative] })
  assert.equal(accepted.length, 2)
  for (const id of accepted) await warmed(id)
})

test('pulls, deletions, layers and other artifacts are ignored', async () => {
  const events = [
    registryEvent({}, 'pull'),
    registryEvent({}, 'delete'),
    registryEvent({}, 'mount'),
    registryEvent({ mediaType: 'application/octet-stream' }),
    registryEvent({ mediaType: mediaTypes.ociLayer }),
  ]
  assert.deepEqual(await taken({ events }), { accepted: [], ignored: 5 })
  assert.deepEqual(await taken({ Events: [{ ...harborEvent(), Action: 'pull' }] }), { accepted: [], ignored: 1 })
})

test('an event that comes again is the same job, and another event is another one', async () => {
  const event = registryEvent()
  const first = await taken({ events: [event] })
  assert.deepEqual(await taken({ events: [event] }), first)
  await service.settled(Number(first.accepted[0]))
  assert.deepEqual(await taken({ events: [event] }), first)
  assert.notDeepEqual(await taken({ events: [registryEvent()] }), first)
})

test('two images in one notification are two jobs, beside one that cannot be taken', async () => {
  const body = await taken({ events: [registryEvent(), registryEvent({ url: 'UPPER CASE' }), registryEvent()] })
  assert.equal(body.accepted.length, 2)
  assert.equal(body.refused?.length, 1)
  assert.match(body.refused[0] ?? '', /UPPER CASE.*Name the image as/)
})

test('an event without an address tells its reason, and does not come again', async () => {
  const body = await taken({ events: [registryEvent({ url: '', repository: '' })] })
  assert.deepEqual([body.accepted, body.ignored], [[], 0])
  assert.match(body.refused?.[0] ?? '', /neither the address of an image/)
})

const refusals: readonly { readonly name: string; readonly body: () => unknown; readonly says: RegExp }[] = [
  { name: 'no JSON', body: () => '{"events":', says: /not valid JSON/ },
  { name: 'a list', body: () => '[]', says: /not an object/ },
  { name: 'a Harbor without an event', body: () => ({ Events: [] }), says: /no events/ },
  {
    name: 'a Harbor with a bad reference',
    body: () => ({ Events: [harborEvent({ Url: 'UPPER CASE' })] }),
    says: /UPPER CASE/,
  },
]
for (const { name, body, says } of refusals) {
  test(`refused with its reason: ${name}`, async () => {
    const { status, json, text } = await service.call('POST', path, body())
    assert.equal(status, 400)
    assert.match((json as { readonly message: string }).message, says)
    assert.equal(text.includes('\n'), false)
  })
}

test('more than a thousand events are too many', async () => {
  const events = Array.from({ length: 1001 }, () => ({ action: 'pull' }))
  assert.equal((await service.call('POST', path, { events })).status, 413)
  assert.deepEqual(await taken({ events: events.slice(1) }), { accepted: [], ignored: 1000 })
})

test('a prefix that is bound to clusters speaks for them', async () => {
  const edge = await service.call('POST', `/edge${path}`, { Events: [harborEvent()] })
  assert.equal(edge.status, 200)
  const harbor = await service.call('POST', `/nowhere${path}`, { Events: [harborEvent()] })
  assert.deepEqual([harbor.status, (harbor.json as { readonly code: string }).code], [400, 'cluster.unknown'])
  const other = await service.call('POST', `/nowhere${path}`, { events: [registryEvent()] })
  assert.equal(other.status, 200)
  assert.match((other.json as Taken).refused?.[0] ?? '', /no cluster 77/)
})

const basic = (name: string) => `Basic ${Buffer.from(`${name}:${adminToken}`).toString('base64')}`
const ways: readonly {
  readonly name: string
  readonly before?: string
  readonly headers?: Readonly<Record<string, string>>
}[] = [
  { name: 'a bearer', headers: { authorization: `Bearer ${adminToken}` } },
  { name: "what Harbor's form makes of a token typed as user name", headers: { authorization: basic('username') } },
  { name: "what Harbor's form makes of a token typed as password", headers: { authorization: basic('password') } },
  { name: 'the path', before: `/t/${adminToken}` },
]
for (const { name, before = '', headers = {} } of ways) {
  test(`a token may come as ${name}`, async () => {
    assert.equal((await service.call('GET', `${before}/health`, undefined, headers)).status, 200)
    assert.equal((await service.call('POST', before + path, { Events: [harborEvent()] }, headers)).status, 200)
  })
}

test('without a token, only an open service takes notifications', async (t) => {
  const body = { events: [registryEvent()] }
  assert.equal((await service.call('POST', path, body, {})).status, 401)
  const open = await startService({ WARMFRONT_LEGACY_AUTH: 'open' })
  t.after(() => open.stop())
  const { status, json } = await open.call('POST', path, body, {})
  assert.equal(status, 200)
  assert.equal((json as Taken).accepted.length, 1)
})
