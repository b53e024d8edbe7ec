// The clusters of the Open API, and their peers.

import type { ClusterBook } from '../../engine/clusters.ts'
import type { Call, Route } from '../http/route.ts'
import { idOf } from './call.ts'
import { cut, pagingOf, toList } from './page.ts'
import { toChange, toCluster, toClusterPeer, toNewCluster } from './translate-clusters.ts'
import type { ChangeCluster, CreateCluster } from './wire.ts'

export interface ClusterParts {
  readonly clusters: ClusterBook
}

const path = '/oapi/v1/clusters'

// The door has held each body against the document, which is where the types of the bodies come from.

export function clusterRoutes({ clusters }: ClusterParts): readonly Route[] {
  return [
    {
      operation: 'createCluster',
      method: 'post',
      path,
      may: 'cluster',
      run: async ({ body }) => ({
        status: 200,
        body: toCluster(await clusters.create(toNewCluster(body as CreateCluster))),
      }),
    },
    {
      operation: 'listClusters',
      method: 'get',
      path,
      may: 'cluster:read',
      run: async ({ query }) => {
        const name = query.get('name') ?? ''
        const named = (await clusters.list()).filter((cluster) => name === '' || cluster.name === name)
        return toList({ path, query }, cut(named, pagingOf(query)), toCluster)
      },
    },
    {
      operation: 'getCluster',
      method: 'get',
      path: `${path}/:id`,
      may: 'cluster:read',
      run: async (call) => ({ status: 200, body: toCluster(await clusters.get(idOf(call))) }),
    },
    {
      operation: 'changeCluster',
      method: 'patch',
      path: `${path}/:id`,
      may: 'cluster',
      run: async (call) => {
        const { kept } = await clusters.get(idOf(call))
        const change = toChange(call.body as ChangeCluster, kept)
        return { status: 200, body: toCluster(await clusters.change(idOf(call), change)) }
      },
    },
    {
      operation: 'deleteCluster',
      method: 'delete',
      path: `${path}/:id`,
      may: 'cluster',
      run: async (call) => {
        await clusters.remove(idOf(call))
        return { status: 200 }
      },
    },
    {
      operation: 'listPeers',
      method: 'get',
      path: `${path}/:id/peers`,
      may: 'cluster:read',
      run: async (call: Call) => {
        const members = await clusters.peers(idOf(call), call.signal)
        return { status: 200, body: members.map(toClusterPeer) }
      },
    },
    {
      operation: 'checkPeer',
      method: 'post',
      path: `${path}/:id/peers/:peer/check`,
      may: 'cluster',
      run: async (call) => {
        const member = await clusters.check(idOf(call), call.params['peer'] ?? '', call.signal)
        return { status: 200, body: toClusterPeer(member) }
      },
    },
  ]
}
