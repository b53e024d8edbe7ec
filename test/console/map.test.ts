// The map of a preheat, its layers and its failed tasks, of a fleet that is not all well.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import type { Page } from 'playwright-core'
import type { JobMap } from '../../src/console/api/types.ts'
import { openBrowser, withoutBrowser } from '../support/browser.ts'
import { startFleet, type Fleet } from '../support/fleet.ts'
import { makeImage } from '../support/image.ts'

const image = makeImage({ layers: [40_000, 9_000] })
const hint = /Give the peer more room/

let fleet: Fleet
/** Three peers, of which node-1 has no room left, and three blobs: a config and two layers. */
let id: number
before(async () => {
  fleet = await startFleet({ seeds: 0, ordinary: 3 })
  const [, full] = fleet.daemons
  assert.ok(full)
  full.refusesWith = { code: status.INTERNAL, details: 'not enough space to store the task' }
  fleet.registry.push('team/app', image, '1.0')
  id = (await fleet.preheat({ url: `${fleet.registry.host}/team/app:1.0`, scope: 'all_peers' })).id
  assert.equal((await fleet.service.settled(id)).state, 'FAILURE')
})
after(() => fleet.close())

const grid = (page: Page) => page.getByRole('grid', { name: 'Tasks by peer and layer' })
const cell = (page: Page) => grid(page).getByRole('gridcell')

test(
  'the map counts what is warm and what failed, and passes axe-core by day, by night and on a phone',
  { skip: withoutBrowser },
  async (t) => {
    const browser = await openBrowser(t)
    for (const [name, look] of [
      ['day', {}],
      ['night', { dark: true }],
      ['phone', { width: 375 }],
    ] as const) {
      const visit = await browser.visit(fleet.service, { path: `/preheats/${id}`, ...look })
      const { page } = visit
      const legend = page.getByRole('list', { name: 'Tasks by state' })
      await legend.waitFor()
      const counts = (await legend.getByRole('listitem').allTextContents()).map((text) => text.split(/ (?=\d)/))
      const ofState = (...states: readonly string[]): number =>
        counts.reduce((sum, [state = '', count]) => sum + (states.includes(state) ? Number(count) : 0), 0)
      // Peers that hold what another one has just fetched may say that they held it already.
      assert.deepEqual([ofState('failed'), ofState('warm', 'held already')], [3, 6])
      await grid(page).focus()
      await visit.passesAxe()
      await visit.screenshot(`map-${name}`)
      assert.ok(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'), name)
      await page.close()
    }
  },
)

test('the keyboard reaches a failed task, and its cause and hint are told', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const visit = await browser.visit(fleet.service, { path: `/preheats/${id}` })
  const { page } = visit
  await grid(page).waitFor()
  await page.getByRole('button', { name: 'Next failed' }).focus()
  await page.keyboard.press('Tab')
  const said = async (): Promise<string> => (await cell(page).textContent()) ?? ''
  assert.match(await said(), /^peer node-1 \(127\.0\.2\.2\), config 1 of 3, sha256:.*, failed$/)
  await page.keyboard.press('ArrowDown')
  assert.match(await said(), /^peer node-0 \(127\.0\.2\.1\), config 1 of 3, sha256:.*, (warm|held already)$/)
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('End')
  assert.match(await said(), /^peer node-1 .*, layer 3 of 3, sha256:.*, failed$/)
  assert.equal(await grid(page).getAttribute('aria-activedescendant'), await cell(page).getAttribute('id'))
  await page.keyboard.press('Enter')
  const task = page.getByRole('dialog', { name: /Task: layer at node-1/ })
  await task.getByText(hint).waitFor()
  await task.getByText('peer.full').waitFor()
  await visit.passesAxe()
  await visit.screenshot('map-task-failed')
  await page.keyboard.press('Escape')
  await task.waitFor({ state: 'hidden' })
  assert.ok(await grid(page).evaluate((element) => element === element.ownerDocument.activeElement))
})

test('a click opens the task under it, which says how its being warm is known', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const visit = await browser.visit(fleet.service, { path: `/preheats/${id}` })
  const { page } = visit
  const size = await grid(page).boundingBox()
  assert.ok(size)
  // The last line, in a column beyond the names.
  await grid(page).click({ position: { x: 300, y: size.height - 20 } })
  const task = page.getByRole('dialog', { name: /Task: config at node-2/ })
  await task.getByText('The peer named every piece of it.').waitFor()
  await visit.screenshot('map-task-warm')
  await task.getByRole('button', { name: 'Close' }).click()
  await task.waitFor({ state: 'hidden' })
})

test(
  'a click that no move of the pointer came before opens the task under it, and one of a screen reader that of the cursor',
  { skip: withoutBrowser },
  async (t) => {
    const browser = await openBrowser(t)
    const { page } = await browser.visit(fleet.service, { path: `/preheats/${id}` })
    // The pointer is left on the first line.
    await grid(page).hover({ position: { x: 300, y: 50 } })
    const size = await grid(page).boundingBox()
    assert.ok(size)
    await grid(page).dispatchEvent('click', { detail: 1, clientX: size.x + 300, clientY: size.y + size.height - 20 })
    const opened = async (hostname: string): Promise<void> => {
      const task = page.getByRole('dialog', { name: `Task: config at ${hostname}` })
      await task.getByRole('button', { name: 'Close' }).click()
      await task.waitFor({ state: 'hidden' })
    }
    await opened('node-2')
    await grid(page).press('ArrowUp')
    await cell(page).dispatchEvent('click')
    await opened('node-0')
  },
)

