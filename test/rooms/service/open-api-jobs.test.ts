// Jobs of the Open API, from their making to their end: what Dragonfly's clients send and expect, and what we add.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { components } from '../../../openapi/open-api.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { adminToken, startService, type Answered, type Job, type TestService } from '../../support/service.ts'

const jobs = '/oapi/v1/jobs'
const layers = [3000, 2000, 1000]
const secret = 's3cret'

let registry: TestRegistry
let service: TestService
before(async () => {
  registry = await startRegistry()
  registry.push('library/app', makeImage({ layers }), '1.0')
  service = await startService({ WARMFRONT_PATH_PREFIXES: '/edge=2' })
  await service.call('POST', '/oapi/v1/clusters', { name: 'edge' })
})
after(async () => {
  await service.stop()
  await registry.close()
})

const image = () => ({ type: 'image', url: `${registry.url}/v2/library/app/manifests/1.0` })
const nowhere = { type: 'image', url: 'https://registry.example.com/v2/library/app/manifests/1.0' }
type Task = components['schemas']['Task']

const jobOf = ({ status, json, text }: Answered): Job => {
  assert.equal(status, 200, text)
  return json as Job
}
const create = async (args: object, more: object = {}, path = jobs): Promise<Job> =>
  jobOf(await service.call('POST', path, { type: 'preheat', args, ...more }))
const idsOf = (answer: Answered): readonly number[] => (answer.json as readonly Job[]).map(({ id }) => id)

const usualFilter =
  'X-Amz-Algorithm&X-Amz-Credential&X-Amz-Date&X-Amz-Expires&X-Amz-SignedHeaders&X-Amz-Signature&X-Amz-Security-Token&X-Amz-User-Agent&X-Goog-Algorithm&X-Goog-Credential&X-Goog-Date&X-Goog-Expires&X-Goog-SignedHeaders&X-Goog-Signature&OSSAccessKeyId&Expires&Signature&SecurityToken&AccessKeyId&Signature&Expires&X-Obs-Date&X-Obs-Security-Token&q-sign-algorithm&q-ak&q-sign-time&q-key-time&q-header-list&q-url-param-list&q-signature&x-cos-security-token&ns'

test("the answer has Dragonfly's keys in Dragonfly's order, and ours after them", async () => {
  const job = await create(
    { ...nowhere, tag: '', filtered_query_params: '', headers: {}, scope: '', concurrent_count: 0, timeout: 0 },
    { user_id: 0, scheduler_cluster_ids: null, seed_peer_cluster_ids: [4] },
  )
  assert.equal(
    Object.keys(job).join(' '),
    'id created_at updated_at is_del task_id bio type state status args result user_id user seed_peer_clusters ' +
      'scheduler_clusters phase progress error warnings digest contract requested_by ended_at',
  )
  assert.deepEqual(job.args, {
    application: '',
    concurrent_peer_count: 500,
    concurrent_task_count: 8,
    count: null,
    filtered_query_params: usualFilter,
    hdfs: null,
    headers: null,
    ips: null,
    object_storage: null,
    password: '',
    percentage: null,
    piece_length: null,
    platform: '',
    scope: 'single_seed_peer',
    success_percentage: 100,
    tag: '',
    timeout: 29 * 60 * 1e9,
    type: 'image',
    url: nowhere.url,
    urls: null,
    username: '',
  })
  assert.deepEqual(Object.keys(job.args), Object.keys(job.args).toSorted())
})

