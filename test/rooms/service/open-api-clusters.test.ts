// The clusters of the Open API: Dragonfly's shapes without Dragonfly's traps.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { components } from '../../../openapi/open-api.ts'
import { makeFiles } from '../../support/warmed.ts'
import { startService, type Answered, type TestService } from '../../support/service.ts'

type Cluster = components['schemas']['Cluster']
type Peer = components['schemas']['ClusterPeer']

const path = '/oapi/v1/clusters'
const configs = { scheduler_cluster_config: {}, seed_peer_cluster_config: {}, peer_cluster_config: {} }
const emptyList = { task: null, persistent_task: null, persistent_cache_task: null }

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.stop())

const clusterOf = ({ status, json, text }: Answered): Cluster => {
  assert.equal(status, 200, text)
  return json as Cluster
}
const create = async (body: object): Promise<Cluster> => clusterOf(await service.call('POST', path, body))
const get = async (id: number): Promise<Cluster> => clusterOf(await service.call('GET', `${path}/${id}`))
const change = async (id: number, body: object): Promise<Cluster> =>
  clusterOf(await service.call('PATCH', `${path}/${id}`, body))

test("the first cluster has Dragonfly's keys in Dragonfly's order, its defaults, and our additions after them", async () => {
  const { json } = await service.call('GET', path)
  const [first] = json as readonly Cluster[]
  assert.ok(first !== undefined)
  const { created_at: _, updated_at: __, ...rest } = first
  assert.deepEqual(rest, {
    id: 1,
    name: 'local',
    bio: '',
    scopes: { idc: '', location: '', cidrs: null, hostnames: null },
    scheduler_cluster_id: 1,
    seed_peer_cluster_id: 1,
    scheduler_cluster_config: { candidate_parent_limit: 3, filter_parent_limit: 15, job_rate_limit: 10 },
    seed_peer_cluster_config: { load_limit: 2000, block_list: emptyList },
    peer_cluster_config: { load_limit: 200, block_list: emptyList },
    is_default: true,
    driver: 'local',
    platforms: [],
    settings: {},
    from_file: false,
  })
  assert.equal(
    Object.keys(first).join(' '),
    'id name bio scopes scheduler_cluster_id seed_peer_cluster_id scheduler_cluster_config seed_peer_cluster_config ' +
      'peer_cluster_config created_at updated_at is_default driver platforms settings from_file',
  )
})

test('a cluster is made, shown as it was made, and warms like the first', async () => {
  const scopes = { idc: 'a|b', location: 'eu|de', cidrs: ['10.0.0.0/8'], hostnames: ['node-.*'] }
  const made = await create({
    name: 'whole',
    bio: 'all of it',
    scopes,
    scheduler_cluster_config: { candidate_parent_limit: 20, filter_parent_limit: 1000, job_rate_limit: 1000000 },
    seed_peer_cluster_config: { load_limit: 50000, block_list: { task: { download: { urls: ['a'] } } } },
    peer_cluster_config: { load_limit: 2000 },
    is_default: false,
    platforms: ['linux/arm64', 'linux/arm/v7'],
  })
  assert.deepEqual(made, await get(made.id))
  assert.deepEqual(made.scopes, scopes)
  assert.deepEqual(made.platforms, ['linux/arm64', 'linux/arm/v7'])
  assert.equal(made.scheduler_cluster_config.job_rate_limit, 1000000)
  assert.deepEqual(made.seed_peer_cluster_config, {
    load_limit: 50000,
    block_list: { ...emptyList, task: { download: { urls: ['a'] } } },
  })
  const peers = (await service.call('GET', `${path}/${made.id}/peers`)).json as readonly Record<string, unknown>[]
  assert.deepEqual(
    peers.map(({ cluster_id, seed, ordinary }) => [cluster_id, seed, ordinary]),
    [[made.id, true, true]],
  )
})

test('a cluster of peers that are listed says how each of them is, and is looked at anew when told to', async () => {
  const squid = (n: number) => ({
    address: `127.0.0.1:${n}`,
    hostname: `cache-${n}`,
    ip: `192.0.2.${n}`,
    location: `r${n}`,
  })
  const made = await create({ name: 'caches', driver: 'http-proxy', settings: { peers: [squid(1), squid(2)] } })
  assert.deepEqual([made.settings, made.from_file], [{ peers: [squid(1), squid(2)] }, false])
  const peers = (await service.call('GET', `${path}/${made.id}/peers`)).json as readonly Peer[]
  assert.deepEqual(
    peers.map(({ id, ip, address, location, seed, health }) => [id, ip, address, location, seed, health.state]),
    [1, 2].map((n) => [
      `http-proxy-${made.id}@127.0.0.1:${n}`,
      `192.0.2.${n}`,
      `127.0.0.1:${n}`,
      `r${n}`,
      false,
      'down',
    ]),
  )
  for (const { health } of peers) assert.ok(health.detail !== '' && health.checked_at !== null)

  const synced = await service.call('POST', '/oapi/v1/jobs', { type: 'sync_peers', scheduler_cluster_ids: [made.id] })
  assert.deepEqual([synced.status, synced.text], [200, '"OK"'])
  const [again] = (await service.call('GET', `${path}/${made.id}/peers`)).json as readonly Peer[]
  assert.ok(again && Date.parse(again.health.checked_at ?? '') > Date.parse(peers[0]?.health.checked_at ?? ''))

  const changed = await change(made.id, { settings: { peers: [squid(3)] } })
  assert.deepEqual(changed.settings, { peers: [squid(3)] })
  assert.deepEqual((await change(made.id, { settings: null })).settings, { peers: [squid(3)] })
  const [other, ...more] = (await service.call('GET', `${path}/${made.id}/peers`)).json as readonly Peer[]
  assert.deepEqual([other?.hostname, more], ['cache-3', []])
  const refusal = await service.call('PATCH', `${path}/${made.id}`, { settings: { pears: [] } })
  assert.equal(refusal.status, 422)
  assert.match(refusal.text, /pears/)
  await service.call('DELETE', `${path}/${made.id}`)
})

