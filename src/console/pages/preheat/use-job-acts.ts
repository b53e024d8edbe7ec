// What can be done to a job. Each settles when the service has answered; what it touches is then looked at anew.

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { dataOf } from '../../api/client.ts'
import type { Job, Schemas } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'

const at = (id: number) => ({ params: { path: { id } } })

/** Shows the job as it is now, and has the rest of it asked for again. */
function useShowJob(): (job: Job) => Promise<void> {
  const cache = useQueryClient()
  return async (job) => {
    // An answer that is still under way shows it as it was.
    await cache.cancelQueries({ queryKey: ['job', job.id] })
    cache.setQueryData(['job', job.id], job)
    for (const queryKey of [['jobs'], ['map', job.id], ['tasks', job.id]]) void cache.invalidateQueries({ queryKey })
  }
}

export function useCancelJob() {
  const { api } = useSession()
  const onSuccess = useShowJob()
  return useMutation({ mutationFn: (id: number) => dataOf(api.POST('/oapi/v1/jobs/{id}/cancel', at(id))), onSuccess })
}

interface Retry {
  readonly id: number
  readonly secrets: Schemas['RetryJob']
}

export function useRetryJob() {
  const { api } = useSession()
  const onSuccess = useShowJob()
  return useMutation({
    mutationFn: ({ id, secrets }: Retry) => dataOf(api.POST('/oapi/v1/jobs/{id}/retry', { ...at(id), body: secrets })),
    onSuccess,
  })
}

interface Deletion {
  readonly onSuccess: (id: number) => void
  readonly onError: (error: Error) => void
}

/** Both are called even where whoever asked is no longer shown: the page of a job may see first that it is gone. */
export function useDeleteJob({ onSuccess, onError }: Deletion) {
  const { api } = useSession()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => dataOf(api.DELETE('/oapi/v1/jobs/{id}', at(id))),
    onMutate: (id) => cache.cancelQueries({ queryKey: ['job', id] }),
    onSuccess: (_nothing, id) => {
      onSuccess(id)
      return cache.invalidateQueries({ queryKey: ['jobs'] })
    },
    onError,
  })
}

interface Note {
  readonly id: number
  readonly bio: string
}

export function useNoteJob() {
  const { api } = useSession()
  const onSuccess = useShowJob()
  return useMutation({
    mutationFn: ({ id, bio }: Note) => dataOf(api.PATCH('/oapi/v1/jobs/{id}', { ...at(id), body: { bio } })),
    onSuccess,
  })
}