test('next failed goes from one failed task to the next, round and round', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const { page } = await browser.visit(fleet.service, { path: `/preheats/${id}` })
  const next = page.getByRole('button', { name: 'Next failed' })
  for (const what of ['config 1', 'layer 2', 'layer 3', 'config 1']) {
    await next.click()
    await cell(page)
      .filter({ hasText: new RegExp(`peer node-1 .*${what} of 3.*failed`) })
      .waitFor()
  }
  // Where none of those that are shown failed it is not offered.
  await page.getByLabel('Hostname or ip').fill('127.0.2.3')
  await next.waitFor({ state: 'hidden' })
  await page.getByLabel('Hostname or ip').fill('')
  await next.waitFor()
})

test('peers are shown in another order, and only those that are looked for', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const { page } = await browser.visit(fleet.service, { path: `/preheats/${id}` })
  const first = async (hostname: string): Promise<void> => {
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Control+Home')
    await cell(page).filter({ hasText: hostname }).waitFor()
  }
  await page.getByLabel('Order of peers').focus()
  await first('node-1')
  await page.getByLabel('Order of peers').click()
  await page.getByRole('option', { name: 'as planned' }).click()
  await first('node-0')
  await page.getByLabel('Hostname or ip').fill('127.0.2.3')
  await page.getByText('1 peer × 3 blobs').waitFor()
  assert.equal(await grid(page).getAttribute('aria-rowcount'), '1')
  await page.getByLabel('Hostname or ip').fill('nobody')
  await page.getByText('No peer has this in its hostname or ip.').waitFor()
})

test('layers and failed tasks are told in words', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const { page } = await browser.visit(fleet.service, { path: `/preheats/${id}` })
  const layers = page.getByRole('region', { name: 'Layers', exact: true }).getByRole('row')
  await layers
    .filter({ hasText: /layer.*2 of 3 peers, 1 failed/ })
    .first()
    .waitFor()
  assert.equal(await layers.count(), 1 + image.blobs.size)
  const failed = page.getByRole('list', { name: 'Failed tasks' }).getByRole('listitem')
  await failed.filter({ hasText: hint }).first().waitFor()
  assert.equal(await failed.count(), 3)
})

test('a map that moves is seen to move', { skip: withoutBrowser }, async (t) => {
  const { service, registry, daemons } = fleet
  const held = Promise.withResolvers<void>()
  registry.push('team/slow', makeImage({ layers: [70_000], seed: 'slow' }), '1.0')
  registry.fault({ path: /team\/slow\/blobs/, held: held.promise })
  t.after(() => registry.healed())
  const args = { url: `${registry.host}/team/slow:1.0`, scope: 'all_peers', ips: [daemons[2]?.host] }
  const { id } = await fleet.preheat(args)
  await registry.arrived(/team\/slow\/blobs/, 1)
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { path: `/preheats/${id}` })
  const legend = page.getByRole('list', { name: 'Tasks by state' })
  await legend.getByText('running').waitFor()
  await grid(page).press('Enter')
  const task = page.getByRole('dialog', { name: /Task: config/ })
  await task.waitFor()
  held.resolve()
  await task.getByText('The peer named every piece of it.').waitFor()
  await page.keyboard.press('Escape')
  await legend.getByText('warm 2').waitFor()
})

test('what a retry makes warm is seen on the page that showed it as failed', { skip: withoutBrowser }, async (t) => {
  const { service, registry, daemons } = fleet
  registry.push('team/again', makeImage({ layers: [7_000], seed: 'again' }), '1.0')
  const [, full] = daemons
  assert.ok(full)
  const args = { url: `${registry.host}/team/again:1.0`, scope: 'all_peers', ips: [full.host] }
  const { id } = await fleet.preheat(args)
  await service.settled(id)
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { path: `/preheats/${id}` })
  const legend = page.getByRole('list', { name: 'Tasks by state' })
  await legend.getByText('failed 2').waitFor()
  full.refusesWith = undefined
  await page.getByRole('button', { name: 'Retry failed only' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click()
  await legend.getByText('warm 2').waitFor()
})

test(
  'where each blob is for one peer only, the others are shown without a task',
  { skip: withoutBrowser },
  async (t) => {
    const { service, registry } = fleet
    const one = await fleet.preheat({ url: `${registry.host}/team/app:1.0`, scope: 'single_peer' })
    await service.settled(one.id)
    // Which peers it goes to hangs on their names, and so on their ports.
    const { json } = await service.call('GET', `/oapi/v1/jobs/${one.id}/map`)
    const without = (json as JobMap).rows.join('').replaceAll(/[^.]/g, '').length
    const browser = await openBrowser(t)
    const { page } = await browser.visit(service, { path: `/preheats/${one.id}` })
    await page
      .getByRole('list', { name: 'Tasks by state' })
      .getByText(without === 0 ? 'warm 3' : `no task ${without}`)
      .waitFor()
  },
)
