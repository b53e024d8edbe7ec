// What Harbor's Kraken provider calls, and registries that notify of what is pushed to them.

import type { Preheat } from '../../engine/preheat.ts'
import { eachAtMost } from '../../kit/each.ts'
import { Failure } from '../../model/failure.ts'
import type { Answer, Call, Contract } from '../http/route.ts'
import { askedBy, type Asked } from '../http/usual-request.ts'
import { refuse } from './refusals.ts'
import { toSubmission } from './translate.ts'
import { isPush, parseNotification, type RegistryEvent, type Taken } from './wire.ts'

/** A registry waits for a second or so; the database takes several at a time. */
const eventsAtOnce = 8

export interface KrakenOptions {
  /** For jobs of this contract, which cannot say how long they may last. */
  readonly timeoutMs: number
  /** Call without a token. */
  readonly open: boolean
}

export function krakenContract(preheat: Preheat, options: KrakenOptions): Contract {
  return {
    name: 'kraken',
    refuse,
    trusts: () => options.open,
    routes: [
      {
        operation: 'health',
        method: 'get',
        path: '/health',
        may: 'anyone',
        run: async () => ({ status: 200, body: 'OK' }),
      },
      {
        operation: 'notify',
        method: 'post',
        path: '/registry/notifications',
        may: 'job',
        run: (call) => take(preheat, options, call),
      },
    ],
  }
}

/** An event's job, or why it has none. */
type Outcome = { readonly job: string } | { readonly reason: string }

async function take(preheat: Preheat, options: KrakenOptions, call: Call): Promise<Answer> {
  const { from, events } = parseNotification(call.body)
  const asked = askedBy(call, options.timeoutMs)
  const pushes = events.filter(isPush)
  const outcomes: Outcome[] = []
  await eachAtMost([...pushes.entries()], eventsAtOnce, call.signal, async ([place, event]) => {
    outcomes[place] = await submit(preheat, event, asked).catch((error: unknown) => {
      // Sent again, it would be refused again; what is our side's doing is worth another try.
      if (from === 'harbor' || !(error instanceof Failure) || error.side !== 'caller') throw error
      return { reason: `${error.message} ${error.problem.hint}` }
    })
  })
  const accepted = outcomes.flatMap((outcome) => ('job' in outcome ? [outcome.job] : []))
  const refused = outcomes.flatMap((outcome) => ('reason' in outcome ? [outcome.reason] : []))
  const ignored = events.length - pushes.length
  const body: Taken = { accepted, ignored, ...(refused.length > 0 && { refused }) }
  return { status: 200, body }
}

async function submit(preheat: Preheat, event: RegistryEvent, asked: Asked): Promise<Outcome> {
  const { job } = await preheat.submit(toSubmission(event, asked))
  return { job: String(job.id) }
}
