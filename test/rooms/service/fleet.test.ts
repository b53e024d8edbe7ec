// A fleet that is not all well: what its job says, and what a retry does.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import type { components } from '../../../openapi/open-api.ts'
import { fleetCluster, startFleet, type Fleet } from '../../support/fleet.ts'
import { makeImage } from '../../support/image.ts'
import type { Job } from '../../support/service.ts'

type Plan = components['schemas']['Plan']

const image = makeImage({ layers: [40_000, 5_000, 300] })

let fleet: Fleet
before(async () => {
  fleet = await startFleet({ seeds: 0, ordinary: 10 })
})
after(() => fleet.close())

const pushed = (repository: string, what = image): string => {
  fleet.registry.push(repository, what, '1.0')
  return `${fleet.registry.host}/${repository}:1.0`
}

/** Three that are well, as far as anybody can see before a job: each fails in its own way. */
const troubles = [
  { at: 2, code: status.INTERNAL, details: 'not enough space to store the task', cause: 'peer.full' },
  { at: 5, code: status.PERMISSION_DENIED, details: 'blocked', cause: 'peer.denied' },
  { at: 8, code: status.UNIMPLEMENTED, details: 'unknown service', cause: 'peer.misconfigured' },
] as const

test('a fleet where 3 of 10 peers fail in three ways is a FAILURE with three causes and seven warm peers, and a retry touches the three only', async () => {
  const { daemons, service } = fleet
  for (const { at, code, details } of troubles) (daemons[at] ?? assert.fail()).refusesWith = { code, details }
  const { id } = await fleet.preheat({ url: pushed('team/three'), scope: 'all_peers' })
  const job = await service.settled(id)
  assert.equal(job.state, 'FAILURE')
  const blobs = image.blobs.size
  const causes = troubles.map(({ cause }) => cause)
  for (const cause of causes) assert.match(job.error?.message ?? '', new RegExp(cause.replace('.', '\\.')))

  const result = job.result?.job_states[0]?.results?.[0]
  assert.equal(new Set(result?.success_tasks?.map(({ hostname }) => hostname)).size, 7)
  assert.equal(result?.success_tasks?.length, 7 * blobs)
  assert.equal(result?.failure_tasks?.length, 3 * blobs)

  const failed = await fleet.tasks(id, '&state=failed')
  const named = new Map(failed.map(({ peer, error }) => [peer.hostname, error?.code]))
  assert.deepEqual(named, new Map(troubles.map(({ at, cause }) => [`node-${at}`, cause])))
  assert.equal((await fleet.tasks(id, '&state=warm')).length, 7 * blobs)
  assert.equal((await fleet.tasks(id, '&peer=node-2')).length, blobs)

  for (const { at } of troubles) (daemons[at] ?? assert.fail()).refusesWith = undefined
  const before = daemons.map(({ calls }) => calls.download)
  await service.call('POST', `/oapi/v1/jobs/${id}/retry`)
  const again = await service.settled(id)
  assert.equal(again.state, 'SUCCESS', JSON.stringify(again.error))
  const asked = daemons.flatMap(({ calls }, n) => (calls.download > (before[n] ?? 0) ? [n] : []))
  assert.deepEqual(
    asked,
    troubles.map(({ at }) => at),
  )
  assert.deepEqual([again.progress.warm, again.progress.failed], [10 * blobs, 0])
})

test('a peer that is down is left out, and the job says so; one that was named by its ip is not', async () => {
  const { daemons, service } = fleet
  const down = daemons[9] ?? assert.fail()
  down.serves = false
  await service.call('POST', '/oapi/v1/jobs', { type: 'sync_peers', scheduler_cluster_ids: [fleetCluster] })
  const job = await service.settled((await fleet.preheat({ url: pushed('team/down'), scope: 'all_peers' })).id)
  assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
  assert.ok(
    job.warnings.some((warning) => warning.includes('node-9')),
    job.warnings.join(),
  )
  const peers = new Set((await fleet.tasks(job.id)).map(({ peer }) => peer.hostname))
  assert.deepEqual([peers.size, peers.has('node-9')], [9, false])

  down.refusesWith = { code: status.UNAVAILABLE, details: 'going away' }
  const args = { url: pushed('team/named'), scope: 'all_peers', ips: [down.host] }
  const named = await service.settled((await fleet.preheat(args)).id)
  assert.equal(named.error?.code, 'peer.unreachable')
  down.refusesWith = undefined
  down.serves = true
})

test('an ip that no peer has is refused by its name', async () => {
  const { service } = fleet
  const args = { url: pushed('team/nobody'), scope: 'all_peers', ips: ['127.0.2.1', '192.0.2.77'] }
  const job = await service.settled((await fleet.preheat(args)).id)
  assert.equal(job.error?.code, 'peer.none')
  assert.match(job.error?.message ?? '', /192\.0\.2\.77/)
})

