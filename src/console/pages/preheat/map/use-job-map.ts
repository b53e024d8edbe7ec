// The map of a preheat: who and what comes once for each plan, the letters every second.

import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { dataOf, type Client } from '../../../api/client.ts'
import type { Cause } from '../../../api/types.ts'
import { useSession } from '../../../app/session.tsx'
import type { Mapped } from './labels.ts'

export interface KeptMap extends Mapped {
  /** Empty while there is no plan. */
  readonly plan: string
  /** Why tasks failed, the commonest first. */
  readonly causes: readonly Cause[]
}

/** As useJobMap gives it. */
export type AskedMap = ReturnType<typeof useJobMap>

const everyMs = 1000

/**
 * `live` for as long as the job is open; once it is not, the map is asked for a last time: by each that calls this, so a
 * page calls it once and hands it down. `error` may stand beside older data.
 */
export function useJobMap(id: number, live: boolean) {
  const { api } = useSession()
  const cache = useQueryClient()
  const { data, error, dataUpdatedAt, refetch } = useQuery({
    queryKey: ['map', id],
    queryFn: ({ signal }) => load({ api, cache, id, signal }),
    refetchInterval: live ? everyMs : false,
  })
  const wasLive = useRef(live)
  useEffect(() => {
    if (wasLive.current && !live) void refetch()
    wasLive.current = live
  }, [live, refetch])
  return { data, error, dataUpdatedAt, refetch }
}

interface Load {
  readonly api: Client
  readonly cache: QueryClient
  readonly id: number
  readonly signal: AbortSignal
}

async function load({ api, cache, id, signal }: Load): Promise<KeptMap> {
  const kept = cache.getQueryData<KeptMap>(['map', id])
  const params = { path: { id }, query: { plan: kept?.plan ?? '' } }
  const { plan, peers, blobs, rows, causes } = await dataOf(api.GET('/oapi/v1/jobs/{id}/map', { params, signal }))
  return { plan, peers: peers ?? kept?.peers ?? [], blobs: blobs ?? kept?.blobs ?? [], rows, causes }
}