test('a cluster of the settings file is changed there, and not here', async (t) => {
  const files = await makeFiles()
  t.after(() => files.remove())
  const settings = {
    clusters: [
      { name: 'racks', driver: 'http-proxy', platforms: ['linux/arm64'], peers: [{ address: '127.0.0.1:1' }] },
    ],
  }
  const own = await startService({ WARMFRONT_CONFIG: await files.settings(settings) })
  t.after(() => own.stop())
  const [racks] = (await own.call('GET', `${path}?name=racks`)).json as readonly Cluster[]
  assert.ok(racks)
  assert.deepEqual([racks.from_file, racks.driver, racks.platforms], [true, 'http-proxy', ['linux/arm64']])
  assert.deepEqual(racks.settings, { peers: [{ address: '127.0.0.1:1' }] })
  for (const body of [{ name: 'other' }, { platforms: [] }, { settings: {} }]) {
    const answer = await own.call('PATCH', `${path}/${racks.id}`, body)
    assert.equal(answer.status, 409, answer.text)
    assert.match(answer.text, /Cluster \d+ \(racks\) stands in the settings file/)
  }
  const same = await own.call('PATCH', `${path}/${racks.id}`, { bio: 'below', settings: racks.settings, name: 'racks' })
  assert.equal((same.json as Cluster).bio, 'below')
  assert.equal((await own.call('DELETE', `${path}/${racks.id}`)).status, 409)
})

test('zeros and nulls mean the defaults, and the configs may be left out', async () => {
  const none = await create({ name: 'none' })
  const zeros = await create({
    name: 'zeros',
    bio: null,
    scopes: null,
    driver: '',
    scheduler_cluster_config: { candidate_parent_limit: 0, filter_parent_limit: null, job_rate_limit: 0 },
    seed_peer_cluster_config: { load_limit: 0, block_list: null },
    peer_cluster_config: null,
    is_default: null,
    platforms: null,
    settings: null,
  })
  for (const cluster of [none, zeros, await create({ name: 'as Dragonfly wants it', ...configs })]) {
    const { id, name, created_at, updated_at, scheduler_cluster_id, seed_peer_cluster_id, is_default, ...rest } =
      cluster
    assert.deepEqual([scheduler_cluster_id, seed_peer_cluster_id, is_default], [id, id, false], name)
    const first = await get(1)
    assert.deepEqual({ ...first, ...rest }, first)
    assert.equal(created_at, updated_at)
  }
})

test('a change keeps what is left out, the default among it, and answers with the whole', async () => {
  const { id } = await create({
    name: 'changing',
    scopes: { idc: 'x' },
    scheduler_cluster_config: { job_rate_limit: 7, filter_parent_limit: 10 },
    is_default: true,
  })
  const rows: readonly (readonly [body: object, shows: Partial<Cluster>])[] = [
    [{ bio: 'b' }, { bio: 'b', is_default: true, name: 'changing' }],
    [{}, { bio: 'b', is_default: true }],
    [{ platforms: ['all'] }, { platforms: ['all'] }],
    [
      { name: '', bio: null, is_default: null, scopes: null, platforms: null, ...configs },
      { name: 'changing', bio: 'b', platforms: ['all'] },
    ],
    [{ platforms: [] }, { platforms: [] }],
    [{ scopes: { location: 'y' } }, { scopes: { idc: 'x', location: 'y', cidrs: null, hostnames: null } }],
    [
      { scheduler_cluster_config: { job_rate_limit: 8 } },
      { scheduler_cluster_config: { candidate_parent_limit: 3, filter_parent_limit: 10, job_rate_limit: 8 } },
    ],
    [
      { scheduler_cluster_config: { job_rate_limit: 0 } },
      { scheduler_cluster_config: { candidate_parent_limit: 3, filter_parent_limit: 10, job_rate_limit: 10 } },
    ],
    [
      { bio: '', name: 'changed', is_default: false },
      { bio: '', name: 'changed', is_default: false },
    ],
  ]
  for (const [body, shows] of rows) {
    const changed = await change(id, body)
    assert.deepEqual({ ...changed, ...shows }, changed, JSON.stringify(body))
    assert.deepEqual(await get(id), changed)
  }
  await change(1, { is_default: true })
})

