// A plan that is asked for: one at a time, with an end, and stopped when somebody says so.

import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { dataOf } from '../../api/client.ts'
import type { CreateJob, Plan } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'

/** The service gives up after 30 s; later nothing comes any more. */
const longestMs = 45_000

interface Planned {
  /** The request that it was made for, as JSON. */
  readonly about: string
  readonly plan: Plan
}

export interface Planning {
  readonly planned: Planned | undefined
  readonly error: Error | null
  readonly isPending: boolean
  readonly ask: (job: CreateJob) => void
  readonly stop: () => void
}

interface Asked {
  readonly body: CreateJob
  readonly stopped: AbortSignal
}

/** `onError` hears of a refusal. */
export function usePlanning(onError: (error: Error) => void): Planning {
  const { api } = useSession()
  const asked = useRef(new AbortController())
  useEffect(() => () => asked.current.abort(), [])
  const { data, error, isPending, mutate, reset } = useMutation({
    mutationFn: async ({ body, stopped }: Asked): Promise<Planned> => {
      const signal = AbortSignal.any([stopped, AbortSignal.timeout(longestMs)])
      return { about: JSON.stringify(body), plan: await dataOf(api.POST('/oapi/v1/plans', { body, signal })) }
    },
    // Called for one that was stopped, too, although it was reset before.
    onError: (failure, { stopped }) => {
      if (!stopped.aborted) onError(failure)
    },
  })
  const ask = (body: CreateJob): void => {
    asked.current = new AbortController()
    mutate({ body, stopped: asked.current.signal })
  }
  const stop = (): void => {
    // Before it is stopped: a plan that nobody waits for any more has not failed.
    reset()
    asked.current.abort()
  }
  return { planned: data, error, isPending, ask, stop }
}
