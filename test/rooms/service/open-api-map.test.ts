// The map of a job: every task's letter in its place, whatever becomes of the plan.

import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import type { components } from '../../../openapi/open-api.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { startService, type Job, type TestService } from '../../support/service.ts'

type Task = components['schemas']['Task']
type JobMap = components['schemas']['JobMap']

const jobs = '/oapi/v1/jobs'
const noMap: JobMap = { plan: '', peers: [], blobs: [], rows: [], causes: [] }

let registry: TestRegistry
let service: TestService
/** Runs arm64, and cluster 1 amd64. */
let other: number
before(async () => {
  registry = await startRegistry()
  service = await startService()
  await service.call('PATCH', '/oapi/v1/clusters/1', { platforms: ['linux/amd64'] })
  const made = await service.call('POST', '/oapi/v1/clusters', { name: 'arm64', platforms: ['linux/arm64'] })
  other = (made.json as { readonly id: number }).id
})
after(async () => {
  await service.stop()
  await registry.close()
})
afterEach(() => registry.healed())

async function mapOf(id: number, plan = ''): Promise<JobMap> {
  const answer = await service.call('GET', `${jobs}/${id}/map?plan=${plan}`)
  assert.equal(answer.status, 200, answer.text)
  return answer.json as JobMap
}

async function tasksOf(id: number): Promise<readonly Task[]> {
  return (await service.call('GET', `${jobs}/${id}/tasks?per_page=100`)).json as readonly Task[]
}

const letterOf = ({ state, source }: Task): string =>
  ({ waiting: 'q', running: 'r', warm: source === 'local' ? 'h' : 'w', failed: 'f', cancelled: 'c' })[state]

/** The same as the tasks of a settled job say it. */
async function holds(id: number, map: JobMap): Promise<void> {
  const tasks = await tasksOf(id)
  const { peers, blobs } = map
  assert.ok(tasks.length > 0 && peers && blobs)
  const letters = new Map(tasks.map((task) => [`${task.blob.url} ${task.peer.id}`, letterOf(task)]))
  assert.equal(letters.size, tasks.length)
  assert.deepEqual(
    map.rows,
    blobs.map(({ url }) => peers.map((peer) => letters.get(`${url} ${peer.id}`) ?? '.').join('')),
  )
  assert.deepEqual(new Set(peers.map((peer) => peer.id)), new Set(tasks.map(({ peer }) => peer.id)))
  assert.deepEqual(blobs, [...new Map(tasks.map(({ blob }) => [blob.url, blob])).values()], 'in the order of the plan')
  for (const peer of peers) assert.deepEqual(peer, tasks.find((task) => task.peer.id === peer.id)?.peer)
}

async function ended(name: string, args: object = {}): Promise<Job> {
  const { id } = await service.preheat({ type: 'image', url: `${registry.host}/${name}:1.0`, ...args })
  return service.settled(id)
}

test('clusters that need different blobs leave gaps, and what was there already has a letter of its own', async () => {
  registry.push('map/both', makeImage({ platforms: ['linux/amd64', 'linux/arm64'] }), '1.0')
  const first = await ended('map/both')
  assert.equal(first.state, 'SUCCESS', JSON.stringify(first.error))
  const map = await mapOf(first.id)
  assert.deepEqual(Object.keys(map), ['plan', 'peers', 'blobs', 'rows', 'causes'])
  await holds(first.id, map)
  assert.deepEqual(
    map.peers?.map(({ cluster_id: cluster }) => cluster),
    [1, other],
  )
  assert.ok(map.rows.some((row) => row.endsWith('.')) && map.rows.some((row) => row.startsWith('.')))
  assert.ok(map.rows.some((row) => row.includes('w')))
  assert.deepEqual(map.causes, [])

  const again = await mapOf((await ended('map/both')).id)
  assert.deepEqual(new Set(again.rows.join('')), new Set('h.'))
})

test('whoever knows the plan gets its letters alone, and whoever knows another one all of it', async () => {
  registry.push('map/known', makeImage({ seed: 'known' }), '1.0')
  const { id } = await ended('map/known')
  const map = await mapOf(id)
  assert.deepEqual(await mapOf(id, map.plan), { ...map, peers: null, blobs: null })
  assert.deepEqual(await mapOf(id, 'another'), map)
  assert.deepEqual((await service.call('GET', `${jobs}/${id}/map`)).json, map)
  assert.equal((await service.call('HEAD', `${jobs}/${id}/map`)).status, 200)
  assert.equal((await service.call('GET', `${jobs}/${id}/map?plan=${'x'.repeat(65)}`)).status, 422)
})

