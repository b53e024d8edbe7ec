// Whatever comes from a registry, a peer or a user is shown as text: a script is planted in each of them, and none runs.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openBrowser, withoutBrowser } from '../support/browser.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { descriptorOf, documentOf, makeImage, mediaTypes } from '../support/image.ts'
import { startService, type Job, type TestService } from '../support/service.ts'

/** Runs as HTML in an element, in an attribute, or in a template. Without a space, which media types may not have. */
const planted = (where: string): string => `${where}"><img/src=x/onerror=planted=1><script>planted=1</script>\${7}`

let service: TestService
let registry: TestRegistry
let jobs: readonly Job[]
let cluster: number

async function made<T>(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<T> {
  const answer = await service.call('POST', path, body, headers)
  assert.equal(answer.status, 200, answer.text)
  return answer.json as T
}

before(async () => {
  registry = await startRegistry()
  service = await startService()
  const { token } = await made<{ token: string }>('/oapi/v1/personal-access-tokens', {
    name: planted('token'),
    bio: planted('token-note'),
    expired_at: new Date(Date.now() + 86_400_000).toISOString(),
  })
  const as = { authorization: `Bearer ${token}`, 'user-agent': planted('client') }
  const settings = { peers: [{ address: '127.0.0.1:9', hostname: planted('hostname'), location: planted('location') }] }
  const created = { name: planted('cluster'), bio: planted('cluster-note'), driver: 'http-proxy', settings }
  cluster = (await made<{ id: number }>('/oapi/v1/clusters', created, as)).id
  pushHostileImage()
  registry.putFile(`/${planted('file')}`, Buffer.from('a file'))
  const broken = JSON.stringify({ errors: [{ code: 'DENIED', message: planted('registry-error') }] })
  registry.fault({ path: /\/v2\/broken\//, status: 403, headers: { 'content-type': 'application/json' }, body: broken })
  const words = { tag: planted('tag'), application: planted('application'), headers: { accept: planted('header') } }
  const image = (repository: string) => ({
    type: 'image',
    url: `${registry.url}/v2/${repository}/manifests/1`,
    ...words,
  })
  const all = [
    image('hostile'),
    image('broken'),
    { type: 'file', url: `${registry.url}/${encodeURIComponent(planted('file'))}`, ...words },
  ]
  const accepted: Job[] = []
  for (const args of all) {
    const body = { type: 'preheat', bio: planted('note'), args, scheduler_cluster_ids: [1] }
    accepted.push(await made<Job>('/oapi/v1/jobs', body, as))
  }
  jobs = await Promise.all(accepted.map(({ id }) => service.settled(id)))
})
after(async () => {
  await service.stop()
  await registry.close()
})

/** An image whose media types are what the registry pleases. */
function pushHostileImage(): void {
  const image = makeImage()
  const [config = Buffer.alloc(0), ...layers] = [...image.blobs.values()]
  for (const bytes of image.blobs.values()) registry.pushBlob('hostile', bytes)
  const content = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: descriptorOf(config, mediaTypes.ociConfig),
    layers: layers.map((layer) => ({
      ...descriptorOf(layer, planted('media-type')),
      annotations: { a: planted('note') },
    })),
  }
  registry.pushDocument('hostile', documentOf(mediaTypes.ociManifest, content), '1')
}

/** Where each text is to be read, as it was planted. */
const pages = [
  { path: () => '/preheats', shows: ['note', 'token'] },
  { path: () => `/preheats/${jobs[0]?.id}`, shows: ['note', 'tag', 'application', 'token', 'media-type'] },
  { path: () => `/preheats/${jobs[1]?.id}`, shows: ['note'] },
  { path: () => `/preheats/${jobs[2]?.id}`, shows: ['note'] },
  { path: () => `/preheats/new?from=${jobs[0]?.id}`, shows: [] },
  { path: () => '/clusters', shows: ['cluster'] },
  { path: () => `/clusters/${cluster}`, shows: ['cluster', 'hostname'] },
  { path: () => '/tokens', shows: ['token', 'token-note'] },
  { path: () => '/connect', shows: [] },
] as const

test('a script in any text that others may choose is read and never run', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const { page, go } = await browser.visit(service)
  for (const { path, shows } of pages) {
    await go(path())
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    for (const where of shows) await page.getByText(planted(where)).first().waitFor()
    assert.equal(await page.evaluate('globalThis.planted'), undefined, path())
    assert.equal(await page.locator('img[src=x]').count(), 0, path())
  }
})

test('the jobs with planted texts came to the ends that they were made for', () => {
  assert.deepEqual(
    jobs.map(({ state }) => state),
    ['SUCCESS', 'FAILURE', 'SUCCESS'],
  )
})
