// A job that was, as a form to begin from. Pure.

import type { Schemas } from '../../api/types.ts'
import { chipsOf, emptyForm, isHidden, scopes, split, timeUnits, type PreheatForm, type TimeUnit } from './form.ts'
import { bytesPerMib, nanosecondsPerSecond } from './to-job.ts'
import { usualFilter } from './usual-filter.ts'

type ShownArgs = Schemas['ShownArgs']

export interface Original {
  readonly bio: string
  readonly args: ShownArgs
  readonly scheduler_clusters: readonly { readonly id: number }[]
}

interface Copied {
  readonly form: PreheatForm
  /** What the service does not show, and so has to be typed again; in words. */
  readonly again: readonly string[]
}

/** What an open field means anyway, such as 100 %, stays open. `usualTimeout` is in nanoseconds. */
export function fromJob({ bio, args, scheduler_clusters }: Original, usualTimeout: number): Copied {
  const urls = (args.urls ?? []).map((text, key) => ({ key, text }))
  const headers = Object.entries(args.headers ?? {}).map(([name, value], key) => ({ key, name, value }))
  const form: PreheatForm = {
    ...emptyForm,
    type: args.type ?? 'image',
    bio,
    clusters: chipsOf(scheduler_clusters.map(({ id }) => String(id))),
    url: args.url,
    urls: urls.length > 0 ? urls : emptyForm.urls,
    platform: chipsOf(split(args.platform ?? '')),
    ...peersOf(args),
    username: args.username ?? '',
    pieceLength: args.piece_length === null ? '' : String(args.piece_length / bytesPerMib),
    successPercentage: unless(args.success_percentage, 100),
    blobsAtOnce: unless(args.concurrent_task_count, 8),
    peersAtOnce: unless(args.concurrent_peer_count, 500),
    ...timeOf(args.timeout, usualTimeout),
    tag: args.tag,
    application: args.application,
    filter: chipsOf(args.filtered_query_params === usualFilter ? [] : split(args.filtered_query_params)),
    headers: headers.map((row) => (isHidden(row.value) ? { ...row, value: '' } : row)),
  }
  return { form, again: againOf(args) }
}

function peersOf({ scope, ips, count, percentage }: ShownArgs): Partial<PreheatForm> {
  const known = scopes.find((each) => each === scope) ?? emptyForm.scope
  if (ips && ips.length > 0) return { scope: known, choice: 'ips', ips: chipsOf(ips) }
  if (count) return { scope: known, choice: 'count', count: String(count) }
  return percentage ? { scope: known, choice: 'percentage', percentage: String(percentage) } : { scope: known }
}

/** In the largest unit in which it is a whole number. */
function timeOf(nanoseconds: number, usual: number): Partial<PreheatForm> {
  if (nanoseconds === usual) return {}
  const seconds = nanoseconds / nanosecondsPerSecond
  const units: readonly TimeUnit[] = ['h', 'min', 's']
  const timeoutUnit = units.find((unit) => Number.isInteger(seconds / timeUnits[unit])) ?? 's'
  return { timeout: String(seconds / timeUnits[timeoutUnit]), timeoutUnit }
}

const unless = (value: number | undefined, usual: number): string =>
  value === undefined || value === usual ? '' : String(value)

function againOf({ username, headers, url, urls }: ShownArgs): readonly string[] {
  const hidden = Object.entries(headers ?? {}).filter(([, value]) => isHidden(value))
  return [
    ...(username ? ['the password'] : []),
    ...hidden.map(([name]) => `the header ${name}`),
    ...([url, ...(urls ?? [])].some(isHidden) ? ['the addresses that were signed'] : []),
  ]
}