interface ArgsRow {
  readonly name: string
  readonly args: object
  readonly shows: Partial<Job['args']>
}
const understood: readonly ArgsRow[] = [
  {
    name: 'null everywhere',
    args: {
      ...nowhere,
      urls: null,
      piece_length: null,
      tag: null,
      application: null,
      filtered_query_params: null,
      filter: null,
      filteredQueryParams: null,
      headers: null,
      username: null,
      password: null,
      platform: null,
      scope: null,
      ips: null,
      count: null,
      percentage: null,
      success_percentage: null,
      concurrent_task_count: null,
      concurrent_peer_count: null,
      concurrent_count: null,
      timeout: null,
      load_to_cache: null,
      content_for_calculating_task_id: null,
      enable_task_id_based_blob_digest: null,
      object_storage: null,
      hdfs: null,
    },
    shows: { scope: 'single_seed_peer', concurrent_task_count: 8, concurrent_peer_count: 500, username: '' },
  },
  {
    name: 'zeros and empty texts and lists everywhere',
    args: {
      ...nowhere,
      urls: [],
      piece_length: 0,
      tag: '',
      application: '',
      filter: '',
      filteredQueryParams: '',
      headers: {},
      username: '',
      password: '',
      platform: '',
      scope: '',
      ips: [],
      count: 0,
      percentage: 0,
      success_percentage: 0,
      concurrent_task_count: 0,
      concurrent_peer_count: 0,
      concurrent_count: 0,
      timeout: 0,
      load_to_cache: false,
      content_for_calculating_task_id: '',
      enable_task_id_based_blob_digest: false,
      object_storage: {},
      hdfs: { delegation_token: '' },
    },
    shows: { ips: null, count: null, percentage: null, success_percentage: 100, piece_length: null },
  },
  {
    name: 'the least of everything',
    args: {
      ...nowhere,
      piece_length: 4194304,
      count: 1,
      percentage: 1,
      success_percentage: 1,
      concurrent_task_count: 1,
      concurrent_peer_count: 1,
      timeout: 1e9,
    },
    shows: { piece_length: 4194304, count: 1, percentage: 1, success_percentage: 1, timeout: 1e9 },
  },
  {
    name: 'the most of everything',
    args: {
      ...nowhere,
      piece_length: 67108864,
      count: 200,
      percentage: 100,
      concurrent_task_count: 100,
      concurrent_peer_count: 1000,
      ips: Array.from({ length: 100 }, (_, n) => `192.0.2.${n}`),
    },
    shows: { piece_length: 67108864, count: 200, percentage: 100, concurrent_peer_count: 1000 },
  },
  { name: 'single_peer', args: { ...nowhere, scope: 'single_peer' }, shows: { scope: 'single_peer' } },
  { name: 'an older concurrent_count', args: { ...nowhere, concurrent_count: 4 }, shows: { concurrent_task_count: 4 } },
  {
    name: 'an older concurrent_count beyond what is allowed now',
    args: { ...nowhere, concurrent_count: 500 },
    shows: { concurrent_task_count: 100 },
  },
  { name: 'an older filter', args: { ...nowhere, filter: 'a&b' }, shows: { filtered_query_params: 'a&b' } },
  {
    name: 'an old filteredQueryParams',
    args: { ...nowhere, filteredQueryParams: 'a&b', filter: 'c' },
    shows: { filtered_query_params: 'a&b' },
  },
  {
    name: 'fields that nobody knows, and those that Dragonfly ignores',
    args: {
      ...nowhere,
      priority: 'high',
      load_to_cache: true,
      content_for_calculating_task_id: 'x',
      enable_task_id_based_blob_digest: true,
    },
    shows: { type: 'image' },
  },
  {
    name: 'credentials, none of which is echoed',
    args: {
      ...nowhere,
      username: 'ann',
      password: secret,
      headers: { Authorization: `Bearer ${secret}`, Cookie: secret, 'X-Registry-Auth': secret, 'X-A': '1' },
    },
    shows: {
      username: 'ann',
      password: '',
      headers: { Authorization: '***', Cookie: '***', 'X-Registry-Auth': '***', 'X-A': '1' },
    },
  },
  {
    name: 'a file whose address is signed',
    args: {
      type: 'file',
      url: `https://files.example.com/b?X-Amz-Signature=${secret}`,
      urls: ['https://files.example.com/a'],
    },
    shows: {
      url: '',
      urls: ['https://files.example.com/a', 'https://files.example.com/b?X-Amz-Signature=***'],
    },
  },
]

for (const { name, args, shows } of understood) {
  test(`args are understood: ${name}`, async () => {
    const answer = await service.call('POST', jobs, { type: 'preheat', args })
    const shown = jobOf(answer).args
    assert.deepEqual(
      Object.fromEntries(Object.keys(shows).map((key) => [key, shown[key as keyof typeof shown]])),
      shows,
    )
    const later = await service.call('GET', `${jobs}/${jobOf(answer).id}`)
    for (const { text } of [answer, later]) assert.ok(!text.includes(secret), text)
  })
}

