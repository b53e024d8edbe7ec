// The text of server-sent events, with changes and silence wound by hand.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { toEvents } from '../../../../src/contracts/open-api/events.ts'
import { toRow } from '../../../../src/contracts/open-api/translate.ts'
import type { Job } from '../../../../src/model/job.ts'
import { jobOf } from './samples.ts'

const show = (job: Job) => toRow(job, [])
const never = async (signal: AbortSignal): Promise<void> => {
  await once(signal, 'abort')
}
async function* of(...jobs: readonly Job[]): AsyncGenerator<Job> {
  yield* jobs
}
const all = async (events: AsyncIterable<string>): Promise<readonly string[]> => Array.fromAsync(events)

test('each change is one event in one line of data, and the end is told after the last', async () => {
  const warming = jobOf({ state: 'warming', bio: 'two\nlines' })
  const settled = jobOf({ state: 'succeeded', updatedAtMs: 1000 })
  const [retry, first, second, end, ...rest] = await all(toEvents(of(warming, settled), show, never))
  assert.equal(retry, 'retry: 2000\n\n')
  assert.equal(first, `id: 1970-01-01T00:00:00.000Z\nevent: job\ndata: ${JSON.stringify(show(warming))}\n\n`)
  assert.equal(second, `id: 1970-01-01T00:00:01.000Z\nevent: job\ndata: ${JSON.stringify(show(settled))}\n\n`)
  assert.equal(end, 'event: end\ndata: {}\n\n')
  assert.deepEqual(rest, [])
})

test('a watch that is cut off before the job is settled ends without the end', async () => {
  const events = await all(toEvents(of(jobOf({ state: 'queued' })), show, never))
  assert.equal(events.length, 2)
  assert.ok(events.every((event) => !event.includes('event: end')))
})

test('silence is filled with comments, and news that comes meanwhile is not lost', async () => {
  const news = Promise.withResolvers<Job>()
  async function* slow(): AsyncGenerator<Job> {
    yield await news.promise
  }
  let silences = 0
  const quiet = (signal: AbortSignal): Promise<void> => (++silences <= 2 ? Promise.resolve() : never(signal))
  const events = toEvents(slow(), show, quiet)
  const heard: string[] = []
  for (let n = 0; n < 3; n++) heard.push((await events.next()).value as string)
  assert.deepEqual(heard, ['retry: 2000\n\n', ': still here\n\n', ': still here\n\n'])
  news.resolve(jobOf({ state: 'failed' }))
  assert.match((await events.next()).value as string, /event: job/)
})

test('whoever goes away ends the watch', async () => {
  let isOpen = true
  async function* watched(): AsyncGenerator<Job> {
    try {
      yield jobOf({ state: 'queued' })
      yield jobOf({ state: 'warming' })
    } finally {
      isOpen = false
    }
  }
  const events = toEvents(watched(), show, never)
  await events.next()
  await events.next()
  await events.return(undefined)
  assert.equal(isOpen, false)
})
