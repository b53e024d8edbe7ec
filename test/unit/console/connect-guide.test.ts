// What is said to each client, held against what that client does.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '../../../src/console/api/types.ts'
import { arrivalOf } from '../../../src/console/pages/connect/arrival.ts'
import {
  clientIdOf,
  clientIds,
  clients,
  isServed,
  needsNoToken,
  switchedOff,
  tokenName,
  type ClientId,
} from '../../../src/console/pages/connect/clients.ts'
import { guideOf, waitingFor } from '../../../src/console/pages/connect/guide.ts'
import {
  addressOf,
  isLoopback,
  prefixWords,
  registryOf,
  splitPrefix,
} from '../../../src/console/pages/connect/place.ts'

const service: Service = {
  version: '0.1.0',
  contracts: ['supernode', 'preheats', 'open-api', 'kraken', 'mirror', 'ops'],
  legacy_auth: 'required',
  path_prefixes: [
    { path: '/edge', cluster_ids: [2, 3] },
    { path: '/edge/west', cluster_ids: [] },
  ],
  drivers: ['local'],
  platforms: ['linux/amd64'],
  job_timeout: 1,
  job_timeout_max: 1,
}
const place = { address: 'https://warmfront.example.com', token: 'wf_t', service, registry: 'registry.example.com' }

