// The page that preheats are made on, in a browser, with the real service and a registry.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { openBrowser, withoutBrowser, type Visit, type VisitOptions } from '../support/browser.ts'
import { bytesOf, makeImage } from '../support/image.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { startService, type Job, type TestService } from '../support/service.ts'

const skip = withoutBrowser
const path = '/preheats/new'
/** The browser prints every refusal that it is given. */
const refusals = [/status of 422/, /status of 502/]

interface Scene {
  readonly service: TestService
  readonly registry: TestRegistry
  /** Of an image for two platforms. */
  readonly reference: string
  readonly visit: (options?: VisitOptions) => Promise<Visit>
}

async function sceneOf(t: TestContext): Promise<Scene> {
  // First, so that it is closed before what its pages ask.
  const browser = await openBrowser(t)
  const registry = await startRegistry()
  t.after(() => registry.close())
  registry.push('team/app', makeImage({ layers: [3000, 70_000], platforms: ['linux/amd64', 'linux/arm64'] }), '1.0')
  const service = await startService()
  t.after(() => service.stop())
  return {
    service,
    registry,
    reference: `${registry.host}/team/app:1.0`,
    visit: (options = {}) => browser.visit(service, { path, expects: refusals, ...options }),
  }
}

const box = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const combo = (page: Page, name: string) => page.getByRole('combobox', { name, exact: true })
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

async function choose(page: Page, name: string, option: string): Promise<void> {
  await combo(page, name).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

async function chips(page: Page, name: string, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await combo(page, name).fill(text)
    await combo(page, name).press('Enter')
  }
}

