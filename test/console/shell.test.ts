// The frame of the console: signing in and out, what a token is offered, and how the page itself is served.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openBrowser, withoutBrowser } from '../support/browser.ts'
import { adminToken, startService, type TestService } from '../support/service.ts'

let service: TestService
before(async () => {
  service = await startService({ WARMFRONT_PATH_PREFIXES: '/edge' })
})
after(() => service.stop())

const refused = /status of 401/

async function tokenWith(scopes: readonly string[]): Promise<{ readonly id: number; readonly token: string }> {
  const name = `for ${scopes.join(' ')}`
  const answer = await service.call('POST', '/oapi/v1/personal-access-tokens', {
    name,
    scopes,
    expired_at: new Date(Date.now() + 86_400_000).toISOString(),
  })
  assert.equal(answer.status, 200, answer.text)
  return answer.json as { readonly id: number; readonly token: string }
}

test('a right token signs in, and signing out forgets it', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const { page, passesAxe } = await browser.visit(service, { token: null })
  await passesAxe()
  await page.getByLabel('Personal access token').fill(adminToken)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Preheats', level: 1 }).waitFor()
  assert.equal(await page.evaluate(`sessionStorage.getItem('warmfront.token')`), adminToken)
  assert.equal(await page.evaluate(`localStorage.getItem('warmfront.token')`), null)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Personal access token').waitFor()
  assert.equal(await page.evaluate(`sessionStorage.getItem('warmfront.token')`), null)
})

test('a wrong token is told why it is not let in', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { token: null, expects: [refused] })
  await page.getByLabel('Personal access token').fill('wf_nobody-has-this-token')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('The token is not known here, has expired or was revoked.').waitFor()
})

test('a token that is deactivated while it is in use is signed out', { skip: withoutBrowser }, async (t) => {
  const { id, token } = await tokenWith(['job'])
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { token, expects: [refused] })
  await page.getByRole('heading', { name: 'Preheats', level: 1 }).waitFor()
  await service.call('PATCH', `/oapi/v1/personal-access-tokens/${id}`, { state: 'inactive' })
  await page.getByText('The token is not known here, has expired or was revoked.').waitFor()
  await page.getByLabel('Personal access token').waitFor()
})

test('what a token may not do is not offered', { skip: withoutBrowser }, async (t) => {
  const { token } = await tokenWith(['job:read'])
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { token })
  const pages = page.getByRole('navigation', { name: 'Pages' })
  assert.deepEqual(await pages.getByRole('link').allTextContents(), ['Preheats', 'Connect'])
  assert.equal(await page.getByRole('link', { name: /preheat an image|new preheat|create/i }).count(), 0)
})

test(
  'everything can be reached by keyboard, and the content can be skipped to',
  { skip: withoutBrowser },
  async (t) => {
    const browser = await openBrowser(t)
    const { page } = await browser.visit(service)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate(`document.activeElement.id`), 'content')
  },
)

test('light and dark are chosen with one press, and kept', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service)
  const ground = `getComputedStyle(document.body).backgroundColor`
  const light = await page.evaluate(ground)
  await page.getByRole('button', { name: 'Dark theme' }).click()
  await page.getByRole('button', { name: 'Light theme' }).waitFor()
  const dark = await page.evaluate(ground)
  assert.notEqual(dark, light)
  await page.reload()
  await page.getByRole('button', { name: 'Light theme' }).waitFor()
  assert.equal(await page.evaluate(ground), dark)
})

test(
  'the console works below a path prefix, and the address of the service leads to it',
  { skip: withoutBrowser },
  async (t) => {
    const browser = await openBrowser(t)
    const { page } = await browser.visit({ url: `${service.url}/edge` }, { path: '/connect' })
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.goto(`${service.url}/edge/`)
    await page.waitForURL(`${service.url}/edge/console/**`)
    await page.getByRole('heading', { name: 'Preheats', level: 1 }).waitFor()
  },
)

test('a page that is not there says so', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { path: '/nowhere' })
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
})
