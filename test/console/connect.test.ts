// Clients are connected by what the page says, and nothing else: each takes its values from there and calls.

import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { after, before, test } from 'node:test'
import type { Page, Route } from 'playwright-core'
import { Harbor, type Instance } from '../contracts/harbor/client.ts'
import { openBrowser, withoutBrowser, type Visit } from '../support/browser.ts'
import { makeImage } from '../support/image.ts'
import { runProgram } from '../support/program.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'
import { startService, type TestService } from '../support/service.ts'

const skip = withoutBrowser
/** The second token within a minute gets another name than the first one that is tried. */
const expects = [/409/]
const ears = { answered: () => {}, accepted: () => {} }

let registry: TestRegistry
let service: TestService
before(async () => {
  registry = await startRegistry()
  registry.push('library/app', makeImage({ layers: [1000], platforms: ['linux/amd64'] }), '1.0')
  service = await startService({ WARMFRONT_PATH_PREFIXES: '/edge=1' })
  const job = await service.preheat({ type: 'image', url: `${registry.host}/library/app:1.0` })
  assert.equal((await service.settled(job.id)).state, 'SUCCESS')
})
after(async () => {
  await service.stop()
  await registry.close()
})

/** Not `check`, which looks at once: the choice is shown when it has come to stand in the address. */
const choose = (page: Page, client: string) => page.getByRole('radio', { name: client }).click()
const valueOf = async (page: Page, field: string): Promise<string> =>
  String(await page.getByRole('region', { name: field, exact: true }).textContent())

async function makeToken(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Make a token for it' }).click()
  return valueOf(page, 'the token')
}

/** As somebody types it into Harbor's form. */
async function instanceOn(page: Page): Promise<Instance> {
  const endpoint = await valueOf(page, 'Endpoint')
  if ((await page.getByText('OAuth', { exact: true }).count()) === 0) {
    await page.getByText('NONE', { exact: true }).waitFor()
    return { endpoint }
  }
  return { endpoint, auth: { mode: 'OAUTH', info: { token: await valueOf(page, 'Token') } } }
}

const line = ({ page }: Pick<Visit, 'page'>, text: string | RegExp) => page.getByRole('status').getByText(text)

for (const { client, version, provider, says } of [
  {
    client: 'Harbor 2.1 to 2.11 provider Dragonfly',
    version: '2.1.0',
    provider: 'dragonfly',
    says: 'ping of the contract preheats',
  },
  {
    client: 'Harbor 2.1 to 2.11 provider Dragonfly',
    version: '2.11.0',
    provider: 'dragonfly',
    says: 'ping of the contract preheats',
  },
  {
    client: 'Harbor 2.12 and later provider Dragonfly',
    version: '2.12.0',
    provider: 'dragonfly',
    says: 'healthy of the contract open-api',
  },
  {
    client: 'Harbor 2.12 and later provider Dragonfly',
    version: '2.15.2',
    provider: 'dragonfly',
    says: 'healthy of the contract open-api',
  },
  {
    client: 'Harbor 2.12 and later, Kraken',
    version: '2.15.2',
    provider: 'kraken',
    says: 'health of the contract kraken',
  },
  {
    client: 'Harbor 2.1 to 2.11, Kraken',
    version: '2.11.0',
    provider: 'kraken',
    says: 'health of the contract kraken',
  },
] as const) {
  test(
    `Harbor ${version}, ${provider}: its form filled in by the page, its test turns the line green`,
    { skip },
    async (t) => {
      const visit = await (await openBrowser(t)).visit(service, { path: '/connect', expects })
      await choose(visit.page, client)
      await visit.page.getByLabel('Path prefix').selectOption('/edge, for cluster 1')
      await makeToken(visit.page)
      await line(visit, 'Waiting for TEST CONNECTION').waitFor()
      const harbor = new Harbor(version, provider, await instanceOn(visit.page), ears)
      t.after(() => harbor.close())
      assert.equal((await harbor.health()).outcome, 'ok')
      await line(visit, `It is connected: ${says}, from Go-http-client/1.1.`).waitFor()
      await visit.passesAxe()
      await visit.screenshot(`connect-${provider}-${version}`)
    },
  )
}

test('a Harbor of the other generation is told of, with what it is', { skip }, async (t) => {
  const visit = await (await openBrowser(t)).visit(service, { path: '/connect?client=harbor', expects })
  const token = await makeToken(visit.page)
  const harbor = new Harbor('2.11.0', 'dragonfly', { endpoint: `${service.url}/t/${token}` }, ears)
  t.after(() => harbor.close())
  assert.equal((await harbor.health()).outcome, 'ok')
  await line(visit, /Something else called.*ping of the contract preheats.*Harbor 2\.1 to 2\.11/).waitFor()
  await line(visit, 'Waiting for TEST CONNECTION').waitFor()
  await visit.passesAxe()
})

test('curl: the lines of the page, run by a shell', { skip: skip || requires('curl', 'curl') }, async (t) => {
  const visit = await (await openBrowser(t)).visit(service, { path: '/connect?client=curl' })
  await makeToken(visit.page)
  const lines = [await valueOf(visit.page, 'In the shell'), await valueOf(visit.page, 'Health')]
  const { ok, output } = await runProgram('sh', ['-c', lines.join('\n')], tmpdir())
  assert.equal(ok && output, '"OK"')
  await line(visit, /It is connected: healthy of the contract open-api, from curl/).waitFor()
})

