// axe-core finds nothing on any page, by day and by night, on a desk and on a phone; and nothing but a page's own tables
// has to be scrolled sideways.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openBrowser, withoutBrowser, type Visit } from '../support/browser.ts'
import { makeImage } from '../support/image.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { startService, type TestService } from '../support/service.ts'

let service: TestService
let registry: TestRegistry
before(async () => {
  registry = await startRegistry()
  registry.push('library/app', makeImage(), '1.0')
  registry.push('library/refused', makeImage({ seed: 'refused' }), '1.0')
  registry.fault({ path: /library\/refused\/blobs/, status: 403 })
  service = await startService()
  for (const repository of ['app', 'refused']) {
    const { id } = await service.preheat({
      type: 'image',
      url: `${registry.url}/v2/library/${repository}/manifests/1.0`,
    })
    await service.settled(id)
  }
})
after(async () => {
  await service.stop()
  await registry.close()
})

/** Every page of the console, each with something on it that comes last. */
const pages = [
  { path: '/preheats', shows: 'library/app:1.0' },
  { path: '/preheats/1', shows: 'Arguments' },
  { path: '/preheats/2', shows: 'What went wrong' },
  { path: '/preheats/404', shows: 'There is no' },
  { path: '/preheats/new', shows: 'Options' },
  { path: '/preheats/new?from=1', shows: 'Options' },
  { path: '/clusters', shows: 'local' },
  { path: '/clusters/1', shows: 'Who holds an image?' },
  { path: '/tokens', shows: 'Make a token' },
  { path: '/connect?client=harbor-old', shows: 'First call' },
  { path: '/nowhere', shows: 'There is no such page' },
] as const

const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'

async function isFine(visit: Visit, path: string): Promise<void> {
  await visit.passesAxe()
  assert.equal(await visit.page.evaluate(isTooWide), false, `${path} is wider than its window`)
}

for (const look of [{ dark: false }, { dark: true }, { dark: false, width: 375 }, { dark: true, width: 375 }]) {
  const name = `${look.dark ? 'dark' : 'light'}${look.width === undefined ? '' : ', at the width of a phone'}`
  test(`every page is fine: ${name}`, { skip: withoutBrowser }, async (t) => {
    const browser = await openBrowser(t)
    const signIn = await browser.visit(service, { ...look, token: null })
    await isFine(signIn, 'the page to sign in to')
    const visit = await browser.visit(service, { ...look, expects: [/status of 404/] })
    for (const { path, shows } of pages) {
      await visit.go(path)
      await visit.page.getByText(shows).first().waitFor()
      await isFine(visit, path)
      await visit.screenshot(
        `all-${look.dark ? 'dark' : 'light'}-${look.width ?? 'wide'}-${path.replaceAll(/\W+/g, '-')}`,
      )
    }
  })
}