const valuesOf = (id: ClientId, changes: Partial<typeof place> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(
    guideOf(id, { ...place, ...changes }).flatMap(({ values = [] }) =>
      values.map(({ field, value }) => [field, value]),
    ),
  )
const textOf = (id: ClientId, changes: Partial<typeof place> = {}): string =>
  JSON.stringify(guideOf(id, { ...place, ...changes }))

// From 2.12 on Harbor sends a credential that it stored, and of its modes OAuth is the only one that sends it as it is.
for (const [id, provider] of [
  ['harbor', 'Dragonfly'],
  ['kraken', 'Kraken'],
] as const) {
  test(`${clients[id].name}: the token goes into the form, with OAuth`, () => {
    assert.deepEqual(valuesOf(id), {
      Provider: provider,
      Name: 'warmfront',
      Endpoint: 'https://warmfront.example.com',
      'Auth Mode': 'OAuth',
      Token: 'wf_t',
    })
  })
}

// Up to 2.11 any mode but NONE fails before a request is sent.
for (const [id, provider] of [
  ['harbor-old', 'Dragonfly'],
  ['kraken-old', 'Kraken'],
] as const) {
  test(`${clients[id].name}: the token goes into the path, with NONE`, () => {
    assert.deepEqual(valuesOf(id), {
      Provider: provider,
      Name: 'warmfront',
      Endpoint: 'https://warmfront.example.com/t/wf_t',
      'Auth Mode': 'NONE',
    })
    assert.match(textOf(id), /treat the endpoint as a secret/)
  })
}

for (const id of ['harbor', 'harbor-old', 'kraken', 'kraken-old'] as const) {
  test(`${clients[id].name}: is told that Harbor takes an endpoint only once`, () => {
    assert.match(textOf(id), /refuses two instances with the same endpoint/)
  })

  test(`${clients[id].name}: a prefix comes before the token, and names the instance`, () => {
    const { Endpoint, Name } = valuesOf(id, { address: 'https://warmfront.example.com/edge' })
    assert.match(String(Endpoint), /^https:\/\/warmfront\.example\.com\/edge(\/t\/wf_t)?$/)
    assert.equal(Name, 'warmfront-edge')
  })
}

test('only with open legacy_auth, and only to the older contracts, the token is optional', () => {
  const open = { ...service, legacy_auth: 'open' } as const
  assert.deepEqual(
    clientIds.filter((id) => needsNoToken(id, open)),
    ['harbor-old', 'kraken', 'kraken-old'],
  )
  assert.deepEqual(
    clientIds.filter((id) => needsNoToken(id, service)),
    [],
  )
  assert.match(textOf('harbor-old', { service: open }), /legacy_auth is open/)
  assert.doesNotMatch(textOf('harbor', { service: open }), /legacy_auth is open/)
  assert.match(waitingFor('harbor-old', open), /without the token cannot be seen/)
})

test('Kraken is told that no credential for its images comes along', () => {
  assert.match(textOf('kraken'), /sends no credential for its images/)
  assert.doesNotMatch(textOf('harbor'), /sends no credential/)
})

test('curl is given the health check with the token, which stands in one place only', () => {
  const values = valuesOf('curl')
  assert.equal(values['Health'], 'curl -sS https://warmfront.example.com/healthy -H "Authorization: Bearer $TOKEN"')
  assert.equal(values['In the shell'], "TOKEN='wf_t'")
  assert.equal(textOf('curl').split('wf_t').length, 2)
})

test('a generator is given the address of the document', () => {
  const document = 'https://warmfront.example.com/openapi/open-api.yaml'
  const values = valuesOf('generated')
  assert.equal(values['OpenAPI document'], document)
  assert.equal(values['Generate'], `npx openapi-typescript ${document} --output warmfront.ts`)
})

test('containerd is given a hosts.toml for one registry', () => {
  const values = valuesOf('containerd')
  assert.equal(values['File'], '/etc/containerd/certs.d/registry.example.com/hosts.toml')
  assert.equal(
    values['hosts.toml'],
    `server = "https://registry.example.com"

[host."https://warmfront.example.com"]
  capabilities = ["pull", "resolve"]
  [host."https://warmfront.example.com".header]
    Authorization = "Bearer wf_t"
`,
  )
})

test('Docker Hub is asked under the name that it serves by', () => {
  const values = valuesOf('containerd', { registry: 'docker.io' })
  assert.equal(values['File'], '/etc/containerd/certs.d/docker.io/hosts.toml')
  assert.match(String(values['hosts.toml']), /^server = "https:\/\/registry-1\.docker\.io"\n/)
})

test('clients of a contract that is switched off are left out, and named', () => {
  const some = { ...service, contracts: ['open-api', 'mirror', 'ops'] }
  assert.deepEqual(
    clientIds.filter((id) => isServed(id, some)),
    ['harbor', 'curl', 'generated', 'containerd'],
  )
  assert.deepEqual(switchedOff(some), [
    'preheats (Harbor 2.1 to 2.11)',
    'kraken (Harbor 2.12 and later, Kraken; Harbor 2.1 to 2.11, Kraken)',
  ])
  assert.deepEqual(switchedOff(service), [])
})

for (const [id, contract, operation] of [
  ['harbor', 'open-api', 'healthy'],
  ['harbor-old', 'preheats', 'ping'],
  ['kraken', 'kraken', 'health'],
  ['kraken-old', 'kraken', 'health'],
  ['curl', 'open-api', 'healthy'],
  ['generated', 'open-api', 'listJobs'],
  ['containerd', 'mirror', 'getManifest'],
] as const) {
  test(`${clients[id].name}: ${operation} of ${contract} is what was waited for`, () => {
    const { isExpected, text } = arrivalOf(id, { contract, operation, client: 'somebody/1.0' })
    assert.equal(isExpected, true)
    assert.match(text, new RegExp(`${operation} of the contract ${contract}, from somebody/1.0`))
  })
}

test('another call is told with whose it is, and when to try again', () => {
  const { isExpected, text } = arrivalOf('harbor', { contract: 'preheats', operation: 'ping', client: '' })
  assert.equal(isExpected, false)
  assert.match(text, /ping of the contract preheats\. Expected was healthy of the contract open-api/)
  assert.match(text, /That is how these call: Harbor 2\.1 to 2\.11\./)
  assert.match(text, /once more in a minute/)
})

test('a token is named after its client and the minute', () => {
  const at = new Date(2026, 10, 21, 15, 30, 7)
  assert.equal(tokenName('harbor-old', at), 'harbor-2026-11-21-1530')
  assert.equal(tokenName('kraken', at, true), 'kraken-2026-11-21-153007')
})

test('only the ids of clients are ones', () => {
  assert.equal(clientIdOf('curl'), 'curl')
  assert.equal(clientIdOf('toString'), undefined)
  assert.equal(clientIdOf(null), undefined)
})

for (const [text, address] of [
  [' http://host.docker.internal:8080/ ', 'http://host.docker.internal:8080'],
  ['https://warmfront.example.com/edge//', 'https://warmfront.example.com/edge'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
  ['warmfront.example.com', undefined],
  ['https://', undefined],
  ['http://host:notaport', undefined],
  ['https://user:secret@host', undefined],
  ['https://host?tenant=a', undefined],
  ['https://host/a b', undefined],
  [`https://host/'";$(id)`, undefined],
  ['ftp://host', undefined],
] as const) {
  test(`the address "${text}" is ${address ?? 'refused'}`, () => assert.equal(addressOf(text), address))
}

for (const [text, registry] of [
  [' Registry.example.com ', 'registry.example.com'],
  ['127.0.0.1:5000', '127.0.0.1:5000'],
  ['registry.example.com/library', undefined],
  ['a"b', undefined],
  ['', undefined],
] as const) {
  test(`the registry "${text}" is ${registry ?? 'refused'}`, () => assert.equal(registryOf(text), registry))
}

test('who came by a prefix keeps it', () => {
  const { path_prefixes: prefixes } = service
  assert.deepEqual(splitPrefix('https://host', prefixes), ['https://host', ''])
  assert.deepEqual(splitPrefix('https://host/edge', prefixes), ['https://host', '/edge'])
  assert.deepEqual(splitPrefix('https://host/edge/west', prefixes), ['https://host', '/edge/west'])
})

test('a prefix is said with its clusters', () => {
  assert.equal(prefixWords({ path: '/a', cluster_ids: [] }), '/a, for all clusters')
  assert.equal(prefixWords({ path: '/a', cluster_ids: [2] }), '/a, for cluster 2')
  assert.equal(prefixWords({ path: '/a', cluster_ids: [1, 2, 3] }), '/a, for clusters 1, 2 and 3')
})

test('addresses that only this machine reaches are known', () => {
  for (const own of ['http://localhost:8080', 'http://127.0.0.1', 'http://[::1]:1']) assert.equal(isLoopback(own), true)
  assert.equal(isLoopback('http://host.docker.internal:8080'), false)
})