test('a generated client: the document is where the page says', { skip }, async (t) => {
  const visit = await (await openBrowser(t)).visit(service, { path: '/connect?client=generated' })
  const token = await makeToken(visit.page)
  const document = await fetch(await valueOf(visit.page, 'OpenAPI document'))
  assert.match(await document.text(), /^openapi: 3/)
  await service.call('GET', '/oapi/v1/jobs', undefined, { authorization: `Bearer ${token}` })
  await line(visit, 'It is connected: listJobs of the contract open-api').waitFor()
})

test('containerd: a pull by the hosts.toml of the page comes from the mirror', { skip }, async (t) => {
  const visit = await (await openBrowser(t)).visit(service, { path: '/connect?client=containerd' })
  await visit.page.getByRole('textbox', { name: 'Registry' }).fill(registry.host)
  await makeToken(visit.page)
  const toml = await valueOf(visit.page, 'hosts.toml')
  const { host = '', authorization = '' } =
    /^\[host\."(?<host>[^"]+)"\]$[^]*Authorization = "(?<authorization>[^"]+)"$/m.exec(toml)?.groups ?? {}
  // The first request of a pull by tag. Through a proxy, so that it is not let in for being of this machine.
  const answer = await fetch(`${host}/v2/library/app/manifests/1.0?ns=${registry.host}`, {
    method: 'HEAD',
    headers: { authorization, via: '1.1 proxy', 'user-agent': 'containerd/1.6.20' },
  })
  assert.equal(answer.status, 200)
  await line(visit, 'It is connected: getManifest of the contract mirror, from containerd/1.6.20.').waitFor()
  await visit.screenshot('connect-containerd')
})

test('an address of the client is taken over, one that cannot be is refused', { skip }, async (t) => {
  const { page } = await (await openBrowser(t)).visit(service, { path: '/connect?client=harbor-old' })
  await page.getByText('Only this machine is reached').waitFor()
  await page.getByRole('textbox', { name: 'Address' }).fill('http://host.docker.internal:8080/')
  assert.equal(await valueOf(page, 'Endpoint'), 'http://host.docker.internal:8080/t/<token>')
  assert.equal(await page.getByText('Only this machine is reached').count(), 0)
  await page.getByRole('textbox', { name: 'Address' }).fill('warmfront')
  await page.getByText('Begin with http://').waitFor()
  assert.equal(await page.getByRole('region', { name: 'Endpoint', exact: true }).count(), 0)
})

test('a token that comes late does not take the place of those of other clients', { skip }, async (t) => {
  const { page } = await (await openBrowser(t)).visit(service, { path: '/connect?client=generated', expects })
  const held = Promise.withResolvers<void>()
  const holds = async (route: Route): Promise<void> => {
    await held.promise
    await route.continue()
  }
  await page.route('**/oapi/v1/personal-access-tokens', holds, { times: 1 })
  await page.getByRole('button', { name: 'Make a token for it' }).click()
  await choose(page, 'curl')
  const token = await makeToken(page)
  held.resolve()
  await choose(page, 'A generated client')
  await page.getByRole('heading', { name: 'Steps: A generated client' }).waitFor()
  assert.notEqual(await valueOf(page, 'the token'), token)
  await choose(page, 'curl')
  await page.getByRole('heading', { name: 'Steps: curl' }).waitFor()
  assert.equal(await valueOf(page, 'the token'), token)
})

test('whose token may make none is told which scope it lacks', { skip }, async (t) => {
  const { json } = await service.call('POST', '/oapi/v1/personal-access-tokens', {
    name: 'maker',
    scopes: ['personal-access-token'],
    expired_at: '2036-01-01T00:00:00Z',
  })
  const { token } = json as { readonly token: string }
  const { page } = await (await openBrowser(t)).visit(service, { path: '/connect?client=harbor', token })
  await page.getByText('Your own token does not have the scope job,').waitFor()
  assert.equal(await valueOf(page, 'Token'), '<token>')
  assert.equal(await page.getByRole('button', { name: 'Make a token for it' }).count(), 0)
})

test('what is switched off is named and not offered; where legacy_auth is open, it is said', { skip }, async (t) => {
  const other = await startService({ WARMFRONT_CONTRACTS: 'preheats,open-api,ops', WARMFRONT_LEGACY_AUTH: 'open' })
  t.after(() => other.stop())
  const { page } = await (await openBrowser(t)).visit(other, { path: '/connect?client=harbor-old' })
  await page.getByText('The older contracts ask for no token here').waitFor()
  await page.getByText('Switched off here').waitFor()
  assert.deepEqual(
    await page.getByRole('radio').evaluateAll((found) => found.map((each) => each.getAttribute('value'))),
    ['harbor', 'harbor-old', 'curl', 'generated'],
  )
})

for (const dark of [false, true]) {
  test(`the page passes axe-core, and fits a phone, in the ${dark ? 'dark' : 'light'} theme`, { skip }, async (t) => {
    const browser = await openBrowser(t)
    const theme = dark ? 'dark' : 'light'
    for (const width of [1280, 375]) {
      const visit = await browser.visit(service, { path: '/connect', dark, width })
      for (const client of ['harbor-old', 'curl', 'generated', 'containerd']) {
        await visit.go(`/connect?client=${client}`)
        await visit.page.getByRole('heading', { name: /^Steps: / }).waitFor()
        await visit.passesAxe()
        await visit.screenshot(`connect-${client}-${theme}-${width}`)
        assert.equal(await visit.page.evaluate('document.documentElement.scrollWidth'), width)
      }
    }
  })
}
