// All clusters, which several pages name.

import { useQuery } from '@tanstack/react-query'
import { pageOf, type Client } from '../api/client.ts'
import type { Cluster } from '../api/types.ts'
import { useSession } from './session.tsx'

/** Nothing is asked where the token may not see clusters. */
export function useClusters() {
  const { api, may } = useSession()
  return useQuery({
    queryKey: ['clusters'],
    queryFn: ({ signal }) => allClusters(api, signal),
    enabled: may('cluster:read'),
  })
}

async function allClusters(api: Client, signal: AbortSignal): Promise<readonly Cluster[]> {
  const all: Cluster[] = []
  for (let page = 1, pages = 1; page <= pages; page++) {
    const query = { page, per_page: 100 }
    const got = await pageOf(api.GET('/oapi/v1/clusters', { params: { query }, signal }))
    all.push(...got.rows)
    pages = got.pages
  }
  return all
}
