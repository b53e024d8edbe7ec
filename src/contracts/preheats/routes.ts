// What Harbor 2.1 to 2.11 and clients of Dragonfly 1.x call.

import type { Preheat } from '../../engine/preheat.ts'
import { toLink } from '../http/link.ts'
import type { Answer, Call, Contract, Route } from '../http/route.ts'
import { askedBy } from '../http/usual-request.ts'
import { refuse, refuseLost } from './refusals.ts'
import { lostToHarbor, toAccepted, toPreheat, toSubmission } from './translate.ts'
import { parseId, parsePaging, parsePreheat } from './wire.ts'

export interface PreheatsOptions {
  /** For jobs of this contract, which cannot say how long they may last. */
  readonly timeoutMs: number
  /** Call without a token. */
  readonly open: boolean
}

/** Dragonfly 1.x serves everything a second time below /api/v1. */
export function preheatsContract(preheat: Preheat, options: PreheatsOptions): Contract {
  return {
    name: 'preheats',
    refuse,
    trusts: () => options.open,
    routes: [...routesBelow('', '', preheat, options), ...routesBelow('/api/v1', 'V1', preheat, options)],
  }
}

function routesBelow(before: string, after: string, preheat: Preheat, options: PreheatsOptions): readonly Route[] {
  const all = `${before}/preheats`
  const one = `${all}/:id`
  return [
    {
      operation: `ping${after}`,
      method: 'get',
      path: `${before}/_ping`,
      may: 'anyone',
      run: async () => ({ status: 200, body: 'OK' }),
    },
    {
      operation: `submitPreheat${after}`,
      method: 'post',
      path: all,
      may: 'job',
      run: async (call) => {
        const { job } = await preheat.submit(toSubmission(parsePreheat(call.body), askedBy(call, options.timeoutMs)))
        return { status: 200, body: toAccepted(job) }
      },
    },
    {
      operation: `listPreheats${after}`,
      method: 'get',
      path: all,
      may: 'job:read',
      run: (call) => list(preheat, all, call),
    },
    {
      operation: `readPreheat${after}`,
      method: 'get',
      path: one,
      may: 'job:read',
      run: async ({ params }) => {
        const job = await preheat.lookAtPreheat(parseId(params['id'] ?? ''))
        const problem = lostToHarbor(job)
        return problem === null ? { status: 200, body: toPreheat(job) } : refuseLost(job, problem)
      },
    },
    {
      operation: `deletePreheat${after}`,
      method: 'delete',
      path: one,
      may: 'job',
      run: async ({ params }) => {
        const { id } = await preheat.lookAtPreheat(parseId(params['id'] ?? ''))
        await preheat.remove(id)
        return { status: 200, body: true }
      },
    },
  ]
}

async function list(preheat: Preheat, path: string, { query }: Call): Promise<Answer> {
  const { page, perPage } = parsePaging(query)
  const { rows, total } = await preheat.list({ types: ['image', 'file'] }, page, perPage)
  return { status: 200, headers: { link: toLink({ path, query, page, perPage, total }) }, body: rows.map(toPreheat) }
}
