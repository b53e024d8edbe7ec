// What a job says of itself in a line: what it is for, where, how far, and what can be done with it. Pure.

import type { Job, Phase } from './api/types.ts'
import { count } from './format.ts'

export const phases = ['queued', 'resolving', 'warming', 'succeeded', 'failed', 'cancelled'] as const satisfies Phase[]

export const contracts = ['supernode', 'preheats', 'open-api', 'kraken'] as const satisfies Job['contract'][]

/** In the place of what the service does not tell. */
export const mask = '***'

/** It still moves. */
export const isOpen = ({ phase }: Pick<Job, 'phase'>): boolean =>
  phase === 'queued' || phase === 'resolving' || phase === 'warming'

/** The name of an image whose manifest stands at this address, as people write it; other addresses stay as they are. */
export const imageName = (url: string): string =>
  url.replace(
    /^https?:\/\/([^/]+)\/v2\/(.+)\/manifests\/([^/?]+)(?:\?.*)?$/,
    (_whole, host: string, repository: string, name: string) =>
      `${host}/${repository}${name.includes(':') ? '@' : ':'}${name}`,
  )

export interface Subject {
  /** An image, the first file, or what was asked after. */
  readonly name: string
  /** How many files there are beside it. */
  readonly more: number
}

export function subjectOf({ args }: Pick<Job, 'args'>): Subject {
  if (args.type === 'file') {
    const [first = '', ...others] = args.urls ?? []
    return { name: first, more: others.length }
  }
  return { name: imageName(args.url) || args.task_id || '–', more: 0 }
}

/** `image`, `5 files`. */
export function kindOf({ type, args }: Pick<Job, 'type' | 'args'>): string {
  if (type === 'get_task') return 'look-up'
  if (type === 'delete_task') return 'eviction'
  return args.type === 'file' ? count(args.urls?.length ?? 0, 'file') : 'image'
}

const scopes: Readonly<Record<string, string>> = {
  single_seed_peer: 'one seed peer',
  all_seed_peers: 'all seed peers',
  single_peer: 'one peer',
  all_peers: 'all peers',
}

/** Which peers of each cluster. '' where a job has no scope: it asks all peers. */
export function scopeOf({ scope = '', ips, count: so, percentage }: Job['args']): string {
  const all = scopes[scope] ?? scope
  if (ips && ips.length > 0) return `${all}, of ${count(ips.length, 'address', 'addresses')}`
  if (so) return `${all}, at most ${so}`
  return percentage ? `${all}, ${percentage} %` : all
}

/** The clusters of a job in a few words. */
export function clustersOf({ scheduler_clusters }: Pick<Job, 'scheduler_clusters'>): string {
  const [first = '–', second, ...others] = scheduler_clusters.map(({ name }) => name)
  if (second === undefined) return first
  return others.length === 0 ? `${first}, ${second}` : `${first} and ${others.length + 1} more`
}

/** From when it was accepted to its end, or until now. Milliseconds. */
export const lastedMs = ({ created_at, ended_at }: Pick<Job, 'created_at' | 'ended_at'>, nowMs: number): number =>
  Math.max(0, (ended_at === null ? nowMs : Date.parse(ended_at)) - Date.parse(created_at))

/** Tasks not begun, or left when the job was cancelled. */
export const waitingOf = ({ progress: { tasks, warm, failed, running } }: Pick<Job, 'progress'>): number =>
  Math.max(0, tasks - warm - failed - running)

/** How far a job is, in words: what is so already, and what will not be. `rest` is '' where there is none. */
export function farOf({ type, progress }: Pick<Job, 'type' | 'progress'>): {
  readonly done: string
  readonly rest: string
} {
  const { tasks, warm, failed } = progress
  const of = `${warm.toLocaleString('en')} of`
  const rest = (words: string): string => (failed > 0 ? `${failed.toLocaleString('en')} ${words}` : '')
  switch (type) {
    case 'preheat':
      return { done: `${of} ${count(tasks, 'task')} warm`, rest: rest('failed') }
    case 'get_task':
      return { done: `held by ${of} ${count(tasks, 'peer')}`, rest: rest('without it, or without an answer') }
    case 'delete_task':
      return { done: `forgotten by ${of} ${count(tasks, 'peer')}`, rest: rest('without it, or without an answer') }
  }
}

export type Act = 'cancel' | 'retry' | 'clone' | 'delete'

/** What a job in its state can be asked for by whoever may change jobs. */
export function actsOf(job: Pick<Job, 'type' | 'phase' | 'args'>): readonly Act[] {
  const first: Act[] = isOpen(job) ? ['cancel'] : canRetry(job) ? ['retry'] : []
  return [...first, ...(job.type === 'preheat' ? (['clone'] as const) : []), 'delete']
}

/** The signed addresses of files are wiped at the end, and nothing can be fetched with what is left of them. */
const canRetry = ({ phase, args }: Pick<Job, 'phase' | 'args'>): boolean =>
  phase !== 'succeeded' && !(args.urls ?? []).some((url) => url.includes(mask))