for (const { name, ids, path, meant } of [
  { name: 'null', ids: null, path: jobs, meant: [1, 2] },
  { name: 'an empty list', ids: [], path: jobs, meant: [1, 2] },
  { name: 'only zeros', ids: [0, 0], path: jobs, meant: [1, 2] },
  { name: 'a zero among others', ids: [0, 2], path: jobs, meant: [2] },
  { name: 'one twice', ids: [1, 1], path: jobs, meant: [1] },
  { name: 'null below a prefix that is bound', ids: null, path: `/edge${jobs}`, meant: [2] },
  { name: 'only zeros below a prefix that is bound', ids: [0], path: `/edge${jobs}`, meant: [2] },
  { name: 'another one below a prefix that is bound', ids: [1], path: `/edge${jobs}`, meant: [1] },
]) {
  test(`scheduler_cluster_ids: ${name} means ${meant.join(' and ')}`, async () => {
    const job = await create(nowhere, { scheduler_cluster_ids: ids }, path)
    assert.deepEqual(
      job.scheduler_clusters.map(({ id }) => id),
      meant,
    )
  })
}

test('a note can be changed and cleared, and what is left out stays; user_id is ignored', async () => {
  const { id } = await create(nowhere, { bio: 'first' })
  for (const [body, bio] of [
    [{ bio: 'second' }, 'second'],
    [{}, 'second'],
    [{ bio: null, user_id: 999 }, 'second'],
    [{ bio: '' }, ''],
  ] as const) {
    const job = jobOf(await service.call('PATCH', `${jobs}/${id}`, body))
    assert.equal(job.bio, bio)
    assert.equal(job.user_id, 1)
    assert.equal((await service.job(id)).bio, bio)
  }
})

test('a deleted job is gone: 200 without a body, then 404, and its work has stopped', async () => {
  const stalled = Promise.withResolvers<void>()
  registry.push('library/stalled', makeImage({ seed: 'stalled' }), '1.0')
  const blobs = /^\/v2\/library\/stalled\/blobs\//
  registry.fault({ path: blobs, stallAfter: { bytes: 100, until: stalled.promise } })
  const { id } = await service.preheat({ type: 'image', url: `${registry.host}/library/stalled:1.0` })
  while (!registry.asked(blobs).some(({ bytesSent }) => bytesSent > 0)) await service.job(id)

  const deleted = await service.call('DELETE', `${jobs}/${id}`)
  assert.deepEqual([deleted.status, deleted.text, deleted.headers.get('content-type')], [200, '', null])
  for (const method of ['GET', 'DELETE']) assert.equal((await service.call(method, `${jobs}/${id}`)).status, 404)
  // Only a client that goes away ends these: the registry itself waits for the promise.
  while (!registry.asked(blobs).every(({ ended }) => ended)) await service.call('GET', '/healthy')
  stalled.resolve()
  registry.healed()
})

test('what failed can be done again with fresh credentials, under the same id', async (t) => {
  const guarded = await startRegistry({ auth: { kind: 'bearer', users: { ann: 'right', bob: 'also right' } } })
  t.after(() => guarded.close())
  guarded.push('library/app', makeImage({ layers }), '1.0')
  const url = `${guarded.host}/library/app:1.0`
  const { id } = await service.preheat({ type: 'image', url, username: 'ann', password: 'wrong' })
  const failed = await service.settled(id)
  assert.equal(failed.error?.code, 'registry.denied')

  const again = jobOf(await service.call('POST', `${jobs}/${id}/retry`))
  assert.deepEqual([again.id, again.state, again.error], [id, 'PENDING', null])
  assert.equal((await service.settled(id)).error?.code, 'registry.denied', 'without credentials it fails again')

  const retried = await service.call('POST', `${jobs}/${id}/retry`, { username: 'bob', password: 'also right' })
  assert.ok(!retried.text.includes('also right'))
  const settled = await service.settled(id)
  assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))

  const refused = await service.call('POST', `${jobs}/${id}/retry`, {})
  assert.equal(refused.status, 409)
  assert.match(refused.text, /Job \d+ is succeeded; only what failed can be done again/)
})

