// The page at /docs in a real browser: it shows the documents, and keeps to the policy that the console has.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openBrowser, withoutBrowser } from '../support/browser.ts'
import { startService, type TestService } from '../support/service.ts'

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.stop())

test('the documents are shown, and an operation can be opened', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const page = await browser.page(service)
  await page.goto(`${service.url}/docs`)
  await page.getByText('/oapi/v1/jobs', { exact: true }).first().click()
  await page.getByText('Idempotency-Key').first().waitFor()
  assert.equal(await page.title(), 'Warmfront API')
})
