// One adapter for several node groups: clusters made by a REST client, asked for by a Harbor's policy or its endpoint.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adminToken, type Job } from '../../support/service.ts'
import type { RestClient } from '../clients/rest.ts'
import type { Seen } from '../columns.ts'
import type { Policy } from '../harbor/client.ts'
import { Stage } from '../stage.ts'
import { everyVersion, succeeded } from './harbor-jobs.ts'

export function harborClusters(seen: Seen): void {
  test('several clusters: a policy or an endpoint says which, and otherwise it is all of them', async () => {
    const stage = await Stage.open(seen, { WARMFRONT_PATH_PREFIXES: '/group-b=2' })
    await using cleanUp = new AsyncDisposableStack()
    cleanUp.defer(() => stage.close())
    const client = stage.rest()
    for (const [place, name] of ['group-b', 'group-c'].entries()) {
      assert.equal((await client.ok<Named>('POST', '/oapi/v1/clusters', { name })).id, place + 2)
    }
    await managed(client)

    for (const [row, { policy, clusters }] of policies.entries()) {
      for (const version of ['v2.13.0', 'v2.15.2']) {
        const outcome = await stage.harbor(version).run(stage.push(`library/clusters-${version}-${row}`), policy)
        succeeded(outcome)
        assert.deepEqual(await clustersOf(client, outcome.taskId), clusters, JSON.stringify(policy))
      }
    }
    await everyVersion(async (version) => {
      const harbor = stage.harbor(version, 'dragonfly', { endpoint: `${stage.service.url}/group-b/t/${adminToken}` })
      const outcome = await harbor.run(stage.push(`library/group-b-${version}`))
      succeeded(outcome)
      assert.deepEqual(await clustersOf(client, outcome.taskId), [2])
    })
    const auth = { mode: 'OAUTH', info: { token: adminToken } } as const
    const bound = stage.harbor('v2.15.2', 'dragonfly', { endpoint: `${stage.service.url}/group-b`, auth })
    const named = await bound.run(stage.push('library/group-b-named'), { clusterIds: [3] })
    succeeded(named)
    assert.deepEqual(await clustersOf(client, named.taskId), [3])
  })
}

interface Named {
  readonly id: number
  readonly name: string
}

const policies: readonly { readonly policy: Policy; readonly clusters: readonly number[] }[] = [
  { policy: {}, clusters: [1, 2, 3] },
  { policy: { clusterIds: [null] }, clusters: [1, 2, 3] },
  { policy: { clusterIds: [2] }, clusters: [2] },
  // What Harbor's own test asks for.
  { policy: { scope: 'all_peers', clusterIds: [1, 2, 3] }, clusters: [1, 2, 3] },
  // "b,3" was typed, and 3 was meant.
  { policy: { clusterIds: [null, 3] }, clusters: [3] },
]

const clustersOf = async (client: RestClient, id: string): Promise<readonly number[]> =>
  (await client.ok<Job>('GET', `/oapi/v1/jobs/${id}`)).scheduler_clusters.map((cluster) => cluster.id)

/** Everything else that there is to do with a cluster. */
async function managed(client: RestClient): Promise<void> {
  const path = '/oapi/v1/clusters'
  const { id } = await client.ok<Named>('POST', path, { name: 'spare' })
  assert.equal((await client.ok<Named>('PATCH', `${path}/${id}`, { name: 'spare part' })).name, 'spare part')
  assert.equal((await client.ok<Named>('GET', `${path}/${id}`)).name, 'spare part')
  assert.equal((await client.ok<readonly unknown[]>('GET', `${path}/${id}/peers`)).length, 1)
  await client.ok('DELETE', `${path}/${id}`)
  const names = (await client.ok<readonly Named[]>('GET', path)).map(({ name }) => name)
  assert.deepEqual(names.toSorted(), ['group-b', 'group-c', 'local'])
}
