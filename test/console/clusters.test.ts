// Clusters and their peers: seen, made, changed, tested, deleted; and who holds an image.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { components } from '../../openapi/open-api.ts'
import { openBrowser, withoutBrowser } from '../support/browser.ts'
import { startForwardProxy, type ForwardProxy } from '../support/forward-proxy.ts'
import { freePort } from '../support/free-port.ts'
import { makeImage } from '../support/image.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { startService, type Job, type TestService } from '../support/service.ts'
import { makeFiles } from '../support/warmed.ts'
import { watchedPeer } from '../support/watched-peers.ts'

type Cluster = components['schemas']['Cluster']
type Peer = components['schemas']['ClusterPeer']

let service: TestService
let registry: TestRegistry
let proxy: ForwardProxy
const image = makeImage({ layers: [3000, 500] })
const open = new AsyncDisposableStack()

before(async () => {
  registry = await startRegistry()
  open.defer(() => registry.close())
  registry.push('library/app', image, '1.0')
  proxy = await startForwardProxy()
  open.defer(() => proxy.close())
  const files = await makeFiles()
  open.defer(() => files.remove())
  const hall = { name: 'hall', driver: 'http-proxy', peers: [{ address: proxy.address, hostname: 'hall-1' }] }
  service = await startService({ WARMFRONT_CONFIG: await files.settings({ clusters: [hall] }) })
  open.defer(() => service.stop())
})
after(() => open.disposeAsync())

async function create(name: string, settings: object, driver = 'http-proxy'): Promise<Cluster> {
  const answer = await service.call('POST', '/oapi/v1/clusters', { name, driver, settings })
  assert.equal(answer.status, 200, answer.text)
  return answer.json as Cluster
}

async function clusterNamed(name: string): Promise<Cluster | undefined> {
  const { json } = await service.call('GET', `/oapi/v1/clusters?name=${name}`)
  return (json as readonly Cluster[])[0]
}

async function tokenWith(scopes: readonly string[]): Promise<string> {
  const asked = { name: `for ${scopes.join(' ')}`, scopes, expired_at: '2036-01-01T00:00:00Z' }
  const { json } = await service.call('POST', '/oapi/v1/personal-access-tokens', asked)
  return (json as { readonly token: string }).token
}

async function preheatsEmbedded(url: string): Promise<void> {
  const asked = { type: 'preheat', args: { type: 'image', url }, scheduler_cluster_ids: [1] }
  const { json } = await service.call('POST', '/oapi/v1/jobs', asked)
  const job = await service.settled((json as Job).id)
  assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
}

const row = (page: Page, hostname: string) => page.getByRole('row').filter({ hasText: hostname })

async function fitsInWidth(page: Page): Promise<void> {
  const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  assert.equal(beyond, 0, `the page is wider than its window by ${String(beyond)} px`)
}

test('clusters are listed with their kind and the trouble of their peers', { skip: withoutBrowser }, async (t) => {
  const closed = `127.0.0.1:${await freePort()}`
  const peers = [{ address: closed, hostname: 'edge-dark' }, { address: proxy.address }]
  const { id } = await create('edge-listed', { peers })
  const browser = await openBrowser(t)
  const { page, passesAxe, screenshot } = await browser.visit(service, { path: '/clusters' })
  const edge = page.getByRole('article', { name: 'edge-listed' })
  await edge.getByRole('link', { name: '1 up' }).waitFor()
  await edge.getByText(/^edge-dark is down: .*refused the connection/).waitFor()
  const hall = page.getByRole('article', { name: 'hall' })
  await hall.getByText('from the settings file').waitFor()
  await hall.getByText('http-proxy').waitFor()
  await page.getByRole('article', { name: 'local' }).getByText('default').waitFor()
  await passesAxe()
  await screenshot('clusters')
  await edge.getByRole('link', { name: '1 down' }).click()
  await page.getByRole('heading', { level: 1, name: 'edge-listed' }).waitFor()
  assert.equal(new URL(page.url()).hash, `#/clusters/${id}?health=down`)
  await row(page, 'edge-dark').waitFor()
  assert.equal(await row(page, proxy.address).count(), 0)
  await page.getByLabel('Health').click()
  await page.getByRole('option', { name: 'any' }).click()
  await row(page, proxy.address).waitFor()
  assert.equal(new URL(page.url()).hash, `#/clusters/${id}`)
})

