// Sends the form: however often the button is pressed, the same form makes one job.

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { useLocation } from 'wouter'
import { dataOf } from '../../api/client.ts'
import type { CreateJob } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'

interface Creating {
  readonly create: (job: CreateJob) => void
  readonly isPending: boolean
}

/** Goes to the new preheat. `onError` hears of a refusal. */
export function useCreating(onError: (error: Error) => void): Creating {
  const { api } = useSession()
  const [, go] = useLocation()
  const cache = useQueryClient()
  const sent = useRef({ about: '', key: '' })
  const { mutate, isPending } = useMutation({
    mutationFn: (body: CreateJob) => {
      const about = JSON.stringify(body)
      if (sent.current.about !== about) sent.current = { about, key: randomKey() }
      const header = { 'Idempotency-Key': sent.current.key }
      return dataOf(api.POST('/oapi/v1/jobs', { body, params: { header } }))
    },
    onError,
    onSuccess: (answer) => {
      void cache.invalidateQueries({ queryKey: ['jobs'] })
      if (typeof answer === 'object' && answer !== null && 'id' in answer) go(`/preheats/${answer.id}`)
    },
  })
  return { create: (job) => mutate(job), isPending }
}

/** crypto.randomUUID is there by https only, and many an installation is reached by plain http. */
const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
