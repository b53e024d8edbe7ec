// The form as the request that is sent: only what is set. Pure.

import type { CreateJob, Schemas } from '../../api/types.ts'
import { mask } from '../../job.ts'
import { isSecretHeader, taken, timeUnits, type HeaderRow, type PreheatForm, type UrlRow } from './form.ts'

type Args = Schemas['Args']

export const bytesPerMib = 1024 * 1024
export const nanosecondsPerSecond = 1_000_000_000

/** A form without faults, see faultsOf. What the chosen type has no use for stays behind. */
export function toCreateJob(form: PreheatForm): CreateJob {
  const clusters = taken(form.clusters).map(Number)
  return {
    ...given('bio', form.bio.trim()),
    type: 'preheat',
    args: { type: form.type, ...whatOf(form), ...peersOf(form), ...credentialsOf(form), ...optionsOf(form) },
    ...(clusters.length > 0 && { scheduler_cluster_ids: clusters }),
  }
}

/** The rows that are sent, in their order: the n-th is `args.urls.n`. */
export const filledUrls = ({ urls }: PreheatForm): readonly UrlRow[] => urls.filter(({ text }) => text.trim() !== '')

export const filledHeaders = ({ headers }: PreheatForm): readonly HeaderRow[] =>
  headers.filter(({ name, value }) => name.trim() !== '' || value !== '')

function whatOf(form: PreheatForm): Args {
  if (form.type === 'file') return { urls: filledUrls(form).map(({ text }) => text.trim()) }
  return { url: form.url.trim(), ...given('platform', taken(form.platform).join(',')) }
}

function peersOf({ scope, choice, count, percentage, ips }: PreheatForm): Args {
  if (choice === 'ips') return { scope, ips: [...taken(ips)] }
  if (choice === 'count') return { scope, ...number('count', count) }
  return { scope, ...(choice === 'percentage' && number('percentage', percentage)) }
}

const credentialsOf = ({ username, password }: PreheatForm): Args => ({
  ...given('username', username.trim()),
  ...given('password', password),
})

function optionsOf(form: PreheatForm): Args {
  const headers = filledHeaders(form).map(({ name, value }) => [name.trim(), value] as const)
  return {
    ...number('piece_length', form.pieceLength, bytesPerMib),
    ...number('success_percentage', form.successPercentage),
    ...number('concurrent_task_count', form.blobsAtOnce),
    ...number('concurrent_peer_count', form.peersAtOnce),
    ...number('timeout', form.timeout, timeUnits[form.timeoutUnit] * nanosecondsPerSecond),
    ...given('tag', form.tag.trim()),
    ...given('application', form.application.trim()),
    ...given('filtered_query_params', taken(form.filter).join('&')),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
  }
}

const given = <Name extends string>(name: Name, value: string): { [K in Name]?: string } =>
  value === '' ? {} : ({ [name]: value } as { [K in Name]?: string })

const number = <Name extends string>(name: Name, text: string, times = 1): { [K in Name]?: number } =>
  text.trim() === '' ? {} : ({ [name]: Math.round(Number(text) * times) } as { [K in Name]?: number })

/** The same request with its secrets hidden, for a screen that others may see. */
export function withoutSecrets(job: CreateJob): CreateJob {
  const { args } = job
  if (args === undefined) return job
  const headers = Object.entries(args.headers ?? {}).map(([name, value]) => [name, isSecretHeader(name) ? mask : value])
  return {
    ...job,
    args: {
      ...args,
      ...(args.password && { password: mask }),
      ...(args.headers && { headers: Object.fromEntries(headers) }),
    },
  }
}
