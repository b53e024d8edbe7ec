// One job, kept as it stands now until it has come to its end.

import { useQuery } from '@tanstack/react-query'
import { dataOf } from '../../api/client.ts'
import { ApiFailure } from '../../api/failure.ts'
import { useSession } from '../../app/session.tsx'
import { isOpen } from '../../job.ts'

const everyMs = 1000

export function useJob(id: number) {
  const { api } = useSession()
  return useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => dataOf(api.GET('/oapi/v1/jobs/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state: { data, error } }) =>
      data !== undefined && isOpen(data) && !isGone(error) ? everyMs : false,
    enabled: isId(id),
  })
}

/** It is not there, or is no longer. */
export const isGone = (error: unknown): boolean => error instanceof ApiFailure && error.status === 404

/** What stands in an address need not be one. */
export const isId = (id: number): boolean => Number.isSafeInteger(id) && id > 0