test('lists come in pages with Link, by exact name, and empty ones are lists', async () => {
  const { id } = await create({ name: 'to be found' })
  const list = (query: string) => service.call('GET', `${path}?${query}`)
  const idsOf = ({ json }: Answered) => (json as readonly Cluster[]).map((cluster) => cluster.id)
  assert.deepEqual(idsOf(await list('name=to%20be%20found')), [id])
  assert.equal((await list('name=to%20be')).text, '[]')
  assert.equal((await list('page=9')).text, '[]')
  assert.deepEqual(idsOf(await list('name=&page=&per_page=')), idsOf(await list('')))
  const page = await list('page=2&per_page=1')
  assert.deepEqual(idsOf(page), idsOf(await list('')).slice(1, 2))
  assert.match(page.headers.get('link') ?? '', /^<\/oapi\/v1\/clusters\?page=1&per_page=1>;rel=prev,.*;rel=last$/)
})

test('a deleted cluster is gone, and the last one stays', async (t) => {
  const own = await startService()
  t.after(() => own.stop())
  const second = (await own.call('POST', path, { name: 'second' })).json as Cluster
  const deleted = await own.call('DELETE', `${path}/${second.id}`)
  assert.deepEqual([deleted.status, deleted.text], [200, ''])
  for (const method of ['GET', 'DELETE']) {
    assert.equal((await own.call(method, `${path}/${second.id}`)).status, 404)
  }
  assert.equal((await own.call('DELETE', `${path}/1`)).status, 409)
})

const refused: readonly {
  readonly name: string
  readonly body: object
  readonly status: number
  readonly says: RegExp
}[] = [
  { name: 'no name', body: configs, status: 422, says: /name/ },
  { name: 'an empty name', body: { name: '' }, status: 422, says: /name must NOT have fewer/ },
  { name: 'a name that is taken', body: { name: 'local' }, status: 409, says: /"local" already/ },
  { name: 'an unknown driver', body: { name: 'd', driver: 'x' }, status: 422, says: /no driver "x"; there is local/ },
  {
    name: 'a config that is a list',
    body: { name: 'd', peer_cluster_config: [] },
    status: 422,
    says: /must be object/,
  },
  ...[
    ['scheduler_cluster_config', 'candidate_parent_limit', 21],
    ['scheduler_cluster_config', 'filter_parent_limit', 1001],
    ['scheduler_cluster_config', 'filter_parent_limit', 9],
    ['scheduler_cluster_config', 'job_rate_limit', 1000001],
    ['seed_peer_cluster_config', 'load_limit', 50001],
    ['peer_cluster_config', 'load_limit', 2001],
    ['peer_cluster_config', 'load_limit', -1],
  ].map(([config = '', field = '', value]) => ({
    name: `${field} of ${value}`,
    body: { name: 'd', [config]: { [field]: value } },
    status: 422,
    says: new RegExp(String(field)),
  })),
  {
    name: 'settings that its driver does not know',
    body: { name: 'd', driver: 'http-proxy', settings: { pears: [] } },
    status: 422,
    says: /pears is not a setting here/,
  },
  {
    name: 'settings of another driver',
    body: { name: 'd', settings: { schedulers: ['a:1'] } },
    status: 422,
    says: /schedulers/,
  },
  {
    name: 'a secret in its settings',
    body: { name: 'd', driver: 'http-proxy', settings: { password: 'p' } },
    status: 422,
    says: /settings\.password looks like a secret/,
  },
  {
    name: 'a platform that is none',
    body: { name: 'd', platforms: ['linux/arm64', 'arm64'] },
    status: 422,
    says: /platforms names "arm64"; expected os/,
  },
  {
    name: 'too many platforms',
    body: { name: 'd', platforms: Array.from({ length: 51 }, () => 'linux/arm64') },
    status: 422,
    says: /platforms must NOT have more than 50 items/,
  },
  {
    name: 'more than is kept',
    body: { name: 'd', peer_cluster_config: { block_list: { task: { urls: ['x'.repeat(70_000)] } } } },
    status: 422,
    says: /longer than 65536/,
  },
]
for (const { name, body, status, says } of refused) {
  test(`a cluster is refused with ${name}`, async () => {
    const answer = await service.call('POST', path, body)
    assert.equal(answer.status, status, answer.text)
    assert.match((answer.json as { readonly message: string }).message, says)
  })
}

test('unknown clusters, names that are taken, and platforms that are none are refused on a change too', async () => {
  assert.equal((await service.call('PATCH', `${path}/404`, {})).status, 404)
  assert.equal((await service.call('GET', `${path}/404/peers`)).status, 404)
  const { id } = await create({ name: 'almost local' })
  assert.equal((await service.call('PATCH', `${path}/${id}`, { name: 'local' })).status, 409)
  assert.equal((await service.call('PATCH', `${path}/${id}`, { platforms: [''] })).status, 422)
})
