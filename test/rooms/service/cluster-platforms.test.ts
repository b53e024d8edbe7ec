// Clusters whose nodes run different platforms: each gets what its nodes would pull, of one and the same image.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { components } from '../../../openapi/open-api.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { startService, type Job, type TestService } from '../../support/service.ts'

type Schemas = components['schemas']

const platforms = ['linux/amd64', 'linux/arm64', 'linux/arm/v7'] as const
const image = makeImage({ platforms, attestations: true })

/** Manifest, config and layers of these platforms, and the index. */
const digestsOf = (...chosen: readonly string[]): ReadonlySet<string> => {
  const images = chosen.map((platform) => makeImage({ platforms: [platform] }))
  const own = images.flatMap(({ top, documents, blobs }) => [
    ...documents.filter((document) => document !== top).map(({ digest }) => digest),
    ...blobs.keys(),
  ])
  return new Set([image.top.digest, ...own])
}

let registry: TestRegistry
let service: TestService
/** By what they are for. */
const clusters = { amd64: 1, arm64: 0, s390x: 0, any: 0 }
before(async () => {
  registry = await startRegistry()
  service = await startService()
  const path = '/oapi/v1/clusters'
  await service.call('PATCH', `${path}/${clusters.amd64}`, { platforms: ['linux/amd64'] })
  const create = async (name: string, runs: readonly string[]): Promise<number> =>
    ((await service.call('POST', path, { name, platforms: runs })).json as Schemas['Cluster']).id
  clusters.arm64 = await create('arm64', ['linux/arm64'])
  clusters.s390x = await create('s390x', ['linux/s390x'])
  clusters.any = await create('any', [])
})
after(async () => {
  await service.stop()
  await registry.close()
})

/** What is asked for, of a repository of its own. */
function wanted(repository: string, ids: readonly number[], more: object = {}) {
  registry.push(repository, image, '1.0')
  const args = { type: 'image', url: `${registry.host}/${repository}:1.0`, ...more }
  return { type: 'preheat', args, scheduler_cluster_ids: ids }
}

async function end(asked: object): Promise<Job> {
  const answer = await service.call('POST', '/oapi/v1/jobs', asked)
  assert.equal(answer.status, 200, answer.text)
  return service.settled((answer.json as Job).id)
}

const tasksOf = async (id: number): Promise<readonly Schemas['Task'][]> => {
  const { json } = await service.call('GET', `/oapi/v1/jobs/${id}/tasks?per_page=100`)
  return json as readonly Schemas['Task'][]
}

/** The digests of the warm tasks of a cluster; fails where it has one of them twice. */
function warmIn(cluster: number, tasks: readonly Schemas['Task'][]): ReadonlySet<string> {
  const own = tasks.filter(({ peer, state }) => peer.cluster_id === cluster && state === 'warm')
  const digests = new Set(own.map(({ digest }) => digest ?? ''))
  assert.equal(digests.size, own.length)
  return digests
}