test(
  'a cluster is created in a form, and its peers are there with their health',
  { skip: withoutBrowser },
  async (t) => {
    const closed = `127.0.0.1:${await freePort()}`
    const browser = await openBrowser(t)
    const { page, passesAxe, screenshot } = await browser.visit(service, { path: '/clusters' })
    await page.getByRole('button', { name: 'Create cluster' }).click()
    const form = page.getByRole('dialog', { name: 'Create a cluster' })
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('edge-created')
    await form.getByLabel('Note').fill('at the <b>edge</b>')
    await form.getByLabel('Driver').click()
    await page.getByRole('option', { name: 'http-proxy' }).click()
    await form.getByLabel('Platforms').fill('linux/arm64, linux/amd64')
    await form
      .getByLabel('Peers', { exact: true })
      .fill(`${proxy.address} seed hostname=bright location=hall-7\n${closed}`)
    await passesAxe()
    await screenshot('cluster-create')
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { level: 1, name: 'edge-created' }).waitFor()
    await page.getByText('at the <b>edge</b>').waitFor()
    const bright = row(page, 'bright')
    await bright.getByText('up', { exact: true }).waitFor()
    await bright.getByText('hall-7').waitFor()
    await bright.getByText('seed', { exact: true }).waitFor()
    await row(page, closed).getByText('down', { exact: true }).waitFor()
    await row(page, closed)
      .getByText(/refused the connection/)
      .waitFor()
    const made = await clusterNamed('edge-created')
    assert.deepEqual(made?.platforms, ['linux/arm64', 'linux/amd64'])
    assert.deepEqual(made.settings, {
      peers: [{ address: proxy.address, hostname: 'bright', location: 'hall-7', seed: true }, { address: closed }],
    })
    await passesAxe()
    await screenshot('cluster')
  },
)

test('what the service says of a field stands at the field', { skip: withoutBrowser }, async (t) => {
  const browser = await openBrowser(t)
  const { page, passesAxe, screenshot } = await browser.visit(service, {
    path: '/clusters',
    expects: [/status of (422|409)/],
  })
  await page.getByRole('button', { name: 'Create cluster' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('hall')
  await form.getByLabel('Driver').click()
  await page.getByRole('option', { name: 'http-proxy' }).click()
  const peers = form.getByLabel('Peers', { exact: true })
  await peers.fill('nowhere')
  await form.getByRole('button', { name: 'Create' }).click()
  await form.getByText(/settings\.peers\[0\]\.address is "nowhere"; expected host:port/).waitFor()
  assert.equal(await peers.getAttribute('aria-invalid'), 'true')
  assert.equal(await peers.evaluate((field) => field === field.ownerDocument.activeElement), true)
  await passesAxe()
  await screenshot('cluster-fault')
  await peers.fill(`${proxy.address} sead`)
  await form.getByRole('button', { name: 'Create' }).click()
  await form.getByText('Line 1: "sead" is not understood').waitFor()
  await peers.fill(proxy.address)
  await form.getByLabel('Platforms').fill('linux')
  await form.getByRole('button', { name: 'Create' }).click()
  await form.getByText(/platforms names "linux"; expected os\/arch/).waitFor()
  await form.getByLabel('Platforms').fill('')
  await form.getByRole('button', { name: 'Create' }).click()
  await form.getByRole('alert').filter({ hasText: 'hall' }).waitFor()
  await form.getByRole('button', { name: 'Cancel' }).click()
  await form.waitFor({ state: 'detached' })
})

test('a peer is tested, and its row shows at once how it is', { skip: withoutBrowser }, async (t) => {
  const peer = await watchedPeer(t)
  const { id } = await create('edge-tested', { peers: [{ address: peer.address, hostname: 'watched' }] })
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { path: `/clusters/${id}` })
  const watched = row(page, 'watched')
  await watched.getByText('up', { exact: true }).waitFor()
  await peer.go()
  await watched.getByRole('button', { name: 'Test watched' }).click()
  await watched.getByText('down', { exact: true }).waitFor()
  await page
    .getByRole('alert')
    .getByText(/^watched is down: /)
    .waitFor()
  await peer.come()
  await watched.getByRole('button', { name: 'Test watched' }).click()
  await watched.getByText('up', { exact: true }).waitFor()
  await page.getByRole('alert').getByText('watched is up.').waitFor()
  await page.getByRole('button', { name: 'Look at all again' }).click()
  await page.getByText('All peers were found and looked at anew.').waitFor()
  const preheats = await watched.getByRole('link', { name: 'Preheats at watched' }).getAttribute('href')
  assert.equal(preheats, `#/preheats?peer=${encodeURIComponent(`http-proxy-${id}@${peer.address}`)}`)
})

test('a cluster is edited: only what was changed is sent, and the rest stays', { skip: withoutBrowser }, async (t) => {
  const settings = { peers: [{ address: proxy.address }], profile: 'distribution', upstreams: ['docker.io'] }
  const { id } = await create('edge-edited', settings, 'registry-mirror')
  const browser = await openBrowser(t)
  const { page, passesAxe, screenshot } = await browser.visit(service, { path: `/clusters/${id}` })
  await page.getByRole('button', { name: 'Edit' }).click()
  const form = page.getByRole('dialog', { name: 'Edit edge-edited' })
  assert.equal(await form.getByLabel('Driver').count(), 0)
  assert.equal(await form.getByLabel('Peers', { exact: true }).inputValue(), proxy.address)
  await form.getByLabel('Registries that they serve').fill('docker.io prefix=hub ns')
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('edge-renamed')
  await passesAxe()
  await screenshot('cluster-edit')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name: 'edge-renamed' }).waitFor()
  const changed = await clusterNamed('edge-renamed')
  assert.deepEqual(changed?.settings, { ...settings, upstreams: { 'docker.io': { prefix: 'hub', ns: true } } })
})