test('success_percentage lets a job succeed with some tasks failed, and it says how many', async () => {
  const { daemons, service } = fleet
  const lame = daemons[4] ?? assert.fail()
  lame.refusesWith = { code: status.INTERNAL, details: 'not enough space to store the task' }
  const args = { url: pushed('team/most'), scope: 'all_peers', success_percentage: 80 }
  const job = await service.settled((await fleet.preheat(args)).id)
  lame.refusesWith = undefined
  assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
  assert.equal(job.progress.failed, image.blobs.size)
  assert.ok(
    job.warnings.some((warning) => warning.includes('failed')),
    job.warnings.join(),
  )
})

test('a plan says what is warm already and what is left to move, and moves nothing', async () => {
  const { daemons, service } = fleet
  const image = makeImage({ layers: [9_000, 700], seed: 'planned' })
  const url = pushed('team/planned', image)
  const ips = [daemons[0]?.host ?? '', daemons[1]?.host ?? '']
  const planned = async (): Promise<Plan> => {
    const body = {
      type: 'preheat',
      args: { type: 'image', url, scope: 'all_peers', ips },
      scheduler_cluster_ids: [fleetCluster],
    }
    const answer = await service.call('POST', '/oapi/v1/plans', body)
    assert.equal(answer.status, 200, answer.text)
    return answer.json as Plan
  }
  const fetched = () => daemons.reduce((sum, { calls }) => sum + calls.download, 0)
  const before = fetched()
  const cold = await planned()
  assert.deepEqual([cold.tasks, cold.warm, fetched()], [2 * image.blobs.size, 0, before])
  assert.equal(cold.bytes_to_move, cold.bytes)
  const job = await service.settled((await fleet.preheat({ url, scope: 'all_peers', ips: ips.slice(0, 1) })).id)
  assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
  const half = await planned()
  assert.equal(half.warm, image.blobs.size)
  assert.equal(half.bytes_to_move, (half.bytes ?? 0) / 2)
})

test('who holds what is asked of the dfdaemons, and what is evicted is gone there', async () => {
  const { daemons, service } = fleet
  const image = makeImage({ layers: [8_000, 600], seed: 'held' })
  const url = pushed('team/held', image)
  const [daemon] = daemons
  const args = { url, scope: 'all_peers', ips: [daemon?.host] }
  const { id } = await fleet.preheat(args)
  assert.equal((await service.settled(id)).state, 'SUCCESS')
  const ask = (type: string, what: object) =>
    service.call('POST', '/oapi/v1/jobs', { type, args: what, scheduler_cluster_ids: [fleetCluster] })
  const holders = async (): Promise<readonly string[]> => {
    const spread = (await ask('get_image_distribution', { url })).json as components['schemas']['ImageDistribution']
    return spread.peers.map(({ hostname }) => hostname)
  }
  assert.deepEqual(await holders(), ['node-0'])
  const repository = `${fleet.registry.url}/v2/team/held/blobs`
  for (const digest of image.blobs.keys()) {
    const errand = (await ask('delete_task', { url: `${repository}/${digest}` })).json as Job
    assert.equal((await service.settled(errand.id)).state, 'SUCCESS')
  }
  assert.deepEqual(await holders(), [])
})

test('a broken scheduler sends every peer to the origin, and the job says so', async () => {
  const { scheduler, service, registry } = fleet
  const large = makeImage({ layers: [5 * 1024 * 1024], seed: 'large' })
  registry.push('team/large', large, '1.0')
  scheduler.isBroken = true
  const job = await service.settled(
    (await fleet.preheat({ url: `${registry.host}/team/large:1.0`, scope: 'all_peers' })).id,
  )
  scheduler.isBroken = false
  assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
  assert.ok(
    job.warnings.some((warning) => /from its origin/.test(warning)),
    job.warnings.join(),
  )
})

test('a job that is cancelled begins nothing more, and says which peers may still finish', async () => {
  const { service, registry, daemons } = fleet
  const held = Promise.withResolvers<void>()
  const stuck = makeImage({ layers: [70_000], seed: 'stuck' })
  registry.push('team/stuck', stuck, '1.0')
  registry.fault({ path: /team\/stuck\/blobs/, held: held.promise })
  const [daemon] = daemons
  const { id } = await fleet.preheat({
    url: `${registry.host}/team/stuck:1.0`,
    scope: 'all_peers',
    ips: [daemon?.host],
  })
  await registry.arrived(/team\/stuck\/blobs/, 1)
  await service.call('POST', `/oapi/v1/jobs/${id}/cancel`)
  const job = await service.settled(id)
  held.resolve()
  registry.healed()
  assert.equal(job.error?.code, 'job.cancelled')
  assert.match(job.error?.message ?? '', /node-0 .*may still finish/)
})
