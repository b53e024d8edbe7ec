// The list of preheats: what it shows of each, live, and what it can be narrowed to.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openBrowser, withoutBrowser } from '../support/browser.ts'
import { digestOf, makeImage, type MadeImage } from '../support/image.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { startService, type Job, type TestService } from '../support/service.ts'

const skip = withoutBrowser

let registry: TestRegistry
let service: TestService
before(async () => {
  ;[registry, service] = await Promise.all([startRegistry(), startService()])
})
after(() => Promise.all([registry.close(), service.stop()]))

/** An image of a name of its own, with layers of its own. */
function pushed(name: string, layers = [4096, 1500]): { readonly image: MadeImage; readonly url: string } {
  const image = makeImage({ seed: name, layers })
  registry.push(`library/${name}`, image, '1.0')
  return { image, url: `${registry.url}/v2/library/${name}/manifests/1.0` }
}

/** A pattern for the address of its last layer. */
function layerOf({ blobs }: MadeImage): RegExp {
  const layer = [...blobs.values()].at(-1)
  assert.ok(layer)
  return new RegExp(`/blobs/${digestOf(layer)}$`)
}

/** A preheat that stays open until it is let go, with one of its layers warm. */
async function held(name: string): Promise<{ readonly job: Job; readonly letGo: () => void }> {
  const { image, url } = pushed(name)
  const { promise, resolve } = Promise.withResolvers<void>()
  registry.fault({ path: layerOf(image), held: promise })
  const job = await service.preheat({ type: 'image', url })
  await registry.arrived(layerOf(image), 1)
  return { job, letGo: resolve }
}

async function made(name: string): Promise<Job> {
  const { id } = await service.preheat({ type: 'image', url: pushed(name).url })
  return service.settled(id)
}

async function failed(name: string): Promise<Job> {
  const { image, url } = pushed(name)
  registry.fault({ path: layerOf(image), status: 403 })
  const { id } = await service.preheat({ type: 'image', url })
  return service.settled(id)
}

/** The row of the table, or the card, in which a job is named. */
const rowOf = (page: Page, name: string, role: 'row' | 'listitem' = 'row') =>
  page.getByRole(role).filter({ has: page.getByRole('link', { name: new RegExp(`library/${name}:1\\.0$`) }) })