test('a cluster is deleted after a question, and the last one stays', { skip: withoutBrowser }, async (t) => {
  const { id } = await create('edge-deleted', { peers: [{ address: proxy.address }] })
  const browser = await openBrowser(t)
  const { page, passesAxe } = await browser.visit(service, { path: `/clusters/${id}` })
  await page.getByRole('button', { name: 'Delete' }).click()
  const question = page.getByRole('dialog', { name: 'Delete the cluster edge-deleted?' })
  await passesAxe()
  await question.getByRole('button', { name: 'No' }).click()
  await question.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Delete' }).click()
  await question.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { level: 1, name: 'Clusters' }).waitFor()
  await page.getByText('edge-deleted is deleted.').waitFor()
  assert.equal(await clusterNamed('edge-deleted'), undefined)
})

test('the last cluster stays, and the page says so', { skip: withoutBrowser }, async (t) => {
  const alone = await startService()
  t.after(() => alone.stop())
  const browser = await openBrowser(t)
  const { page } = await browser.visit(alone, { path: '/clusters/1', expects: [/status of 409/] })
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText(/Cluster 1 \(local\) is the last one, and one must remain/).waitFor()
  await page.getByRole('heading', { level: 1, name: 'local' }).waitFor()
})

test(
  'of a cluster of the settings file only the note and the default can be changed',
  { skip: withoutBrowser },
  async (t) => {
    const hall = await clusterNamed('hall')
    const browser = await openBrowser(t)
    const { page, passesAxe, screenshot } = await browser.visit(service, { path: `/clusters/${hall?.id ?? 0}` })
    await page.getByText('This cluster stands in the settings file').waitFor()
    await row(page, 'hall-1').getByText('up', { exact: true }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Delete' }).count(), 0)
    await page.getByRole('button', { name: 'Edit' }).click()
    const form = page.getByRole('dialog')
    await form.getByText('would take back other changes').waitFor()
    assert.deepEqual(
      await Promise.all(['Name', 'Platforms', 'Peers'].map((label) => form.getByLabel(label).count())),
      [0, 0, 0],
    )
    await form.getByLabel('Note').fill('the machines of the hall')
    await passesAxe()
    await screenshot('cluster-of-file')
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'detached' })
    await page.getByText('the machines of the hall').waitFor()
  },
)

test(
  'the embedded peer holds more after a preheat, and it is told who holds the image',
  { skip: withoutBrowser },
  async (t) => {
    const browser = await openBrowser(t)
    const { page, passesAxe, screenshot } = await browser.visit(service, {
      path: '/clusters/1',
      expects: [/status of (422|502)/],
    })
    const name = ((await service.call('GET', '/oapi/v1/clusters/1/peers')).json as readonly Peer[])[0]?.hostname ?? ''
    await row(page, name).getByText('0 blobs, 0 B').waitFor()
    const answers = page.getByRole('region', { name: 'Who holds how much' })
    await page.getByRole('textbox', { name: 'Image' }).fill('not an image')
    await page.getByRole('button', { name: 'Ask the peers' }).click()
    await page.getByRole('textbox', { name: 'Image' }).and(page.locator('[aria-invalid=true]')).waitFor()
    await page.getByRole('textbox', { name: 'Image' }).fill(`${registry.host}/library/app:1.0`)
    await page.getByRole('button', { name: 'Ask the peers' }).click()
    await page.getByText('0 peers hold all of it, 0 peers hold a part.').waitFor()
    await preheatsEmbedded(`${registry.host}/library/app:1.0`)
    await row(page, name)
      .first()
      .getByRole('button', { name: `Test ${name}` })
      .click()
    await row(page, name).getByText('4 blobs, ').waitFor()
    await page.getByRole('button', { name: 'Ask the peers' }).click()
    await answers.getByText('3 of 3').waitFor()
    await page.getByRole('textbox', { name: 'Image' }).fill('another')
    const said = page.getByRole('region', { name: 'Who holds an image?' }).locator('[aria-live]')
    assert.equal(
      await said.textContent(),
      `${registry.host}/library/app:1.0 has 3 layers and configs. 1 peer holds all of it, 0 peers hold a part.`,
    )
    await passesAxe()
    await screenshot('cluster-holders')
  },
)

