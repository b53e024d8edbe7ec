// What Harbor 2.12 and later, REST clients and generated clients call.

import { fileURLToPath } from 'node:url'
import type { Preheat } from '../../engine/preheat.ts'
import type { JobFilter } from '../../model/ports.ts'
import type { Cluster } from '../../model/peer.ts'
import type { Answer, Call, Contract } from '../http/route.ts'
import { refuse } from './refusals.ts'
import { toSubmission } from './submission.ts'
import { toJob, toLink } from './translate.ts'
import type { CreateJob } from './wire.ts'

export interface OpenApiOptions {
  /** For jobs that do not say how long they may last. */
  readonly usualTimeoutMs: number
  readonly clusters: () => Promise<readonly Cluster[]>
}

const usualPerPage = 10

export function openApiContract(preheat: Preheat, options: OpenApiOptions): Contract {
  const view = async (id: number): Promise<Answer> => ({
    status: 200,
    body: toJob(await preheat.view(id), 'whole'),
  })
  return {
    name: 'open-api',
    refuse,
    document: fileURLToPath(new URL('../../../openapi/open-api.yaml', import.meta.url)),
    routes: [
      {
        operation: 'healthy',
        method: 'get',
        path: '/healthy',
        may: 'anyone',
        run: async () => ({ status: 200, body: 'OK' }),
      },
      {
        operation: 'createJob',
        method: 'post',
        path: '/oapi/v1/jobs',
        may: 'job',
        run: async ({ body, principal }) => {
          // The door has held the body against the document, which is where this type comes from.
          const submission = toSubmission(body as CreateJob, principal?.userId ?? 0, options.usualTimeoutMs)
          return { status: 200, body: toJob(await preheat.submit(submission), 'fresh') }
        },
      },
      {
        operation: 'listJobs',
        method: 'get',
        path: '/oapi/v1/jobs',
        may: 'job:read',
        run: (call) => list(preheat, options, call),
      },
      {
        operation: 'getJob',
        method: 'get',
        path: '/oapi/v1/jobs/:id',
        may: 'job:read',
        run: ({ params }) => view(Number(params['id'])),
      },
      {
        operation: 'cancelJob',
        method: 'post',
        path: '/oapi/v1/jobs/:id/cancel',
        may: 'job',
        run: async ({ params }) => {
          const job = await preheat.cancel(Number(params['id']))
          return view(job.id)
        },
      },
    ],
  }
}

async function list(preheat: Preheat, options: OpenApiOptions, { query }: Call): Promise<Answer> {
  const page = Number(query.get('page') ?? 0) || 1
  const perPage = Number(query.get('per_page') ?? 0) || usualPerPage
  const [{ rows, total }, clusters] = await Promise.all([
    preheat.list(toFilter(query), page, perPage),
    options.clusters(),
  ])
  const body = rows.map((job) =>
    toJob({ job, tasks: [], clusters: clusters.filter(({ id }) => job.clusterIds.includes(id)) }, 'row'),
  )
  return { status: 200, headers: { link: toLink({ path: '/oapi/v1/jobs', query, page, perPage, total }) }, body }
}

function toFilter(query: URLSearchParams): JobFilter {
  const userId = Number(query.get('user_id') ?? 0)
  const states = {
    PENDING: ['queued', 'resolving', 'warming'],
    SUCCESS: ['succeeded'],
    FAILURE: ['failed', 'cancelled'],
  } as const
  const state = query.get('state')
  return {
    ...(state === 'PENDING' || state === 'SUCCESS' || state === 'FAILURE' ? { states: states[state] } : {}),
    ...(userId > 0 ? { userId } : {}),
  }
}