const choose = async (page: Page, filter: string, option: string): Promise<void> => {
  await page.getByRole('combobox', { name: filter }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

test('while there is no preheat, the list explains the first one', { skip }, async (t) => {
  const browser = await openBrowser(t)
  for (const dark of [false, true]) {
    const visit = await browser.visit(service, { dark })
    const { page } = visit
    await page.getByRole('heading', { name: 'Nothing has been preheated yet' }).waitFor()
    await page.getByRole('link', { name: 'connect it' }).waitFor()
    // There may be look-ups.
    await page.getByRole('combobox', { name: 'Kind' }).waitFor()
    await page.getByText('curl -sS -X POST').waitFor()
    await visit.screenshot(`preheats-first-${dark ? 'dark' : 'light'}`)
    await visit.passesAxe()
    await page.getByRole('link', { name: 'Preheat an image' }).click()
    await page.waitForURL(/#\/preheats\/new$/)
  }
})

test('the list shows how each preheat stands, and how it goes on without a reload', { skip }, async (t) => {
  const browser = await openBrowser(t)
  const visit = await browser.visit(service)
  const { page } = visit
  // They come while somebody looks.
  const done = await made('done')
  const refused = await failed('refused')
  const { letGo } = await held('moving')
  await rowOf(page, 'moving').getByText('warming', { exact: true }).waitFor()
  await rowOf(page, 'moving')
    .getByText(/^\d of \d tasks warm$/)
    .waitFor()
  await rowOf(page, 'refused').getByText('failed', { exact: true }).waitFor()
  await rowOf(page, 'refused').getByText(', 1 failed').waitFor()
  await rowOf(page, 'refused')
    .getByText(refused.error?.message ?? '', { exact: true })
    .waitFor()
  const row = rowOf(page, 'done')
  await row.getByText('succeeded', { exact: true }).waitFor()
  await row.getByText(`${done.progress.tasks} of ${done.progress.tasks} tasks warm`).waitFor()
  await row.getByText('local', { exact: true }).waitFor()
  await row.getByText('one seed peer').waitFor()
  await row.getByText('by open-api').waitFor()
  await visit.screenshot('preheats-light')
  await visit.passesAxe()
  const names = await page
    .getByRole('row')
    .getByRole('link', { name: /library/ })
    .allTextContents()
  assert.deepEqual(
    names.map((name) => /library\/(\w+)/.exec(name)?.[1]),
    ['moving', 'refused', 'done'],
  )
  letGo()
  await rowOf(page, 'moving').getByText('succeeded', { exact: true }).waitFor()
  await rowOf(page, 'moving')
    .getByRole('link', { name: /library/ })
    .click()
  await page.getByRole('heading', { level: 1, name: /library\/moving:1\.0$/ }).waitFor()
})

test('a preheat is cancelled from the list once it is confirmed, and can be retried there', { skip }, async (t) => {
  const { job, letGo } = await held('unwanted')
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service)
  const row = rowOf(page, 'unwanted')
  await row.getByRole('button', { name: `Cancel job ${job.id}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'No' }).click()
  assert.equal((await service.job(job.id)).phase, 'warming')
  await row.getByRole('button', { name: `Cancel job ${job.id}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the job' }).click()
  await row.getByText('cancelled', { exact: true }).waitFor()
  letGo()
  await row.getByRole('button', { name: `Retry job ${job.id}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click()
  await row.getByText('succeeded', { exact: true }).waitFor()
  await row.getByRole('link', { name: `Clone job ${job.id}` }).click()
  await page.waitForURL(new RegExp(`#/preheats/new\\?from=${job.id}$`))
})

test('filters stand in the address and narrow the list', { skip }, async (t) => {
  registry.putFile('/model.bin', Buffer.from('weights'))
  const files = await service.preheat({ type: 'file', url: `${registry.url}/model.bin` })
  await service.settled(files.id)
  await made('plain')
  await failed('broken')
  await service.call('PATCH', `/oapi/v1/jobs/${files.id}`, { bio: 'Weights of July' })
  const browser = await openBrowser(t)
  const visit = await browser.visit(service)
  const { page } = visit
  await rowOf(page, 'plain').waitFor()
  await choose(page, 'Kind', 'Files')
  await page.waitForURL(/kind=file/)
  await rowOf(page, 'plain').waitFor({ state: 'detached' })
  await page.getByRole('link', { name: /model\.bin/ }).waitFor()
  await choose(page, 'Kind', 'Images')
  await choose(page, 'State', 'failed')
  await rowOf(page, 'broken').waitFor()
  await rowOf(page, 'plain').waitFor({ state: 'detached' })
  await page.goBack()
  await rowOf(page, 'plain').waitFor()
  await visit.go('/preheats')
  await page.getByRole('searchbox', { name: 'Search' }).fill('weights OF')
  await page.waitForURL(/q=weights/)
  await rowOf(page, 'plain').waitFor({ state: 'detached' })
  await page.getByText('Weights of July').waitFor()
  await choose(page, 'Contract', 'kraken')
  await page.getByText('No preheat matches these filters.').waitFor()
  await visit.screenshot('preheats-no-match')
  await visit.passesAxe()
  await page.getByRole('button', { name: 'Clear the filters' }).click()
  await rowOf(page, 'plain').waitFor()
  assert.equal(await page.getByRole('searchbox', { name: 'Search' }).inputValue(), '')
  await choose(page, 'Cluster', 'local')
  await page.waitForURL(/cluster=1/)
  await rowOf(page, 'plain').waitFor()
})

test('the search keeps the focus while it is cleared, whatever it had found', { skip }, async (t) => {
  await made('sought')
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { path: '/preheats?q=nowhere' })
  await page.getByText('No preheat matches these filters.').waitFor()
  // What a page without rows would show while the answer is under way stays to be seen.
  const { promise, resolve } = Promise.withResolvers<void>()
  await page.route(
    (url) => url.pathname.endsWith('/jobs') && !url.searchParams.has('q'),
    async (route) => {
      await promise
      await route.continue()
    },
  )
  const search = page.getByRole('searchbox', { name: 'Search' })
  const asked = page.waitForRequest((request) => /\/jobs\?(?!.*q=)/.test(request.url()))
  await search.fill('')
  await asked
  assert.equal(await page.getByRole('heading', { name: 'Nothing has been preheated yet' }).count(), 0)
  resolve()
  await rowOf(page, 'sought').waitFor()
  await page.locator('input[type=search]:focus').waitFor()
})

test('the jobs of a peer are seen until its chip is taken away', { skip }, async (t) => {
  await made('somewhere')
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { path: '/preheats?peer=nobody%40nowhere' })
  await page.getByText('No preheat matches these filters.').waitFor()
  const chip = page.getByRole('button', { name: 'Peer nobody@nowhere' })
  await chip.focus()
  await page.keyboard.press('Delete')
  await rowOf(page, 'somewhere').waitFor()
  assert.doesNotMatch(page.url(), /peer/)
})

test('look-ups are no preheats, and are seen by whoever asks for them', { skip }, async (t) => {
  const task_id = 'a'.repeat(64)
  const answer = await service.call('POST', '/oapi/v1/jobs', { type: 'get_task', args: { task_id } })
  const { id } = answer.json as Job
  await service.settled(id)
  await made('beside')
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service)
  await rowOf(page, 'beside').waitFor()
  assert.equal(await page.getByText(`#${id} `).count(), 0)
  await choose(page, 'Kind', 'Look-ups (get_task)')
  await page.getByText(`#${id} · look-up`).waitFor()
})

test('at the width of a phone the jobs are cards, in both themes without a fault', { skip }, async (t) => {
  const { letGo } = await held('pocket')
  const browser = await openBrowser(t)
  for (const dark of [false, true]) {
    const visit = await browser.visit(service, { dark, width: 375, height: 700 })
    const { page } = visit
    await rowOf(page, 'pocket', 'listitem').getByText('warming').waitFor()
    await visit.screenshot(`preheats-phone-${dark ? 'dark' : 'light'}`)
    await visit.passesAxe()
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    assert.equal(width, 375, 'the page scrolls sideways')
  }
  letGo()
  const visit = await browser.visit(service, { dark: true })
  const { page } = visit
  await rowOf(page, 'pocket').waitFor()
  await visit.screenshot('preheats-dark')
  await visit.passesAxe()
})

test('more jobs than a page holds are paged', { skip }, async (t) => {
  for (const path of ['/oldest', '/newer']) registry.putFile(path, Buffer.from(path))
  await service.preheat({ type: 'file', url: `${registry.url}/oldest` })
  for (let n = 0; n < 25; n++) await service.preheat({ type: 'file', url: `${registry.url}/newer` })
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { path: '/preheats?kind=file' })
  const oldest = page.getByRole('link', { name: /\/oldest$/ })
  await page.getByRole('button', { name: 'Go to page 2' }).click()
  await page.waitForURL(/page=2/)
  await oldest.waitFor()
  await page.getByRole('button', { name: 'Go to page 1' }).click()
  await oldest.waitFor({ state: 'detached' })
  assert.equal(await page.getByRole('row').count(), 1 + 25)
})

test('a token that may only read is offered nothing that changes a job', { skip }, async (t) => {
  await made('untouchable')
  const { json } = await service.call('POST', '/oapi/v1/personal-access-tokens', {
    name: 'reader',
    scopes: ['job:read'],
    expired_at: new Date(Date.now() + 86_400_000).toISOString(),
  })
  const { token } = json as { readonly token: string }
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { token })
  await rowOf(page, 'untouchable').waitFor()
  assert.equal(await page.getByRole('button', { name: /^(Cancel|Retry|Clone) job/ }).count(), 0)
  assert.equal(await page.getByRole('link', { name: /^(New preheat|Clone job)/ }).count(), 0)
})

test('markup in a note is shown as text', { skip }, async (t) => {
  const { id } = await made('marked')
  const note = '<img src=x onerror="document.title=1">'
  await service.call('PATCH', `/oapi/v1/jobs/${id}`, { bio: note })
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service)
  await rowOf(page, 'marked').getByText(note).waitFor()
})