test('it is told where nobody knows what peers hold', { skip: withoutBrowser }, async (t) => {
  const { id } = await create('edge-asked', { peers: [{ address: proxy.address }] }, 'registry-mirror')
  const browser = await openBrowser(t)
  const { page } = await browser.visit(service, { path: `/clusters/${id}` })
  await page.getByRole('textbox', { name: 'Image' }).fill(`${registry.host}/library/app:1.0`)
  await page.getByRole('button', { name: 'Ask the peers' }).click()
  await page.getByText(/^What the peers of .*edge-asked.* hold is not known: /).waitFor()
})

test('a thousand peers are found by text, by health and page by page', { skip: withoutBrowser }, async (t) => {
  const port = await freePort()
  const peers = Array.from({ length: 999 }, (_, n) => ({
    address: `127.0.${3 + Math.floor(n / 250)}.${1 + (n % 250)}:${port}`,
    hostname: `node-${n + 1}`,
  }))
  const { id } = await create('edge-wide', {
    peers: [...peers, { address: proxy.address, hostname: 'the-one-that-is' }],
  })
  const browser = await openBrowser(t)
  const { page, passesAxe, screenshot } = await browser.visit(service, { path: `/clusters/${id}` })
  await page.getByRole('link', { name: '999 down' }).waitFor()
  await page.getByText('1,000 peers', { exact: true }).waitFor()
  assert.equal(await page.getByRole('rowheader').count(), 50)
  await screenshot('cluster-wide')
  await page.getByRole('button', { name: 'Go to page 20' }).click()
  await row(page, 'the-one-that-is').waitFor()
  await page.getByLabel('Find a peer').fill('node-77')
  await page.getByText('11 of 1,000 peers').waitFor()
  assert.equal(await page.getByRole('rowheader').count(), 11)
  await page.getByLabel('Find a peer').fill('')
  await page.getByRole('link', { name: '1 up' }).click()
  await page.getByText('1 of 1,000 peers').waitFor()
  await row(page, 'the-one-that-is').waitFor()
  await passesAxe()
})

test('in the dark and on a phone everything is there', { skip: withoutBrowser }, async (t) => {
  const closed = `127.0.0.1:${await freePort()}`
  const peers = [
    { address: closed, hostname: 'a-name-that-is-rather-long.rack-7.hall-3.example.com' },
    { address: proxy.address },
  ]
  const { id } = await create('edge-dark', { peers })
  const browser = await openBrowser(t)
  for (const options of [{ dark: true }, { width: 375, height: 812 }, { dark: true, width: 375, height: 812 }]) {
    const { page, go, passesAxe, screenshot } = await browser.visit(service, { path: '/clusters', ...options })
    const name = `${options.dark ? 'dark' : 'light'}-${options.width ?? 'wide'}`
    await page
      .getByRole('article', { name: 'edge-dark' })
      .getByText(/ is down: /)
      .waitFor()
    await passesAxe()
    await fitsInWidth(page)
    await screenshot(`clusters-${name}`)
    await go(`/clusters/${id}`)
    await row(page, 'hall-3').getByText('down', { exact: true }).waitFor()
    await passesAxe()
    await fitsInWidth(page)
    await screenshot(`cluster-${name}`)
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('dialog').getByLabel('Peers', { exact: true }).waitFor()
    await passesAxe()
    await screenshot(`cluster-edit-${name}`)
  }
})

test('what a token may not do with clusters is not offered', { skip: withoutBrowser }, async (t) => {
  const token = await tokenWith(['cluster:read'])
  const browser = await openBrowser(t)
  const { page, go } = await browser.visit(service, { token, path: '/clusters', expects: [/status of 404/] })
  await page.getByRole('article', { name: 'hall' }).getByRole('link', { name: '1 up' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Create cluster' }).count(), 0)
  await go('/clusters/1')
  await page.getByRole('rowheader').waitFor()
  const main = page.getByRole('main')
  const offered = await main.getByRole('button').evaluateAll((all) => all.map(({ textContent }) => textContent))
  assert.deepEqual(
    offered.filter((text) => text !== ''),
    [],
  )
  assert.equal(await page.getByRole('heading', { name: 'Who holds an image?' }).count(), 0)
  await go('/clusters/404')
  await page.getByText('There is no cluster 404').waitFor()
  await go('/clusters/first')
  await page.getByRole('heading', { level: 1, name: 'There is no such cluster' }).waitFor()
  await page.getByRole('link', { name: 'See all clusters' }).waitFor()
})
