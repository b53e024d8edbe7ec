import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cluster } from '../../../src/console/api/types.ts'
import {
  changeOf,
  creationOf,
  emptyForm,
  FormFault,
  formOf,
  placeOf,
} from '../../../src/console/pages/clusters/cluster-form.ts'

const cluster = (driver: string, settings: Cluster['settings']): Cluster => ({
  id: 2,
  name: 'edge',
  bio: 'at the edge',
  scopes: { idc: '', location: '', cidrs: null, hostnames: null },
  scheduler_cluster_id: 2,
  seed_peer_cluster_id: 2,
  scheduler_cluster_config: { candidate_parent_limit: 3, filter_parent_limit: 15, job_rate_limit: 10 },
  seed_peer_cluster_config: { load_limit: 2000, block_list: blockList },
  peer_cluster_config: { load_limit: 200, block_list: blockList },
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  is_default: false,
  driver,
  platforms: ['linux/amd64', 'linux/arm64'],
  settings,
  from_file: false,
})
const blockList = { task: null, persistent_task: null, persistent_cache_task: null }

const settingsOf = (driver: string, settings: Readonly<Record<string, string>>) =>
  creationOf({ ...emptyForm(driver), settings }).settings

const faultsOf = (driver: string, settings: Readonly<Record<string, string>>) => {
  try {
    settingsOf(driver, settings)
  } catch (error) {
    assert(error instanceof FormFault)
    return Object.fromEntries(error.faults)
  }
  return assert.fail('it was taken')
}

test('Peers are typed one a line', () => {
  const peers = 'a:1\n\n  b:2 seed hostname=b-2 location="hall 3, rack 7"\r\n[::1]:3 ip=::1'
  assert.deepEqual(settingsOf('http-proxy', { peers, seeds: 'true', hit_header: ' X-Cache ' }), {
    peers: [
      { address: 'a:1' },
      { address: 'b:2', hostname: 'b-2', location: 'hall 3, rack 7', seed: true },
      { address: '[::1]:3', ip: '::1' },
    ],
    seeds: true,
    hit_header: 'X-Cache',
  })
})

test('Registries that a mirror serves are a list until one of them is addressed in a way of its own', () => {
  const list = settingsOf('registry-mirror', { upstreams: 'docker.io\nquay.io' })
  assert.deepEqual(list, { upstreams: ['docker.io', 'quay.io'] })
  const mapping = settingsOf('registry-mirror', { upstreams: 'docker.io prefix=hub ns\nquay.io' })
  assert.deepEqual(mapping, { upstreams: { 'docker.io': { prefix: 'hub', ns: true }, 'quay.io': {} } })
})

const givenByDriver: readonly (readonly [string, Cluster['settings']])[] = [
  ['local', {}],
  ['http-proxy', { peers: [{ address: 'a:1', hostname: 'a', location: 'hall "3"', ip: '192.0.2.1', seed: true }] }],
  ['http-proxy', { dns: ['a:1', 'b:1'], srv: ['_a._tcp.example.com'], seeds: true, hit_header: 'X', hit_value: 'A B' }],
  ['dragonfly', { schedulers: ['s:8002'], task_id: 'url', registry_urls: { 'docker.io': 'https://x.example.com' } }],
  ['dragonfly', { peers: [{ address: 'a:4000' }], piece_length: 4194304, filtered_query_params: ['a', 'b'] }],
  ['registry-mirror', { profile: 'harbor', dns: ['h:443'], upstreams: { 'docker.io': { prefix: 'hub', ns: true } } }],
  ['registry-mirror', { dns: ['h:443'], upstreams: ['docker.io'] }],
  ['later-than-this-page', { dns: ['h:1'], depth: { of: ['anything'] } }],
]

for (const [driver, settings] of givenByDriver) {
  test(`Settings of ${driver} come out of the form as they went in: ${Object.keys(settings).join(', ')}`, () => {
    assert.deepEqual(creationOf(formOf(cluster(driver, settings))).settings, settings)
  })
}

test('What no field can say stands in JSON, and is not lost', () => {
  const settings = { peers: [{ address: 'a:1', colour: 'red' }], dns: ['a b'], hit_header: 7, upstreams: 3 }
  const form = formOf(cluster('registry-mirror', { ...settings, profile: 'later' }))
  assert.deepEqual(Object.keys(form.settings), ['more'])
  assert.deepEqual(creationOf(form).settings, { ...settings, profile: 'later' })
})

test('A list that was given as one text is a list of one', () => {
  assert.deepEqual(creationOf(formOf(cluster('http-proxy', { dns: 'a:1', srv: null }))).settings, { dns: ['a:1'] })
})

test('Each field says what is wrong in it', () => {
  const faults = faultsOf('dragonfly', {
    peers: 'a:4000\nb:4000 sead',
    schedulers: 's:8002 t:8002',
    registry_urls: 'docker.io',
    more: '[1]',
  })
  assert.deepEqual(faults, {
    'settings.peers': 'Line 2: "sead" is not understood; expected seed, hostname=…, ip=…, location=….',
    'settings.schedulers': 'Line 1: "t:8002" is not understood; expected nothing more.',
    'settings.registry_urls': 'Line 1: expected a name and an address.',
    'settings.more': 'Expected a JSON object, such as { "tag": "nightly" }.',
  })
})

test('JSON that cannot be read, and a key that is there twice, are told', () => {
  assert.match(faultsOf('http-proxy', { more: '{' })['settings.more'] ?? '', /^This is not JSON: .+\.$/)
  const twice = faultsOf('http-proxy', { dns: 'a:1', more: '{"dns": []}' })
  assert.deepEqual(twice, { 'settings.more': '"dns" stands in a field above already.' })
  const quotes = faultsOf('http-proxy', { peers: String.raw`a:1 location="\q"` })
  assert.deepEqual(quotes, { 'settings.peers': String.raw`Line 1: "\q" is not understood; expected a text in quotes.` })
})

test('What was typed for another driver is not sent', () => {
  assert.deepEqual(settingsOf('local', { peers: 'a:1', schedulers: 's:8002' }), {})
})

test('Only what was changed is sent', () => {
  const before = formOf(cluster('http-proxy', { peers: [{ address: 'a:1' }] }))
  assert.deepEqual(changeOf(before, before), {})
  const form = { ...before, bio: '', platforms: 'linux/arm64 all', settings: { peers: 'b:1' } }
  const settings = { peers: [{ address: 'b:1' }] }
  assert.deepEqual(changeOf(form, before), { bio: '', platforms: ['linux/arm64', 'all'], settings })
  assert.deepEqual(changeOf({ ...before, isDefault: true, name: ' hall ' }, before), { is_default: true, name: 'hall' })
})

for (const [field, place] of [
  ['name', 'name'],
  ['platforms.0', 'platforms'],
  ['settings.peers.0.address', 'settings.peers'],
  ['settings.schedulers', 'settings.more'],
  ['settings', ''],
  ['scopes.idc', ''],
] as const) {
  test(`What the service says of ${field} stands at ${place || 'the form as a whole'}`, () => {
    assert.equal(placeOf(field, 'http-proxy'), place)
  })
}