test('a retry does only what failed', async () => {
  const made = makeImage({ layers: [5000, 6000], seed: 'retried' })
  registry.push('library/retried', made, '1.0')
  const [last] = [...made.blobs.keys()].slice(-1)
  const broken = `/v2/library/retried/blobs/${last}`
  registry.fault({ path: broken, status: 403 })
  const { id } = await service.preheat({ type: 'image', url: `${registry.host}/library/retried:1.0` })
  assert.equal((await service.settled(id)).state, 'FAILURE')
  registry.healed()
  const before = registry.asked(/\/retried\/blobs\//, 'GET').length
  await service.call('POST', `${jobs}/${id}/retry`)
  const settled = await service.settled(id)
  assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))
  assert.deepEqual(
    registry
      .asked(/\/retried\/blobs\//, 'GET')
      .slice(before)
      .map(({ path }) => path),
    [broken],
  )
})

const keyed = (key: string, args: object = nowhere, headers: Record<string, string> = {}) =>
  service.call(
    'POST',
    jobs,
    { type: 'preheat', args },
    { authorization: `Bearer ${adminToken}`, 'idempotency-key': key, ...headers },
  )

test('the same key and the same request are the same job; another request with it is refused', async () => {
  const made = await keyed('release-7')
  const first = jobOf(made)
  assert.equal(made.headers.get('idempotent-replayed'), null)
  const replayed = await keyed('release-7')
  assert.equal(jobOf(replayed).id, first.id)
  assert.equal(replayed.headers.get('idempotent-replayed'), 'true')
  assert.notEqual(jobOf(await keyed('release-8')).id, first.id)
  const other = await keyed('release-7', { ...nowhere, platform: 'linux/arm64' })
  assert.equal(other.status, 422)
  assert.match(other.text, /key belongs to job/)
  assert.equal(jobOf(await keyed(`!${'~'.repeat(254)}`)).state, 'PENDING')
})

for (const [name, key] of [
  ['empty', ''],
  ['longer than 255 characters', 'k'.repeat(256)],
  ['with a space', 'a b'],
  ['not ASCII', 'schlüssel'],
] as const) {
  test(`an idempotency key is refused that is ${name}`, async () => {
    assert.equal((await keyed(key)).status, 422)
  })
}

test('a job says what its tag meant; its tasks say blob by blob what became of them', async () => {
  const { id } = await service.preheat(image())
  const job = await service.settled(id)
  assert.match(job.digest ?? '', /^sha256:[0-9a-f]{64}$/)
  assert.deepEqual(job.warnings, [])
  // Of two clusters with an embedded peer each: a manifest, a config and three layers.
  const all = await service.call('GET', `${jobs}/${id}/tasks?per_page=100`)
  const tasks = all.json as readonly Record<string, unknown>[]
  assert.equal(tasks.length, 2 * (2 + layers.length))
  assert.deepEqual(
    tasks.map(({ ordinal }) => ordinal),
    tasks.map((_, place) => place),
  )
  for (const task of tasks) {
    assert.equal(
      Object.keys(task).join(' '),
      'ordinal peer blob state attempts bytes source moved proof digest error started_at ended_at duration_ms',
    )
    assert.deepEqual([task['state'], task['proof'], task['error']], ['warm', 'digest', null])
    assert.deepEqual(Object.keys(task['peer'] as object), ['id', 'cluster_id', 'hostname', 'ip', 'address', 'location'])
    assert.deepEqual(Object.keys(task['blob'] as object), ['kind', 'digest', 'size', 'media_type', 'url'])
  }

  const page = await service.call('GET', `${jobs}/${id}/tasks?page=2&per_page=4&state=warm`)
  assert.deepEqual(page.json, tasks.slice(4, 8))
  const address = (to: number) => `<${jobs}/${id}/tasks?page=${to}&per_page=4&state=warm>`
  assert.equal(
    page.headers.get('link'),
    `${address(1)};rel=prev,${address(3)};rel=next,${address(1)};rel=first,${address(3)};rel=last`,
  )
  assert.deepEqual((await service.call('GET', `${jobs}/${id}/tasks?state=failed`)).json, [])
  assert.equal((await service.call('GET', `${jobs}/${id}/tasks?state=&peer=&blob=&page=&per_page=`)).status, 200)
})

