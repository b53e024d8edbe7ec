// A job as it goes on: server-sent events (WHATWG HTML, section 9.2).

import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { ClusterBook } from '../../engine/clusters.ts'
import { isSettled } from '../../engine/lifecycle.ts'
import type { Preheat } from '../../engine/preheat.ts'
import { Failure } from '../../model/failure.ts'
import type { Job } from '../../model/job.ts'
import type { Route } from '../http/route.ts'
import { idOf } from './call.ts'
import { toRow } from './translate.ts'
import type { ShownJob } from './wire.ts'

/** Open at the same time in this replica: each of them reads its job twice a second. */
const mostStreams = 200
/** A stream ends with its job, and jobs take seconds to minutes. */
const retryAfterMs = 5_000
/** Proxies cut what is silent for half a minute or more. */
const quietMs = 15_000

const headers = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx would keep the events until its buffer is full.
  'x-accel-buffering': 'no',
}

export interface EventParts {
  readonly preheat: Preheat
  readonly clusters: ClusterBook
}

export function eventRoutes({ preheat, clusters }: EventParts): readonly Route[] {
  let open = 0
  return [
    {
      operation: 'watchJob',
      method: 'get',
      path: '/oapi/v1/jobs/:id/events',
      may: 'job:read',
      endless: true,
      run: async (call) => {
        const { id } = await preheat.look(idOf(call))
        const all = await clusters.list()
        if (open >= mostStreams) {
          throw new Failure('request.too-many', `There are ${mostStreams} event streams open already.`, {
            retryAfterMs,
          })
        }
        if (call.method === 'HEAD') return { status: 200, headers, text: '' }
        const quiet = (signal: AbortSignal) => pause(quietMs, undefined, { signal })
        const events = toEvents(preheat.watch(id, call.signal), (job) => toRow(job, all), quiet)
        open++
        // Closes whether it was read to its end, broken off, or never begun.
        const stream = Readable.from(events).once('close', () => open--)
        return { status: 200, headers, stream }
      },
    },
  ]
}

/**
 * The text of the events. `quiet` resolves when nothing was said for too long. `end` comes only with the end of the
 * job: whoever is cut off before connects again.
 */
export async function* toEvents(
  jobs: AsyncIterable<Job>,
  show: (job: Job) => ShownJob,
  quiet: (signal: AbortSignal) => Promise<unknown>,
): AsyncGenerator<string> {
  yield 'retry: 2000\n\n'
  const changes = jobs[Symbol.asyncIterator]()
  try {
    let next = changes.next()
    for (;;) {
      const heard = await orQuiet(next, quiet)
      if (heard === undefined) {
        yield ': still here\n\n'
        continue
      }
      if (heard.done === true) return
      const shown = show(heard.value)
      yield `id: ${shown.updated_at}\nevent: job\ndata: ${JSON.stringify(shown)}\n\n`
      if (isSettled(heard.value.state)) {
        yield 'event: end\ndata: {}\n\n'
        return
      }
      next = changes.next()
    }
  } finally {
    await changes.return?.()
  }
}

async function orQuiet<T>(next: Promise<T>, quiet: (signal: AbortSignal) => Promise<unknown>): Promise<T | undefined> {
  const heard = new AbortController()
  try {
    return await Promise.race([next, quiet(heard.signal).then(() => undefined)])
  } finally {
    heard.abort()
  }
}
