// What clients of the early Dragonfly supernode call.

import type { Preheat } from '../../engine/preheat.ts'
import type { Contract } from '../http/route.ts'
import { askedBy } from '../http/usual-request.ts'
import { refuse } from './refusals.ts'
import { toAccepted, toStatus, toSubmission } from './translate.ts'
import { parsePreheat, parseTaskId } from './wire.ts'

export interface SupernodeOptions {
  /** For jobs of this contract, which cannot say how long they may last. */
  readonly timeoutMs: number
  /** Call without a token. */
  readonly open: boolean
}

export function supernodeContract(preheat: Preheat, options: SupernodeOptions): Contract {
  return {
    name: 'supernode',
    refuse,
    trusts: () => options.open,
    routes: [
      {
        operation: 'check',
        method: 'get',
        path: '/api/check',
        may: 'anyone',
        run: async () => ({ status: 200, body: { code: 200 } }),
      },
      {
        operation: 'createPreheat',
        method: 'post',
        path: '/api/preheat',
        may: 'job',
        run: async (call) => {
          const submission = toSubmission(parsePreheat(call.body), askedBy(call, options.timeoutMs))
          return { status: 200, body: toAccepted((await preheat.submit(submission)).job) }
        },
      },
      {
        operation: 'getPreheat',
        method: 'get',
        path: '/api/preheat/:taskId',
        may: 'job:read',
        run: async ({ params }) => ({
          status: 200,
          body: toStatus(await preheat.lookAtPreheat(parseTaskId(params['taskId'] ?? ''))),
        }),
      },
    ],
  }
}
