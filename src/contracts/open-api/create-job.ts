// What becomes of POST /oapi/v1/jobs, by the type of the job.

import type { ClusterBook } from '../../engine/clusters.ts'
import type { Distribution } from '../../engine/distribution.ts'
import type { Preheat } from '../../engine/preheat.ts'
import { tokenNameOf } from '../../model/principal.ts'
import type { Answer, Call } from '../http/route.ts'
import { callerOf } from './call.ts'
import { toClusterIds, toImageQuestion, toPreheat, toTaskSubmission, type Circumstances } from './submission.ts'
import { toDistribution } from './translate-tasks.ts'
import { toJob } from './translate.ts'
import type { CreateJob } from './wire.ts'

export interface CreateParts {
  readonly preheat: Preheat
  readonly distribution: Distribution
  readonly clusters: ClusterBook
}

/** `body` has been held against the document. */
export async function createJob(parts: CreateParts, usualTimeoutMs: number, call: Call): Promise<Answer> {
  const body = call.body as CreateJob
  const by = circumstancesOf(call, usualTimeoutMs)
  switch (body.type) {
    case 'sync_peers':
      await parts.clusters.sync(toClusterIds(body, by.boundTo), call.signal)
      return { status: 200, body: 'OK' }
    case 'get_image_distribution':
      return {
        status: 200,
        body: toDistribution(await parts.distribution.of(toImageQuestion(body, by), call.signal)),
      }
    case 'get_task':
    case 'delete_task':
      return submit(parts.preheat, toTaskSubmission(body, body.type, by))
    case 'preheat':
      return submit(parts.preheat, toPreheat(body, by))
  }
}

export function circumstancesOf(call: Call, usualTimeoutMs: number): Circumstances {
  const key = call.headers['idempotency-key']
  const caller = callerOf(call)
  return {
    userId: caller.userId,
    requestedBy: tokenNameOf(caller),
    boundTo: call.clusterIds,
    usualTimeoutMs,
    ...(typeof key === 'string' && { idempotencyKey: key }),
  }
}

async function submit(preheat: Preheat, command: Parameters<Preheat['submit']>[0]): Promise<Answer> {
  const view = await preheat.submit(command)
  if (view.made) return { status: 200, body: toJob(view, 'fresh') }
  return { status: 200, headers: { 'idempotent-replayed': 'true' }, body: toJob(view, 'whole') }
}