/** The job whose page is shown. */
async function madeIn(page: Page, service: TestService): Promise<Job> {
  await page.waitForURL(/#\/preheats\/\d+$/)
  return service.job(Number(/\d+$/.exec(page.url())?.[0]))
}

const jobsOf = async (service: TestService): Promise<readonly Job[]> =>
  (await service.call('GET', '/oapi/v1/jobs')).json as Job[]

test('an image preheat has every field as it was set', { skip }, async (t) => {
  const { service, reference, visit } = await sceneOf(t)
  const shown = await visit()
  const { page } = shown
  await box(page, 'Description').fill('for the release')
  await box(page, 'URL').fill(reference)
  await chips(page, 'Platform', 'linux/amd64', 'linux/arm64')
  await choose(page, 'Clusters', 'local')
  await choose(page, 'Scope', 'All peers')
  await page.getByRole('radio', { name: 'Percentage' }).check()
  await box(page, 'Percentage').fill('50')
  await choose(page, 'Scope', 'All seed peers')
  assert.equal(await box(page, 'Percentage').inputValue(), '50', 'kept when the scope changes')
  await box(page, 'User name').fill('reader')
  const password = page.getByLabel('Password', { exact: true })
  await password.fill('not a secret')
  assert.equal(await password.getAttribute('type'), 'password')
  await press(page, 'Show Password')
  assert.equal(await password.getAttribute('type'), 'text')
  await press(page, 'Hide Password')
  assert.equal(await box(page, 'Piece length').isVisible(), false, 'options are folded')
  await page.getByRole('button', { name: /^Options/ }).click()
  await box(page, 'Piece length').fill('16')
  await box(page, 'Success percentage').fill('90')
  await box(page, 'Blobs at a time').fill('4')
  await box(page, 'Peers at a time').fill('20')
  await box(page, 'Timeout').fill('90')
  await choose(page, 'Unit', 'seconds')
  await box(page, 'Tag').fill('blue')
  await box(page, 'Application').fill('shop')
  await chips(page, 'Filtered query params', 'ns')
  await combo(page, 'Filtered query params').fill('X-Amz-Date')
  await press(page, 'Add a header')
  await box(page, 'Name of header 1').fill('X-Trace')
  await box(page, 'Value of header 1').fill('on')
  await press(page, 'Add a header')
  await box(page, 'Name of header 2').fill('Cookie')
  const cookie = page.getByLabel('Value of header 2', { exact: true })
  await cookie.fill('a=b')
  assert.equal(await cookie.getAttribute('type'), 'password')
  await shown.screenshot('new-preheat-every-field')
  await shown.passesAxe()
  await press(page, 'As curl')
  const command = await page.getByLabel('the command', { exact: true }).innerText()
  assert.match(command, /"tag": "blue"/)
  assert.doesNotMatch(command, /not a secret|a=b/)
  await press(page, 'Close')
  await press(page, 'Create')

  const job = await madeIn(page, service)
  assert.equal(job.bio, 'for the release')
  assert.deepEqual(
    job.scheduler_clusters.map(({ name }) => name),
    ['local'],
  )
  assert.deepEqual(job.args, {
    type: 'image',
    url: reference,
    urls: null,
    platform: 'linux/amd64,linux/arm64',
    scope: 'all_seed_peers',
    percentage: 50,
    count: null,
    ips: null,
    username: 'reader',
    password: '',
    piece_length: 16 * 1024 * 1024,
    success_percentage: 90,
    concurrent_task_count: 4,
    concurrent_peer_count: 20,
    timeout: 90e9,
    tag: 'blue',
    application: 'shop',
    filtered_query_params: 'ns&X-Amz-Date',
    headers: { 'X-Trace': 'on', Cookie: '***' },
    hdfs: null,
    object_storage: null,
  })
  assert.equal((await service.settled(job.id)).state, 'SUCCESS')
})

test('addresses of files that are pasted become rows, and one job', { skip }, async (t) => {
  const { service, registry, visit } = await sceneOf(t)
  for (const name of ['/a.bin', '/b.bin']) registry.putFile(name, bytesOf(5000, name))
  const shown = await visit({ dark: true, width: 375 })
  const { page } = shown
  await page.getByRole('button', { name: 'Files' }).click()
  await page.evaluate(
    `navigator.clipboard.writeText(${JSON.stringify(`${registry.url}/a.bin\n\n${registry.url}/b.bin\n`)})`,
  )
  await box(page, 'URL 1').press('ControlOrMeta+v')
  assert.equal(await box(page, 'URL 2').inputValue(), `${registry.url}/b.bin`)
  await press(page, 'Add a URL')
  await box(page, 'URL 3').fill('not wanted')
  await press(page, 'Remove URL 3')
  await shown.screenshot('new-preheat-files-dark-375')
  await shown.passesAxe()
  const wider = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  assert.ok(wider <= 0, `the page is ${wider} px wider than the window`)
  await press(page, 'Create')
  const job = await madeIn(page, service)
  assert.deepEqual(
    [job.args.type, job.args.url, job.args.urls],
    ['file', '', [`${registry.url}/a.bin`, `${registry.url}/b.bin`]],
  )
  assert.equal((await service.settled(job.id)).state, 'SUCCESS')
})

test('what is wrong is said at its field, which is led to', { skip }, async (t) => {
  const { service, reference, visit } = await sceneOf(t)
  const shown = await visit()
  const { page } = shown
  await press(page, 'Create')
  await page.getByText('Say which image.').waitFor()
  await box(page, 'URL').and(page.locator(':focus')).waitFor()
  await box(page, 'URL').fill('registry.example.com/UPPER:1')
  await press(page, 'Create')
  await page.getByText('has no valid repository name').waitFor()
  assert.equal(await box(page, 'URL').getAttribute('aria-invalid'), 'true')
  assert.equal(await page.getByText('The image reference').count(), 1, 'at the field and nowhere else')
  await box(page, 'URL').fill(reference)
  assert.equal(await page.getByText('has no valid repository name').count(), 0, 'gone once it is changed')
  await combo(page, 'Platform').fill('linux')
  await press(page, 'Create')
  await page.getByText('args.platform names "linux"').waitFor()
  await combo(page, 'Platform').and(page.locator(':focus')).waitFor()
  await combo(page, 'Platform').fill('')
  await page.getByRole('button', { name: /^Options/ }).click()
  await box(page, 'Tag').fill('x'.repeat(1025))
  await page.getByRole('button', { name: /^Options/ }).click()
  await box(page, 'Tag').waitFor({ state: 'hidden' })
  await press(page, 'Create')
  await box(page, 'Tag').waitFor()
  await page.getByText(/args\.tag must NOT have more than 1024 characters/).waitFor()
  await box(page, 'Tag').and(page.locator(':focus')).waitFor()
  await shown.screenshot('new-preheat-wrong')
  await shown.passesAxe()
  await box(page, 'Tag').fill('')
  await box(page, 'Piece length').fill('1024')
  await press(page, 'Create')
  await page.getByText('A number from 4 to 64.').waitFor()
  assert.deepEqual(await jobsOf(service), [])
})

test('a plan shows blobs and bytes, warms nothing, and is outdated by a change', { skip }, async (t) => {
  const { service, registry, reference, visit } = await sceneOf(t)
  const shown = await visit()
  const { page } = shown
  await box(page, 'URL').fill(reference)
  await chips(page, 'Platform', 'linux/amd64')
  const held = Promise.withResolvers<void>()
  registry.fault({ path: /manifests/, held: held.promise, times: 1 })
  await press(page, 'Plan')
  await box(page, 'URL').fill('')
  await press(page, 'Create')
  await page.getByText('Say which image.').waitFor()
  const stopped = page.waitForEvent('requestfailed')
  await press(page, 'Stop')
  await stopped
  await page.getByText('A plan shows what a preheat would do').waitFor()
  assert.equal(await page.getByText('Say which image.').count(), 1, 'what was stopped takes nothing back')
  held.resolve()
  await box(page, 'URL').fill(reference)
  await press(page, 'Plan')
  const plan = page.getByRole('region', { name: 'Plan', exact: true })
  await plan.getByText(/7\d\.\d KiB of 7\d\.\d KiB/).waitFor()
  await plan.getByText('linux/amd64', { exact: true }).waitFor()
  await plan.getByRole('cell', { name: '68.4 KiB' }).waitFor()
  await plan.getByRole('cell', { name: 'application/vnd.oci.image.layer.v1.tar' }).first().waitFor()
  assert.match(
    await plan.locator('[aria-live]').innerText(),
    /^\d+ tasks at 1 peer, 0 known to be warm already\.$/,
    'the tables are not read out',
  )
  assert.ok(
    registry.requests.every(({ bytesSent }) => bytesSent < 3000),
    'no layer was fetched',
  )
  assert.deepEqual(await jobsOf(service), [])
  await shown.screenshot('new-preheat-plan')
  await shown.passesAxe()
  assert.equal(await plan.getByText('Outdated').count(), 0)
  await chips(page, 'Platform', 'linux/arm64')
  await plan.getByText('Outdated').waitFor()
  await box(page, 'URL').fill(`${registry.host}/team/absent:1.0`)
  await press(page, 'Plan')
  await plan.getByRole('alert').filter({ hasText: 'team/absent' }).waitFor()
})

test('a copy begins with everything but the secrets', { skip }, async (t) => {
  const { service, registry, reference, visit } = await sceneOf(t)
  const args = {
    type: 'image',
    url: reference,
    platform: 'linux/arm64',
    scope: 'all_peers',
    count: 7,
    username: 'reader',
    password: 'not a secret',
    piece_length: 8 * 1024 * 1024,
    timeout: 2 * 3600e9,
    tag: 'blue',
    headers: { Accept: 'a/b', Authorization: 'Basic abcdef' },
  }
  const first = await service.preheat(args)
  const shown = await visit({ path: `${path}?from=${first.id}`, dark: true })
  const { page } = shown
  await page.getByText('To be typed again: the password, the header Authorization.').waitFor()
  assert.equal(await box(page, 'Count').inputValue(), '7')
  assert.equal(await box(page, 'Piece length').inputValue(), '8')
  assert.equal(await box(page, 'Timeout').inputValue(), '2')
  await shown.screenshot('new-preheat-copy-dark')
  await shown.passesAxe()
  await page.getByLabel('Password', { exact: true }).fill('not a secret')
  await page.getByLabel('Value of header 2', { exact: true }).fill('Basic abcdef')
  await press(page, 'Create')
  await page.waitForURL((url) => /#\/preheats\/\d+$/.test(url.hash))
  const second = await madeIn(page, service)
  assert.notEqual(second.id, first.id)
  assert.deepEqual(second.args, first.args)

  const signed = await service.preheat({ type: 'file', urls: [`${registry.url}/a.bin?X-Amz-Signature=abc`] })
  await shown.go(`${path}?from=${signed.id}`)
  await page.getByText('A part of it was hidden').waitFor()
})

test('two clicks make one job', { skip }, async (t) => {
  const { service, reference, visit } = await sceneOf(t)
  const { page } = await visit()
  await box(page, 'URL').fill(reference)
  // Both before the page can have drawn anything: faster than any finger.
  await page.evaluate(`for (const _ of [1, 2]) document.querySelector('[type=submit]').click()`)
  const job = await madeIn(page, service)
  await service.settled(job.id)
  assert.equal((await jobsOf(service)).length, 1)
})

test('what the token may not do is not offered', { skip }, async (t) => {
  const { service, reference, visit } = await sceneOf(t)
  const tokenWith = async (scopes: readonly string[]): Promise<string> => {
    const { json } = await service.call('POST', '/oapi/v1/personal-access-tokens', {
      name: scopes.join('-').replaceAll(':', '-'),
      expired_at: '2099-01-01T00:00:00Z',
      scopes,
    })
    return (json as { readonly token: string }).token
  }
  const reader = await visit({ token: await tokenWith(['job:read']) })
  await reader.page.getByText('does not have the scope job.').waitFor()
  assert.equal(await reader.page.getByRole('button', { name: 'Create' }).count(), 0)
  await reader.passesAxe()

  const { page } = await visit({ token: await tokenWith(['job']) })
  await box(page, 'URL').fill(reference)
  await combo(page, 'Cluster ids').fill('1')
  await press(page, 'Create')
  const job = await madeIn(page, service)
  assert.deepEqual(
    job.scheduler_clusters.map(({ id }) => id),
    [1],
  )
})