test('tasks are found by their peer and by their blob', async () => {
  const { id } = await service.preheat(image())
  await service.settled(id)
  const list = async (query: Readonly<Record<string, string>>) => {
    const answer = await service.call(
      'GET',
      `${jobs}/${id}/tasks?${new URLSearchParams({ per_page: '100', ...query }).toString()}`,
    )
    return answer.json as readonly Task[]
  }
  const all = await list({})
  const [first] = all
  assert.ok(first?.blob.digest)
  const ordinals = (tasks: readonly Task[]) => tasks.map(({ ordinal }) => ordinal)
  const meant = (isMeant: (task: Task) => boolean) => ordinals(all.filter(isMeant))
  const { peer, blob } = first
  assert.deepEqual(
    ordinals(await list({ peer: peer.id })),
    meant((task) => task.peer.id === peer.id),
  )
  assert.deepEqual(
    ordinals(await list({ peer: peer.ip })),
    meant((task) => task.peer.ip === peer.ip),
  )
  assert.deepEqual(ordinals(await list({ peer: peer.hostname })), ordinals(all))
  assert.deepEqual(
    ordinals(await list({ blob: first.blob.digest })),
    meant((task) => task.blob.digest === blob.digest),
  )
  assert.deepEqual(ordinals(await list({ blob: blob.url, peer: peer.id, state: 'warm' })), [first.ordinal])
  for (const none of [{ peer: 'nobody' }, { blob: 'sha256:0' }, { blob: blob.url, state: 'failed' }]) {
    assert.deepEqual(await list(none), [])
  }
})

test('lists: states and types that are known give what there is, empty values are as good as none', async () => {
  await service.settled((await create(image())).id)
  const list = (query: string) => service.call('GET', `${jobs}?per_page=100&${query}`)
  const everything = idsOf(await list(''))
  for (const query of [
    'state=',
    'type=',
    'type=preheat',
    'user_id=',
    'user_id=0',
    'user_id=1',
    'page=',
    'page=0',
    'n=25',
  ]) {
    assert.deepEqual(idsOf(await list(query)), everything, query)
  }
  const byState = await Promise.all(
    ['PENDING', 'SUCCESS', 'FAILURE'].map((state) => list(`state=${state}&type=preheat`)),
  )
  assert.ok(byState.every(({ status }) => status === 200))
  assert.ok(idsOf(await list('state=SUCCESS')).length > 0)
  for (const query of [
    'state=RECEIVED',
    'state=STARTED',
    'state=RETRY',
    'type=sync_peers',
    'type=get_task',
    'type=get_image_distribution',
    'type=delete_task',
    'type=gc&state=SUCCESS',
    'user_id=999',
    'page=10000000',
  ]) {
    assert.deepEqual((await list(query)).json, [], query)
  }
  for (const query of [
    'state=pending',
    'type=nonsense',
    'user_id=abc',
    'user_id=-1',
    'page=-1',
    'page=abc',
    'per_page=99999999',
  ]) {
    assert.equal((await service.call('GET', `${jobs}?${query}`)).status, 422, query)
  }
})

