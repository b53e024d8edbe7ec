// What is asked of peers beside preheating: who holds what, and that it is to be forgotten; in Dragonfly's shapes.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { components } from '../../../openapi/open-api.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { adminToken, startService, type Answered, type Job, type TestService } from '../../support/service.ts'
import { succeeds } from '../../support/warmed.ts'

type ClusterResult = components['schemas']['ClusterResult']
type Distribution = components['schemas']['ImageDistribution']
type Task = components['schemas']['Task']

const jobs = '/oapi/v1/jobs'
const made = makeImage({ layers: [3000, 2000] })
const layers = [...made.blobs.keys()]
const [layer = ''] = layers.slice(-1)

let registry: TestRegistry
let service: TestService
before(async () => {
  registry = await startRegistry()
  registry.push('library/app', made, '1.0')
  service = await startService()
})
after(async () => {
  await service.stop()
  await registry.close()
})

const image = () => `${registry.url}/v2/library/app/manifests/1.0`
const addressOf = (digest: string) => `${registry.url}/v2/library/app/blobs/${digest}`
const ask = (type: string, args?: object, more: object = {}): Promise<Answered> =>
  service.call('POST', jobs, { type, ...(args && { args }), ...more })

async function errand(type: string, args: object, more: object = {}): Promise<Job> {
  const answer = await ask(type, args, more)
  assert.equal(answer.status, 200, answer.text)
  const { id, result, state } = answer.json as Job
  assert.deepEqual([state, result], ['PENDING', null])
  return service.settled(id)
}
const resultOf = (job: Job): ClusterResult => {
  const [result] = job.result?.job_states.flatMap(({ results }) => results ?? []) ?? []
  assert.ok(result, JSON.stringify(job))
  return result
}
const distribution = async (more: object = {}): Promise<Distribution> => {
  const answer = await ask('get_image_distribution', { url: image() }, more)
  assert.equal(answer.status, 200, answer.text)
  return answer.json as Distribution
}

test('a blob is looked for, found once it is warm, evicted, and looked for in vain', async () => {
  const before = await errand('get_task', { url: addressOf(layer) })
  assert.deepEqual([before.state, before.type, resultOf(before).peers], ['SUCCESS', 'get_task', []])
  await succeeds(service, { url: image() })

  for (const args of [{ url: addressOf(layer) }, { task_id: layer }, { task_id: layer.slice('sha256:'.length) }]) {
    const { state, result } = await errand('get_task', args)
    assert.equal(state, 'SUCCESS')
    const [found] = result?.job_states[0]?.results ?? []
    assert.deepEqual(Object.keys(found ?? {}), ['failure_tasks', 'peers', 'scheduler_cluster_id'])
    assert.deepEqual([found?.failure_tasks, found?.peers?.[0]?.IsFinished, found?.peers?.length], [[], true, 1])
    assert.equal(result?.job_states[0]?.task_name, 'get_task')
  }

  const gone = await errand('delete_task', { url: addressOf(layer) })
  assert.deepEqual([gone.state, resultOf(gone).success_tasks?.length, resultOf(gone).failure_tasks], ['SUCCESS', 1, []])
  assert.equal((await fetch(`${service.url}/v2/library/app/blobs/${layer}`)).status, 404)
  const again = await errand('delete_task', { url: addressOf(layer) })
  assert.deepEqual([again.state, resultOf(again).success_tasks], ['SUCCESS', []])
  const [task] = (await service.call('GET', `${jobs}/${again.id}/tasks`)).json as readonly Task[]
  assert.deepEqual([task?.state, task?.error?.code, task?.blob.url], ['failed', 'peer.not-cached', addressOf(layer)])
  assert.deepEqual(resultOf(await errand('get_task', { url: addressOf(layer) })).peers, [])
})

