// The arguments of a job as names and values for people, apart from those that were not given. Pure.

import type { Job } from '../../api/types.ts'
import { bytes, duration, nanosecondsPerMs } from '../../format.ts'
import { scopeOf } from '../../job.ts'
import { mask } from '../../job.ts'

export interface Fact {
  readonly name: string
  /** One line each; none where it was not given. */
  readonly lines: readonly string[]
}

/** Of a preheat. */
export const factsOf = (job: Pick<Job, 'type' | 'args'>): readonly Fact[] =>
  job.type === 'preheat' ? preheatFacts(job.args) : taskFacts(job.args)

function preheatFacts(args: Job['args']): readonly Fact[] {
  return [
    ...subject(args),
    fact('Platforms', (args.platform ?? '').split(',')),
    fact('Scope', [scopeOf(args)]),
    fact('Addresses of peers', args.ips ?? []),
    fact(
      'Succeeds when',
      args.success_percentage === undefined ? [] : [`${args.success_percentage} % of tasks are warm`],
    ),
    fact('User name', [args.username ?? '']),
    fact('Password', args.username ? [mask] : []),
    fact(
      'Headers',
      Object.entries(args.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ),
    ...common(args),
    fact('Blobs at once at a peer', [numberOf(args.concurrent_task_count)]),
  ]
}

const taskFacts = (args: Job['args']): readonly Fact[] => [
  ...subject(args),
  fact('Task id', [args.task_id ?? '']),
  ...common(args),
]

const subject = ({ type, url, urls }: Job['args']): readonly Fact[] =>
  type === 'file' ? [fact('Files', urls ?? [])] : [fact('Address', [url])]

const common = (args: Job['args']): readonly Fact[] => [
  fact('Piece length', args.piece_length ? [bytes(args.piece_length)] : []),
  fact('Tag', [args.tag]),
  fact('Application', [args.application]),
  fact('Filtered query params', args.filtered_query_params.split('&')),
  fact('Timeout', [duration(args.timeout / nanosecondsPerMs)]),
  fact('Peers at once for a blob', [numberOf(args.concurrent_peer_count)]),
]

const fact = (name: string, lines: readonly string[]): Fact => ({ name, lines: lines.filter((line) => line !== '') })

const numberOf = (value: number | undefined): string => value?.toLocaleString('en') ?? ''