test('lists: found by phase, contents, contract, cluster, peer and text, with Link for what was found', async () => {
  const made = await create(image(), { bio: 'The 100% ROLLOUT', scheduler_cluster_ids: [2] })
  const file = await create({ type: 'file', url: `${registry.url}/files/Model.bin` }, { bio: 'weights' })
  const harbor = await service.call('POST', '/preheats', { type: 'image', url: image().url })
  const old = Number((harbor.json as { readonly id: string }).id)
  const [first, second, third] = [
    await service.settled(made.id),
    await service.settled(file.id),
    await service.settled(old),
  ]
  assert.deepEqual([first.state, second.state, third.state], ['SUCCESS', 'FAILURE', 'SUCCESS'])
  const [task] = (await service.call('GET', `${jobs}/${made.id}/tasks`)).json as readonly Task[]
  assert.ok(task)
  const list = async (query: Readonly<Record<string, string>>) => {
    const asked = Object.entries({ per_page: '100', ...query })
    return service.call(
      'GET',
      `${jobs}?${asked.map(([name, text]) => `${name}=${encodeURIComponent(text)}`).join('&')}`,
    )
  }
  const found = async (query: Readonly<Record<string, string>>) => {
    const answer = await list(query)
    assert.equal(answer.status, 200, answer.text)
    const ids = idsOf(answer)
    return [made.id, file.id, old].filter((id) => ids.includes(id))
  }
  for (const [query, ids] of [
    [{ phase: 'succeeded' }, [made.id, old]],
    [{ phase: 'failed' }, [file.id]],
    [{ phase: 'failed', state: 'FAILURE' }, [file.id]],
    [{ phase: 'failed', state: 'SUCCESS' }, []],
    [{ args_type: 'image' }, [made.id, old]],
    [{ args_type: 'file', type: 'preheat' }, [file.id]],
    [{ args_type: 'file', type: 'get_task' }, []],
    [{ contract: 'preheats' }, [old]],
    [{ contract: 'supernode' }, []],
    [{ scheduler_cluster_id: '1' }, [file.id, old]],
    [{ scheduler_cluster_id: '2' }, [made.id, file.id, old]],
    [{ scheduler_cluster_id: '3' }, []],
    [{ peer: task.peer.id }, [made.id, old]],
    [{ peer: 'nobody' }, []],
    [{ q: '100% rollout' }, [made.id]],
    [{ q: 'MODEL.BIN' }, [file.id]],
    [{ q: '%', contract: 'open-api' }, [made.id]],
    [{ q: 'rollout', args_type: 'file' }, []],
  ] as const) {
    assert.deepEqual(await found(query), ids, JSON.stringify(query))
  }
  const everything = { phase: '', args_type: '', contract: '', scheduler_cluster_id: '', peer: '', q: '' }
  assert.deepEqual(idsOf(await list(everything)), idsOf(await list({})))
  const one = await service.call('GET', `${jobs}?per_page=1&q=rollout&page=9`)
  assert.deepEqual([one.json, /page=1&per_page=1&q=rollout>;rel=last/.test(one.headers.get('link') ?? '')], [[], true])
  for (const query of [
    'phase=done',
    'args_type=all',
    'contract=mirror',
    'scheduler_cluster_id=x',
    `q=${'x'.repeat(257)}`,
  ]) {
    assert.equal((await service.call('GET', `${jobs}?${query}`)).status, 422, query)
  }
})

test('a job says through which contract it came, with which token, and when it ended', async () => {
  const token = await service.call('POST', '/oapi/v1/personal-access-tokens', {
    name: 'release robot',
    scopes: ['job'],
    expired_at: new Date(Date.now() + 3_600_000).toISOString(),
  })
  const robot = { authorization: `Bearer ${(token.json as { readonly token: string }).token}` }
  const key = { 'idempotency-key': 'asked-by-a-robot' }
  const asked = { type: 'preheat', args: image() }
  const made = jobOf(await service.call('POST', jobs, asked, { ...robot, ...key }))
  assert.deepEqual([made.contract, made.requested_by, made.ended_at], ['open-api', 'release robot', null])
  const again = jobOf(await service.call('POST', jobs, asked, { authorization: `Bearer ${adminToken}`, ...key }))
  assert.equal(again.id, made.id)
  const settled = await service.settled(made.id)
  assert.deepEqual([settled.requested_by, settled.ended_at], ['release robot', settled.updated_at])
  assert.ok(Date.parse(settled.ended_at ?? '') >= Date.parse(settled.created_at))

  const event = { id: 'push-1', action: 'push', target: { mediaType: 'application/vnd.oci.image.manifest.v1+json' } }
  const pushed = { ...event, target: { ...event.target, url: image().url, tag: '1.0' } }
  const kraken = await service.call('POST', '/registry/notifications', { events: [pushed] }, robot)
  const preheats = await service.call('POST', '/preheats', { type: 'image', url: image().url }, robot)
  const supernode = await service.call('POST', '/api/preheat', { type: 'image', url: image().url }, robot)
  for (const [contract, id] of [
    ['kraken', (kraken.json as { readonly accepted: readonly string[] }).accepted[0]],
    ['preheats', (preheats.json as { readonly id: string }).id],
    ['supernode', (supernode.json as { readonly data: { readonly taskId: string } }).data.taskId],
  ] as const) {
    const job = await service.job(Number(id))
    assert.deepEqual([job.contract, job.requested_by], [contract, 'release robot'])
  }
})

test('a list of ten million at once is served in pages of a hundred, and Link says so', async () => {
  const answer = await service.call('GET', `${jobs}?page=1&per_page=10000000&type=preheat`)
  assert.equal(answer.status, 200)
  const address = `<${jobs}?page=1&per_page=100&type=preheat>`
  assert.equal(
    answer.headers.get('link'),
    `${address};rel=prev,${address};rel=next,${address};rel=first,${address};rel=last`,
  )
})
