// The jobs of the Open API, their tasks, and plans of jobs.

import type { Forecast } from '../../engine/forecast.ts'
import type { Preheat } from '../../engine/preheat.ts'
import { Failure } from '../../model/failure.ts'
import type { Answer, Route } from '../http/route.ts'
import { idOf } from './call.ts'
import { circumstancesOf, createJob, type CreateParts } from './create-job.ts'
import { toJobFilter, toTaskFilter } from './job-filter.ts'
import { pagingOf, toList } from './page.ts'
import { toFreshSecrets, toPreheat } from './submission.ts'
import { toMap, toPlan, toTask } from './translate-tasks.ts'
import { toJob, toRow } from './translate.ts'
import type { ChangeJob, CreateJob, RetryJob } from './wire.ts'

export interface JobParts extends CreateParts {
  readonly forecast: Forecast
}

export interface JobOptions {
  /** For jobs that do not say how long they may last. */
  readonly usualTimeoutMs: number
}

// The door has held each body against the document, which is where the types of the bodies come from.

export function jobRoutes(parts: JobParts, { usualTimeoutMs }: JobOptions): readonly Route[] {
  const { preheat, forecast, clusters } = parts
  const whole = async (view: ReturnType<Preheat['view']>): Promise<Answer> => ({
    status: 200,
    body: toJob(await view, 'whole'),
  })
  return [
    {
      operation: 'createJob',
      method: 'post',
      path: '/oapi/v1/jobs',
      may: 'job',
      run: (call) => createJob(parts, usualTimeoutMs, call),
    },
    {
      operation: 'listJobs',
      method: 'get',
      path: '/oapi/v1/jobs',
      may: 'job:read',
      run: async ({ query, signal }) => {
        const { page, perPage } = pagingOf(query)
        const asked = preheat.list(toJobFilter(query), page, perPage, signal)
        const [jobs, all] = await Promise.all([asked, clusters.list()])
        return toList({ path: '/oapi/v1/jobs', query }, jobs, (job) => toRow(job, all))
      },
    },
    {
      operation: 'getJob',
      method: 'get',
      path: '/oapi/v1/jobs/:id',
      may: 'job:read',
      plain: true,
      run: (call) => whole(preheat.view(idOf(call))),
    },
    {
      operation: 'changeJob',
      method: 'patch',
      path: '/oapi/v1/jobs/:id',
      may: 'job',
      run: (call) => {
        const { bio } = call.body as ChangeJob
        return whole(typeof bio === 'string' ? preheat.note(idOf(call), bio) : preheat.view(idOf(call)))
      },
    },
    {
      operation: 'deleteJob',
      method: 'delete',
      path: '/oapi/v1/jobs/:id',
      may: 'job',
      run: async (call) => {
        await preheat.remove(idOf(call))
        return { status: 200 }
      },
    },
    {
      operation: 'cancelJob',
      method: 'post',
      path: '/oapi/v1/jobs/:id/cancel',
      may: 'job',
      run: async (call) => {
        const { id } = await preheat.cancel(idOf(call))
        return whole(preheat.view(id))
      },
    },
    {
      operation: 'retryJob',
      method: 'post',
      path: '/oapi/v1/jobs/:id/retry',
      may: 'job',
      run: (call) => whole(preheat.retry(idOf(call), toFreshSecrets((call.body as RetryJob | undefined) ?? {}))),
    },
    {
      operation: 'listTasks',
      method: 'get',
      path: '/oapi/v1/jobs/:id/tasks',
      may: 'job:read',
      run: async (call) => {
        const { query } = call
        const { page, perPage } = pagingOf(query)
        const tasks = await preheat.tasks(idOf(call), toTaskFilter(query), page, perPage)
        return toList({ path: `/oapi/v1/jobs/${idOf(call)}/tasks`, query }, tasks, toTask)
      },
    },
    {
      operation: 'getMap',
      method: 'get',
      path: '/oapi/v1/jobs/:id/map',
      may: 'job:read',
      run: async (call) => ({
        status: 200,
        body: toMap(await preheat.map(idOf(call)), call.query.get('plan') ?? ''),
      }),
    },
    {
      operation: 'createPlan',
      method: 'post',
      path: '/oapi/v1/plans',
      may: 'job',
      run: async (call) => {
        const command = toPreheat(planned(call.body as CreateJob), circumstancesOf(call, usualTimeoutMs))
        return { status: 200, body: toPlan(await forecast.plan(command, call.signal)) }
      },
    },
  ]
}

/** Throws `request.invalid` for a type of job that there are no plans of. */
function planned(body: CreateJob): CreateJob {
  if (body.type === 'preheat') return body
  const sentence = `type is "${body.type}"; plans are made of the type "preheat" only.`
  throw new Failure('request.invalid', sentence, { field: 'type' })
}