test('the distribution of an image is answered at once, without a fetch, and nothing is kept of it', async () => {
  await service.settled((await errand('delete_task', { url: addressOf(layer) })).id)
  const jobsBefore = (await service.call('GET', `${jobs}?per_page=100`)).json as readonly Job[]
  const fetched = registry.asked(/\/blobs\//, 'GET').length
  const without = await distribution()
  assert.deepEqual(
    new Set(without.image.layers.map(({ url }) => url)),
    new Set(layers.map((digest) => addressOf(digest))),
  )
  const held = without.peers.flatMap(({ cached_layers: own }) => own.map(({ url }) => url))
  assert.ok(!held.includes(addressOf(layer)))
  assert.equal(registry.asked(/\/blobs\//, 'GET').length, fetched)

  await succeeds(service, { url: image() })
  const { peers, warnings } = await distribution()
  assert.deepEqual(warnings, [])
  assert.deepEqual(
    peers.map(({ ip, cached_layers: own, scheduler_cluster_id: cluster }) => [ip, own.length, cluster]),
    [['127.0.0.1', layers.length, 1]],
  )
  const jobsAfter = (await service.call('GET', `${jobs}?per_page=100`)).json as readonly Job[]
  assert.equal(jobsAfter.length, jobsBefore.length + 1)
})

test('what the registry refuses, and what cannot be meant, is refused at once', async () => {
  for (const [args, status, code] of [
    [{ url: `${registry.url}/v2/library/app/manifests/9.9` }, 502, 'registry.not-found'],
    [{ url: image(), platform: 'linux/s390x' }, 422, 'registry.no-platform'],
    [{ url: 'UPPER CASE' }, 422, 'reference.invalid'],
  ] as const) {
    const answer = await ask('get_image_distribution', args)
    assert.deepEqual([answer.status, (answer.json as { readonly code?: string }).code], [status, code], answer.text)
  }
})

test('peers that give no answer fail the question with their cause, and those that answer are listed all the same', async (t) => {
  await succeeds(service, { url: image(), scope: 'all_peers' })
  const peers = [{ address: '127.0.0.1:1', hostname: 'cellar' }]
  const dead = await service.call('POST', '/oapi/v1/clusters', {
    name: 'dead',
    driver: 'http-proxy',
    settings: { peers },
  })
  const { id } = dead.json as { readonly id: number }
  t.after(() => service.call('DELETE', `/oapi/v1/clusters/${id}`))
  const job = await errand('get_task', { url: addressOf(layers[0] ?? '') })
  assert.deepEqual([job.state, job.error?.side], ['FAILURE', 'peer'], JSON.stringify(job.error))
  const results = job.result?.job_states.flatMap(({ results: own }) => own ?? []) ?? []
  assert.deepEqual(
    results.map(({ peers: own = [], failure_tasks: failed }) => [own.length, failed.map(({ hostname }) => hostname)]),
    [
      [1, []],
      [0, ['cellar']],
    ],
  )
  const { peers: holders, warnings } = await distribution()
  assert.equal(holders.length, 1)
  assert.match(warnings.join(), /cellar|dead/)

  const retried = await service.call('POST', `${jobs}/${job.id}/retry`)
  assert.equal((retried.json as Job).state, 'PENDING')
  assert.equal((await service.settled(job.id)).state, 'FAILURE')
})

test('lists find each type, all of them where none is named, and those that leave no job never', async () => {
  const { id } = await errand('get_task', { task_id: layer })
  const typesIn = async (query: string) => {
    const { json } = await service.call('GET', `${jobs}?per_page=100&${query}`)
    return [...new Set((json as readonly Job[]).map(({ type }) => type))].toSorted()
  }
  assert.deepEqual(await typesIn(''), ['delete_task', 'get_task', 'preheat'])
  for (const type of ['get_task', 'delete_task', 'preheat']) assert.deepEqual(await typesIn(`type=${type}`), [type])
  for (const type of ['sync_peers', 'get_image_distribution', 'gc']) assert.deepEqual(await typesIn(`type=${type}`), [])
  assert.deepEqual(await typesIn('type=get_task&state=PENDING'), [])
  assert.equal((await service.job(id)).type, 'get_task')
})

test('contracts that know of nothing but preheats take these jobs for unknown', async () => {
  const { id } = await errand('get_task', { task_id: layer })
  for (const method of ['GET', 'DELETE']) {
    assert.equal((await service.call(method, `/preheats/${id}`)).status, 404)
    assert.equal((await service.call(method, `/api/v1/preheats/${id}`)).status, 404)
  }
  const supernode = await service.call('GET', `/api/preheat/${id}`)
  assert.match(supernode.text, new RegExp(`"code":400.*There is no job ${id}\\.`))
  const listed = (await service.call('GET', '/preheats?per_page=100')).json as readonly { readonly id: string }[]
  assert.ok(listed.length > 0 && !listed.some((one) => one.id === String(id)))
  assert.equal((await service.job(id)).state, 'SUCCESS')
})

test('the same key is the same question, and another type with it is refused', async () => {
  const headers = { authorization: `Bearer ${adminToken}`, 'idempotency-key': 'where-is-it' }
  const send = (type: string) => service.call('POST', jobs, { type, args: { task_id: layer } }, headers)
  const first = await send('get_task')
  const second = await send('get_task')
  assert.equal((second.json as Job).id, (first.json as Job).id)
  assert.equal((await send('delete_task')).status, 422)
})

test('whoever may only read may neither ask nor evict', async () => {
  const token = await service.call('POST', '/oapi/v1/personal-access-tokens', {
    name: 'reader',
    scopes: ['job:read', 'cluster:read'],
    expired_at: new Date(Date.now() + 3_600_000).toISOString(),
  })
  const headers = { authorization: `Bearer ${(token.json as { readonly token: string }).token}` }
  for (const type of ['get_task', 'delete_task', 'get_image_distribution', 'sync_peers']) {
    const answer = await service.call('POST', jobs, { type, args: { url: image() } }, headers)
    assert.equal(answer.status, 403, type)
  }
})

test('events of a question end with its answer', async () => {
  const { id } = await errand('get_task', { task_id: layer })
  const answer = await service.call('GET', `${jobs}/${id}/events`)
  assert.match(answer.text, /"type":"get_task".*\n\nevent: end/)
})

test('a job that may fail in part succeeds with what it has, and shows what failed', async () => {
  const partly = makeImage({ layers: [1000, 2000, 3000, 4000], seed: 'partly' })
  registry.push('library/partly', partly, '1.0')
  const url = `${registry.host}/library/partly:1.0`
  await succeeds(service, { url })
  const [lost = ''] = [...partly.blobs.keys()].slice(-1)
  await errand('delete_task', { task_id: lost })
  registry.fault({ path: `/v2/library/partly/blobs/${lost}`, status: 403 })
  const again = async (more: object) => service.settled((await service.preheat({ type: 'image', url, ...more })).id)
  const [strict, lenient] = [await again({}), await again({ success_percentage: 50 })]
  registry.healed()
  assert.deepEqual([strict.state, lenient.state], ['FAILURE', 'SUCCESS'])
  assert.deepEqual([lenient.progress.failed, lenient.progress.hits], [1, lenient.progress.tasks - 1])
  const [result] = lenient.result?.job_states[0]?.results ?? []
  assert.deepEqual([result?.failure_tasks.length, result?.success_tasks?.length], [1, lenient.progress.warm])
})
