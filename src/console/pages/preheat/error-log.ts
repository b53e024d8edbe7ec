// What went wrong with a job, as a text that a person pastes into a ticket. Pure.

import type { Cause, Job } from '../../api/types.ts'
import { count } from '../../format.ts'
import { subjectOf } from '../../job.ts'

/** The causes first, then one line for each failure that the job names. Ends with a line break. */
export function toErrorLog(job: Job, causes: readonly Cause[]): string {
  const failures = failureLines(job)
  const unnamed = job.progress.failed - failures.length
  const parts = [
    head(job),
    job.error === null ? [] : [`Error: ${withCode(job.error)}`],
    titled('Causes:', causes.map(causeLine)),
    titled('Failures:', [
      ...failures,
      ...(failures.length > 0 && unnamed > 0
        ? [`and ${unnamed} more: GET /oapi/v1/jobs/${job.id}/tasks?state=failed`]
        : []),
    ]),
    titled('Warnings:', job.warnings.map(oneLine)),
  ]
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function head(job: Job): string[] {
  const { name, more } = subjectOf(job)
  const { tasks, warm, failed } = job.progress
  const lines: (readonly [string, string])[] = [
    ['Job', `${job.id} (${job.type}), ${job.phase}`],
    [job.args.type === 'file' ? 'Files' : 'Image', more === 0 ? name : `${name} and ${more} more`],
    ['Digest', job.digest ?? ''],
    ['Clusters', job.scheduler_clusters.map((cluster) => `${cluster.name} (${cluster.id})`).join(', ')],
    ['Asked by', [job.requested_by, `contract ${job.contract}`].filter(Boolean).join(', ')],
    ['Accepted', job.created_at],
    ['Ended', job.ended_at ?? ''],
    ['Tasks', `${tasks}: ${warm} warm, ${failed} failed`],
  ]
  return lines.filter(([, value]) => value !== '').map(([label, value]) => `${`${label}:`.padEnd(10)}${oneLine(value)}`)
}

const causeLine = ({ code, message, hint, tasks, peers, blobs }: Cause): string =>
  `${count(tasks, 'task')} at ${count(peers, 'peer')}, ${count(blobs, 'blob')}: ${withCode({ code, message, hint })}`

const withCode = ({ code, message, hint }: Pick<Cause, 'code' | 'message' | 'hint'>): string =>
  oneLine(`[${code}] ${message} ${hint}`)

function failureLines({ result }: Job): string[] {
  const states = result?.job_states ?? []
  return states
    .flatMap(({ results }) => results ?? [])
    .flatMap(({ scheduler_cluster_id, failure_tasks }) =>
      failure_tasks.map(({ hostname, ip, url = '', description }) => {
        const peer = ip === '' || ip === hostname ? hostname : `${hostname} (${ip})`
        return oneLine([`cluster ${scheduler_cluster_id}`, peer, url, description].filter(Boolean).join(' | '))
      }),
    )
}

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines]

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()
