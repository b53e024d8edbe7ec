// The pictures in the README, of the real console before a service with a fleet: `npm run screenshots`. The peers of the
// fleet are the tests' own, all on this machine, and three of them break on purpose.

import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { status } from '@grpc/grpc-js'
import type { Page } from 'playwright-core'
import { openBrowser, type TestBrowser } from '../test/support/browser.ts'
import { startFleet, type Fleet } from '../test/support/fleet.ts'
import { makeImage } from '../test/support/image.ts'

const folder = new URL('../docs/images/', import.meta.url)
const window = { width: 1280, height: 720 }
/** As a dfdaemon says it. */
const diskFull = { code: status.INTERNAL, details: 'not enough space to store the task' }
const layers = Array.from({ length: 14 }, (_, n) => 200_000 + 90_000 * ((n * 7) % 11))

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, folder)) })
  console.log(`docs/images/${name}.png`)
}

/** A preheat that succeeds, one that fails at three of sixteen peers, and one of an image that is not there. */
async function fill(fleet: Fleet): Promise<number> {
  const { registry, daemons, service } = fleet
  registry.push('library/app', makeImage({ layers, seed: 'app' }), '1.0')
  registry.push('team/model', makeImage({ layers, seed: 'model' }), '2026-11')
  const url = (repository: string, tag: string) => `${registry.url}/v2/${repository}/manifests/${tag}`
  const first = await fleet.preheat({ url: url('library/app', '1.0'), scope: 'all_peers' })
  await service.settled(first.id)
  for (const daemon of daemons.slice(5, 8)) daemon.refusesWith = diskFull
  const second = await fleet.preheat({ url: url('team/model', '2026-11'), scope: 'all_peers' })
  const third = await fleet.preheat({ url: url('library/app', '1.1') })
  await Promise.all([second, third].map(({ id }) => service.settled(id)))
  return second.id
}

async function takeAll(browser: TestBrowser, fleet: Fleet): Promise<void> {
  const failed = await fill(fleet)
  const light = await browser.visit(fleet.service, { ...window, path: '/preheats' })
  await light.page.getByText('team/model').first().waitFor()
  await shoot(light.page, 'preheats')
  const dark = await browser.visit(fleet.service, { ...window, height: 1250, dark: true, path: `/preheats/${failed}` })
  await dark.page.getByRole('grid').waitFor()
  await shoot(dark.page, 'preheat')
  await light.go('/connect?client=harbor')
  await light.page.getByRole('heading', { name: 'Connect', level: 1 }).waitFor()
  await shoot(light.page, 'connect')
}

await mkdir(folder, { recursive: true })
const closing: (() => unknown)[] = []
try {
  const fleet = await startFleet({ seeds: 2, ordinary: 14 })
  closing.push(() => fleet.close())
  const browser = await openBrowser({ after: (close) => closing.push(close as () => unknown) })
  await takeAll(browser, fleet)
} finally {
  for (const close of closing.toReversed()) await close()
}
