// What the queries of lists of jobs and of tasks ask for. Pure.

import type { JobContract, JobState } from '../../model/job.ts'
import type { JobFilter, TaskFilter } from '../../model/ports.ts'
import { numberAt } from './call.ts'
import { taskStates } from './wire.ts'

type States = readonly JobState[]
type Types = NonNullable<JobFilter['types']>

const statesOf: Readonly<Record<string, States>> = {
  PENDING: ['queued', 'resolving', 'warming'],
  SUCCESS: ['succeeded'],
  FAILURE: ['failed', 'cancelled'],
}
const phases: States = ['queued', 'resolving', 'warming', 'succeeded', 'failed', 'cancelled']

const typesOf: Readonly<Record<string, Types>> = {
  preheat: ['image', 'file'],
  get_task: ['get_task'],
  delete_task: ['delete_task'],
}
const argsTypes: Types = ['image', 'file']

const contracts: readonly JobContract[] = ['supernode', 'preheats', 'open-api', 'kraken']

/**
 * The document lists the words; those of Dragonfly's states and types that we do not have, or that leave no job, mean
 * none of ours. Empty is as good as absent.
 */
export function toJobFilter(query: URLSearchParams): JobFilter {
  const asked = (name: string): string => query.get(name) ?? ''
  const states = both(
    asked('state') === '' ? undefined : (statesOf[asked('state')] ?? []),
    asked('phase') === '' ? undefined : phases.filter((phase) => phase === asked('phase')),
  )
  const types = both(
    asked('type') === '' ? undefined : (typesOf[asked('type')] ?? []),
    asked('args_type') === '' ? undefined : argsTypes.filter((type) => type === asked('args_type')),
  )
  const contract = contracts.find((known) => known === asked('contract'))
  const [userId, cluster] = [numberAt(query, 'user_id'), numberAt(query, 'scheduler_cluster_id')]
  const [peer, text] = [asked('peer'), asked('q')]
  return {
    ...(states !== undefined && { states }),
    ...(types !== undefined && { types }),
    ...(userId > 0 && { userId }),
    ...(contract !== undefined && { contract }),
    ...(cluster > 0 && { cluster }),
    ...(peer !== '' && { peer }),
    ...(text !== '' && { text }),
  }
}

/** Two conditions at once; undefined: any. */
function both<T>(one: readonly T[] | undefined, other: readonly T[] | undefined): readonly T[] | undefined {
  return one === undefined || other === undefined ? (one ?? other) : one.filter((each) => other.includes(each))
}

export function toTaskFilter(query: URLSearchParams): TaskFilter {
  const state = taskStates.find((known) => known === query.get('state'))
  const peer = query.get('peer') ?? ''
  const blob = query.get('blob') ?? ''
  return { ...(state !== undefined && { state }), ...(peer !== '' && { peer }), ...(blob !== '' && { blob }) }
}
