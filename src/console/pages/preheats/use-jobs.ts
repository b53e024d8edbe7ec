// A page of the jobs, kept as it stands now.

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { pageOf } from '../../api/client.ts'
import { useSession } from '../../app/session.tsx'
import { toQuery, type Filters } from './filters.ts'

const everyMs = 2000

export function useJobs(filters: Filters) {
  const { api } = useSession()
  return useQuery({
    queryKey: ['jobs', filters],
    queryFn: ({ signal }) => pageOf(api.GET('/oapi/v1/jobs', { params: { query: toQuery(filters) }, signal })),
    refetchInterval: everyMs,
    placeholderData: keepPreviousData,
  })
}
