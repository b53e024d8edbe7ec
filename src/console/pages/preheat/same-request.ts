// The request that would make a job once more. Pure.

import type { CreateJob, Job, Schemas } from '../../api/types.ts'
import { mask } from '../../job.ts'

/** What is secret reads `***`: the service does not tell it. */
export const toRequest = ({ type, bio, args, scheduler_clusters }: Subject): CreateJob => ({
  type,
  ...(bio !== '' && { bio }),
  args: toArgs(args),
  scheduler_cluster_ids: scheduler_clusters.map(({ id }) => id),
})

type Subject = Pick<Job, 'type' | 'bio' | 'args' | 'scheduler_clusters'>

/** What is empty, 0 or null means the default, and is left out. */
function toArgs(shown: Job['args']): Schemas['Args'] {
  const given = Object.entries(shown).filter(([, value]) => !isEmpty(value))
  return { ...Object.fromEntries(given), ...(shown.username && { password: mask }) }
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || value === 0 || (Array.isArray(value) && value.length === 0)