test('each peer gets the platform of its cluster, and each blob and manifest is asked from the origin once', async () => {
  const job = await end(wanted('team/both', [clusters.amd64, clusters.arm64]))
  assert.deepEqual([job.state, job.digest, job.warnings], ['SUCCESS', image.top.digest, []], JSON.stringify(job.error))
  const tasks = await tasksOf(job.id)
  assert.deepEqual(warmIn(clusters.amd64, tasks), digestsOf('linux/amd64'))
  assert.deepEqual(warmIn(clusters.arm64, tasks), digestsOf('linux/arm64'))
  const shared = tasks.filter(({ digest }) => digest === image.top.digest)
  assert.equal(Math.abs((shared[0]?.ordinal ?? 0) - (shared[1]?.ordinal ?? 0)), 1, 'one after another in the plan')

  const reads = registry.asked(/^\/v2\/team\/both\//, 'GET').map(({ path }) => path.split('/').at(-1) ?? '')
  assert.deepEqual(reads.toSorted(), [...digestsOf('linux/amd64', 'linux/arm64')].toSorted())
})

test('what is warm for one cluster is a hit for the other', async () => {
  await end(wanted('team/first', [clusters.any]))
  registry.requests.length = 0
  const job = await end(wanted('team/first', [clusters.amd64, clusters.arm64]))
  assert.deepEqual([job.state, job.progress.bytes_from_origin], ['SUCCESS', 0])
  assert.deepEqual(registry.asked(/\/blobs\//), [])
})

test('a plan tells what the job would do', async () => {
  const asked = wanted('team/plan', [clusters.amd64, clusters.arm64])
  const plan = (await service.call('POST', '/oapi/v1/plans', asked)).json as Schemas['Plan']
  const job = await end(asked)
  assert.deepEqual(plan.platforms, ['linux/amd64', 'linux/arm64'])
  assert.deepEqual(new Set(plan.blobs.map(({ digest }) => digest)), digestsOf('linux/amd64', 'linux/arm64'))
  assert.equal(plan.blobs.length, plan.tasks - 1)
  assert.deepEqual([plan.tasks, plan.bytes], [job.progress.tasks, job.progress.bytes_total])
})

test('what the request names wins over the clusters, and must be there', async () => {
  const both = [clusters.amd64, clusters.arm64]
  const job = await end(wanted('team/asked', both, { platform: 'linux/arm/v7' }))
  const tasks = await tasksOf(job.id)
  for (const cluster of both) assert.deepEqual(warmIn(cluster, tasks), digestsOf('linux/arm/v7'))
  const failed = await end(wanted('team/asked', [clusters.amd64], { platform: 'linux/s390x' }))
  assert.deepEqual([failed.state, failed.error?.code], ['FAILURE', 'registry.no-platform'])
})

test('a cluster whose platform the image has not gets all that run somewhere, with a warning', async () => {
  const job = await end(wanted('team/odd', [clusters.amd64, clusters.s390x]))
  assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
  assert.deepEqual(job.warnings, [`The image has none of linux/s390x: all of ${platforms.join(', ')} are taken.`])
  const tasks = await tasksOf(job.id)
  assert.deepEqual(warmIn(clusters.amd64, tasks), digestsOf('linux/amd64'))
  assert.deepEqual(warmIn(clusters.s390x, tasks), digestsOf(...platforms))
})

test('a cluster that says nothing gets what the settings say', async () => {
  const job = await end(wanted('team/any', [clusters.any]))
  assert.deepEqual(warmIn(clusters.any, await tasksOf(job.id)), digestsOf('linux/amd64', 'linux/arm64'))
})

test('a file is for every cluster, whatever it runs', async () => {
  registry.putFile('/tool.tar.gz', Buffer.alloc(1234, 7))
  const args = { type: 'file', url: `${registry.url}/tool.tar.gz` }
  const job = await end({ type: 'preheat', args, scheduler_cluster_ids: [clusters.amd64, clusters.arm64] })
  assert.deepEqual([job.state, job.progress.tasks], ['SUCCESS', 2], JSON.stringify(job.error))
})

test('a retried job whose cluster runs less by then shows no task of what it no longer needs', async () => {
  registry.push('team/less', makeImage({ platforms: ['linux/amd64', 'linux/arm64'], seed: 'less' }), '1.0')
  registry.fault({ path: /^\/v2\/team\/less\/blobs/, status: 403 })
  const args = { type: 'image', url: `${registry.host}/team/less:1.0` }
  const failed = await end({ type: 'preheat', args, scheduler_cluster_ids: [clusters.any] })
  assert.deepEqual([failed.state, failed.progress.tasks], ['FAILURE', 9])
  registry.healed()
  await service.call('PATCH', `/oapi/v1/clusters/${clusters.any}`, { platforms: ['linux/arm64'] })
  assert.equal((await service.call('POST', `/oapi/v1/jobs/${failed.id}/retry`, {})).status, 200)
  const job = await service.settled(failed.id)
  assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
  const tasks = await tasksOf(job.id)
  assert.deepEqual(
    tasks.map(({ state }) => state),
    Array.from({ length: 5 }, () => 'warm'),
  )
  assert.equal(job.progress.tasks, 5)
})