test('what failed has its causes, and is right again after a retry under another name', async () => {
  const image = makeImage({ layers: [5000, 6000, 7000], seed: 'causes' })
  registry.push('map/causes', image, '1.0')
  const [one, two] = [...image.blobs.keys()].slice(-2)
  registry.fault({ path: `/v2/map/causes/blobs/${one}`, status: 403 })
  registry.fault({ path: `/v2/map/causes/blobs/${two}`, status: 403 })
  const failed = await ended('map/causes')
  assert.equal(failed.state, 'FAILURE')
  const map = await mapOf(failed.id)
  await holds(failed.id, map)
  const tasks = (await tasksOf(failed.id)).filter(({ state }) => state === 'failed')
  const [first] = tasks
  assert.deepEqual(map.causes, [
    {
      code: first?.error?.code,
      side: first?.error?.side,
      message: first?.error?.message,
      hint: first?.error?.hint,
      tasks: tasks.length,
      peers: 2,
      blobs: 2,
    },
  ])
  assert.equal(map.rows.filter((row) => row === 'ff').length, 2)

  registry.healed()
  assert.equal((await service.call('POST', `${jobs}/${failed.id}/retry`)).status, 200)
  assert.equal((await service.settled(failed.id)).state, 'SUCCESS')
  const after = await mapOf(failed.id, map.plan)
  assert.notEqual(after.plan, map.plan)
  assert.deepEqual([after.peers, after.blobs, after.causes], [map.peers, map.blobs, []])
  assert.match(after.rows.join(''), /^[wh]+$/)
  await holds(failed.id, after)
})

test('there is no map before there is a plan, and a living one while it is done', async () => {
  const resolving = Promise.withResolvers<void>()
  const warming = Promise.withResolvers<void>()
  registry.push('map/slow', makeImage({ layers: [50_000], seed: 'slow' }), '1.0')
  registry.fault({ path: '/v2/map/slow/manifests/1.0', stallAfter: { bytes: 10, until: resolving.promise } })
  registry.fault({ path: /^\/v2\/map\/slow\/blobs\//, stallAfter: { bytes: 10, until: warming.promise } })
  const { id } = await service.preheat({ type: 'image', url: `${registry.host}/map/slow:1.0` })
  assert.deepEqual(await mapOf(id), noMap)
  while ((await service.job(id)).phase !== 'resolving') await service.call('GET', '/healthy')
  assert.deepEqual(await mapOf(id), noMap)
  resolving.resolve()
  let map = await mapOf(id)
  while (!map.rows.join('').includes('r')) map = await mapOf(id)
  assert.deepEqual([map.peers?.length, map.causes], [2, []])

  assert.equal((await service.call('POST', `${jobs}/${id}/cancel`)).status, 200)
  await service.settled(id)
  warming.resolve()
  const end = await mapOf(id)
  assert.equal(end.plan, map.plan)
  assert.ok(end.rows.join('').includes('c'))
  await holds(id, end)
})

test('questions after one thing have a map too', async () => {
  const asked = await service.call('POST', jobs, { type: 'get_task', args: { task_id: 'e'.repeat(64) } })
  const { id } = asked.json as Job
  await service.settled(id)
  const map = await mapOf(id)
  assert.deepEqual(map.rows, ['ff'])
  assert.deepEqual(
    map.causes.map(({ code, tasks, peers, blobs }) => [code, tasks, peers, blobs]),
    [['peer.not-cached', 2, 2, 1]],
  )
  await holds(id, map)
})

test('many who look at once see the same, and a map outlives a restart', async () => {
  registry.push('map/kept', makeImage({ seed: 'kept' }), '1.0')
  const { id } = await ended('map/kept')
  const [map, ...others] = await Promise.all(Array.from({ length: 20 }, () => mapOf(id)))
  for (const one of others) assert.deepEqual(one, map)
  await service.restart('stopped')
  assert.deepEqual(await mapOf(id), map)
})

test('a job that is not there has no map, and whoever may not read jobs sees none', async () => {
  registry.push('map/gone', makeImage({ seed: 'gone' }), '1.0')
  const { id } = await ended('map/gone')
  await mapOf(id)
  assert.equal((await service.call('DELETE', `${jobs}/${id}`)).status, 200)
  assert.equal((await service.call('GET', `${jobs}/${id}/map`)).status, 404)
  assert.equal((await service.call('GET', `${jobs}/9007199254740991/map`)).status, 404)
  assert.equal((await service.call('GET', `${jobs}/0/map`)).status, 422)
  assert.equal((await service.call('GET', `${jobs}/${id}/map`, undefined, {})).status, 401)
  const token = await service.call('POST', '/oapi/v1/personal-access-tokens', {
    name: 'clusters only',
    scopes: ['cluster'],
    expired_at: new Date(Date.now() + 3_600_000).toISOString(),
  })
  const headers = { authorization: `Bearer ${(token.json as { readonly token: string }).token}` }
  assert.equal((await service.call('GET', `${jobs}/${id}/map`, undefined, headers)).status, 403)
})
