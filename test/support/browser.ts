// A real browser that looks at the console of a real service, and hears of everything that a page must not do.

import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { chromium, type Browser, type Page } from 'playwright-core'
import { requires } from './requires.ts'
import { adminToken } from './service.ts'

/** For a test's `skip`. */
export const withoutBrowser: string | false = requires('chromium', 'chromium')

/** Chromium in a test: alone, asking nobody for news of its own. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
/** Until something is seen that was waited for; machines of others may be slow. */
const seenWithinMs = 20_000

/** As much of a service as a page needs to know. */
type Served = Pick<URL, 'href'> | { readonly url: string }

export interface VisitOptions {
  /** null: nobody is signed in. The administrator's by default. */
  readonly token?: string | null
  /** Behind the #; `/preheats` by default. */
  readonly path?: string
  readonly dark?: boolean
  /** Of the window, in pixels. */
  readonly width?: number
  readonly height?: number
  /** What the page may complain of: a refusal that the test provokes is printed by the browser itself. */
  readonly expects?: readonly RegExp[]
}

export interface Visit {
  readonly page: Page
  /** Goes to another page of the console. */
  readonly go: (path: string) => Promise<void>
  /** Fails for anything that axe-core finds. */
  readonly passesAxe: () => Promise<void>
  /** Into the folder that WARMFRONT_TEST_SHOTS names; nothing where it names none. */
  readonly screenshot: (name: string) => Promise<void>
}

export interface TestBrowser {
  /** An empty page, watched as all are. */
  readonly page: (service: Served, options?: VisitOptions) => Promise<Page>
  /** The console. */
  readonly visit: (service: Served, options?: VisitOptions) => Promise<Visit>
}

/**
 * Closed with the test, which fails where a page printed an error, broke its own policy, or asked another host. To be opened
 * before a service that the test closes: what is registered first is closed first, and a page would find it gone.
 */
export async function openBrowser(t: Pick<TestContext, 'after'>): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags })
  const troubles: string[] = []
  t.after(async () => {
    await browser.close()
    assert.deepEqual(troubles, [], 'what pages did that they must not do')
  })
  const open = (service: Served, options: VisitOptions) =>
    watchedPage(browser, troubles, { ...options, url: addressOf(service) })
  return {
    page: (service, options = {}) => open(service, options),
    visit: async (service, options = {}) =>
      visit(await open(service, options), { ...options, url: addressOf(service) }),
  }
}

const addressOf = (service: Served): string => ('url' in service ? service.url : service.href).replace(/\/$/, '')

type Visiting = VisitOptions & { readonly url: string }

async function watchedPage(browser: Browser, troubles: string[], options: Visiting): Promise<Page> {
  const { dark = false, width = 1280, height = 900 } = options
  const context = await browser.newContext({
    colorScheme: dark ? 'dark' : 'light',
    viewport: { width, height },
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  page.setDefaultTimeout(seenWithinMs)
  watch(page, troubles, options)
  return page
}

async function visit(page: Page, { url, token = adminToken, path = '/preheats' }: Visiting): Promise<Visit> {
  if (token !== null) {
    await page.addInitScript((kept) => {
      // Only for the first page of the tab: whoever signs out stays so.
      if (sessionStorage.getItem('warmfront.visited') === null) sessionStorage.setItem('warmfront.token', kept)
      sessionStorage.setItem('warmfront.visited', 'yes')
    }, token)
  }
  await page.goto(`${url}/console/#${path}`)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  return {
    page,
    go: async (to) => {
      await page.goto(`${url}/console/#${to}`)
    },
    passesAxe: () => passesAxe(page),
    screenshot: (name) => screenshot(page, name),
  }
}

function watch(page: Page, troubles: string[], { url, expects = [] }: Visiting): void {
  const isExpected = (text: string): boolean => expects.some((pattern) => pattern.test(text))
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    if (!isExpected(message.text())) troubles.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => troubles.push(`thrown: ${error.message}`))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) troubles.push(`asked elsewhere: ${request.url()}`)
  })
}

let axe: Promise<string> | undefined

async function passesAxe(page: Page): Promise<void> {
  axe ??= readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
  // Movements are over when nothing is half seen any more. By the debugger, which the page's policy has no say in.
  await page.evaluate(movementsEnd)
  await page.evaluate(await axe)
  const { violations } = await page.evaluate<{ violations: readonly Violation[] }>('axe.run()')
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`)
  assert.deepEqual(found, [], `axe-core on ${page.url()}`)
}

const movementsEnd = `Promise.all(document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity)
  .map(({ finished }) => finished.catch(() => {})))`

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly html: string }[]
}

async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['WARMFRONT_TEST_SHOTS']
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}
