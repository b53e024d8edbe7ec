// Which peers a job is for: scope × ips, count and percentage × peers that are up and down, at the real thing. What a plan
// says is what the job then does.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { components } from '../../../openapi/open-api.ts'
import { fleetCluster, startFleet, type Fleet } from '../../support/fleet.ts'
import { makeImage } from '../../support/image.ts'

/** 3 seed peers and 6 others; one of the seeds and two of the others are down. */
const seeds = ['127.0.2.1', '127.0.2.2', '127.0.2.3']
const ordinary = ['127.0.2.4', '127.0.2.5', '127.0.2.6', '127.0.2.7', '127.0.2.8', '127.0.2.9']
const down = ['127.0.2.2', '127.0.2.5', '127.0.2.9']

const image = makeImage({ layers: Array.from({ length: 12 }, (_, n) => 100 + n) })

let fleet: Fleet
before(async () => {
  fleet = await startFleet({ seeds: seeds.length, ordinary: ordinary.length })
  for (const daemon of fleet.daemons) daemon.serves = !down.includes(daemon.host)
  fleet.registry.push('team/app', image, '1.0')
  await fleet.service.call('POST', '/oapi/v1/jobs', { type: 'sync_peers', scheduler_cluster_ids: [fleetCluster] })
})
after(() => fleet.close())

type Choice = Readonly<{ ips?: readonly string[]; count?: number; percentage?: number }>
type Expected = 'all' | 'one for each blob' | number | readonly string[]

const up = (peers: readonly string[]): readonly string[] => peers.filter((ip) => !down.includes(ip))

/** ips win over count, and count over percentage, which is of all peers of the scope, those that are down included. */
const choices: readonly { readonly choice: Choice; readonly of: (known: number) => Expected }[] = [
  { choice: {}, of: () => 'all' },
  { choice: { percentage: 50 }, of: (known) => Math.ceil(known / 2) },
  { choice: { percentage: 1 }, of: () => 1 },
  { choice: { percentage: 100 }, of: () => 'all' },
  { choice: { count: 1 }, of: () => 1 },
  { choice: { count: 2, percentage: 100 }, of: () => 2 },
  { choice: { count: 200 }, of: () => 'all' },
  { choice: { ips: ['127.0.2.1', '127.0.2.4'], count: 1 }, of: () => ['127.0.2.1', '127.0.2.4'] },
]

const scopes = {
  all_seed_peers: { all: seeds, single: false },
  all_peers: { all: ordinary, single: false },
  single_seed_peer: { all: seeds, single: true },
  single_peer: { all: ordinary, single: true },
} as const

for (const [scope, { all, single }] of Object.entries(scopes)) {
  const candidates = up(all)
  for (const { choice, of } of choices) {
    test(`${scope} with ${JSON.stringify(choice)}`, async () => {
      const { service, registry } = fleet
      // An ip that is of no such peer in this scope is refused, so only those of the scope are named.
      const ips = choice.ips?.filter((ip) => candidates.includes(ip))
      const args = { url: `${registry.host}/team/app:1.0`, scope, ...choice, ...(ips && { ips }) }
      const plan = await service.call('POST', '/oapi/v1/plans', {
        type: 'preheat',
        args: { type: 'image', ...args },
        scheduler_cluster_ids: [fleetCluster],
      })
      assert.equal(plan.status, 200, plan.text)
      const planned = (plan.json as components['schemas']['Plan']).peers.map(({ ip }) => ip).toSorted()

      const job = await service.settled((await fleet.preheat(args)).id)
      assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
      const tasks = await fleet.tasks(job.id)
      const peers = [...new Set(tasks.map(({ peer }) => peer.ip))].toSorted()
      assert.deepEqual(peers, planned)

      const expected = of(all.length)
      const chosen = Array.isArray(expected) ? (ips ?? []) : peers
      if (typeof expected === 'number' && !single) assert.equal(peers.length, expected)
      if (typeof expected === 'number' && single) assert.ok(peers.length <= expected)
      if (expected === 'all' && !single) assert.deepEqual(peers, candidates.toSorted())
      assert.ok(peers.every((ip) => candidates.includes(ip) && chosen.includes(ip)))
      assert.equal(tasks.length, image.blobs.size * (single ? 1 : peers.length))
    })
  }
}

test('the same blob goes to the same peer, whatever image it is part of', async () => {
  const { service, registry } = fleet
  registry.push('team/other', image, '2.0')
  const placed = async (url: string): Promise<ReadonlyMap<string | null, string>> => {
    const { id } = await service.settled((await fleet.preheat({ url, scope: 'single_seed_peer' })).id)
    return new Map((await fleet.tasks(id)).map(({ blob, peer }) => [blob.digest, peer.id]))
  }
  const first = await placed(`${registry.host}/team/app:1.0`)
  assert.deepEqual(await placed(`${registry.host}/team/other:2.0`), first)
  assert.equal(new Set(first.values()).size, up(seeds).length, 'they are spread over all seed peers that are up')
})

test('seed peers that are all down are no peers, and the job says who and why', async () => {
  const others = fleet.daemons.filter(({ host }) => up(seeds).includes(host))
  for (const daemon of others) daemon.serves = false
  const { service, registry } = fleet
  await service.call('POST', '/oapi/v1/jobs', { type: 'sync_peers', scheduler_cluster_ids: [fleetCluster] })
  const args = { url: `${registry.host}/team/app:1.0`, scope: 'all_seed_peers' }
  const job = await service.settled((await fleet.preheat(args)).id)
  assert.equal(job.error?.code, 'peer.none')
  assert.match(job.error?.message ?? '', /node-0/)
})
