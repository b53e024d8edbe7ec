// A job watched through server-sent events.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { adminToken, startService, type Job, type TestService } from '../../support/service.ts'

const mostStreams = 200
const held = Promise.withResolvers<void>()

let registry: TestRegistry
let service: TestService
before(async () => {
  registry = await startRegistry()
  registry.push('library/app', makeImage(), '1.0')
  registry.push('library/held', makeImage({ seed: 'held' }), '1.0')
  registry.fault({ path: /^\/v2\/library\/held\/blobs\//, held: held.promise })
  service = await startService()
})
after(async () => {
  held.resolve()
  await service.stop()
  await registry.close()
})

const pathOf = ({ id }: Pick<Job, 'id'>): string => `/oapi/v1/jobs/${id}/events`

/** An open stream; whoever opens one ends it by the signal. */
const watch = (job: Job, signal: AbortSignal): Promise<Response> =>
  fetch(service.url + pathOf(job), { headers: { authorization: `Bearer ${adminToken}` }, signal })

interface Event {
  readonly event: string | undefined
  readonly id: string | undefined
  /** Of `end` only an empty object. */
  readonly data: Job
}

function eventsIn(text: string): readonly Event[] {
  const blocks = text.split('\n\n').filter((block) => /^event:/m.test(block))
  return blocks.map((block) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
    return { event: field('event'), id: field('id'), data: JSON.parse(field('data') ?? '') as Job }
  })
}

test('a stream tells of the job until it is settled, and ends by itself', async () => {
  const job = await service.preheat({ type: 'image', url: `${registry.host}/library/app:1.0` })
  const { status, headers, text } = await service.call('GET', pathOf(job))
  assert.equal(status, 200)
  assert.equal(headers.get('content-type'), 'text/event-stream')
  assert.match(text, /^retry: 2000\n\n/)
  const events = eventsIn(text)
  assert.equal(events.at(-1)?.event, 'end')
  const told = events.slice(0, -1)
  for (const { event, id, data } of told) {
    assert.equal(event, 'job')
    assert.equal(data.id, job.id)
    assert.equal(id, data.updated_at)
    assert.equal(data.result?.job_states[0]?.results, null)
  }
  const last = told.at(-1)?.data
  assert.equal(last?.state, 'SUCCESS')
  assert.deepEqual({ ...last, result: null }, { ...(await service.job(job.id)), result: null })
})

test('of a job that is settled already a stream tells once, and HEAD only that there would be one', async () => {
  const job = await service.preheat({ type: 'image', url: `${registry.host}/library/app:1.0` })
  await service.settled(job.id)
  const { text } = await service.call('GET', pathOf(job))
  assert.deepEqual(
    eventsIn(text).map(({ event }) => event),
    ['job', 'end'],
  )
  const head = await service.call('HEAD', pathOf(job))
  assert.deepEqual([head.status, head.headers.get('content-type'), head.text], [200, 'text/event-stream', ''])
})

test('an unknown job is refused in JSON before any stream begins', async () => {
  const answer = await service.call('GET', pathOf({ id: 404404 }))
  assert.equal(answer.status, 404)
  assert.equal((answer.json as { readonly code: string }).code, 'request.not-found')
})

test('beyond two hundred open streams another one is refused, until one of them ends', async () => {
  const job = await service.preheat({ type: 'image', url: `${registry.host}/library/held:1.0` })
  const first = new AbortController()
  const others = new AbortController()
  try {
    const streams = Array.from({ length: mostStreams }, (_, n) => watch(job, n === 0 ? first.signal : others.signal))
    for (const stream of await Promise.all(streams)) assert.equal(stream.status, 200)
    const refused = await service.call('GET', pathOf(job))
    assert.equal(refused.status, 429)
    assert.equal((refused.json as { readonly code: string }).code, 'request.too-many')
    assert.ok(Number(refused.headers.get('retry-after')) >= 1)

    first.abort()
    for (;;) {
      const next = await watch(job, others.signal)
      if (next.status === 200) break
      await next.text()
    }
  } finally {
    first.abort()
    others.abort()
  }
})

test('when the service stops, a stream ends without saying that the job did', async (t) => {
  const own = await startService()
  t.after(() => own.stop())
  const job = await own.preheat({ type: 'image', url: `${registry.host}/library/held:1.0` })
  const stream = await fetch(own.url + pathOf(job), { headers: { authorization: `Bearer ${adminToken}` } })
  const [text] = await Promise.all([stream.text(), own.stop()])
  assert.ok(eventsIn(text).length > 0)
  assert.ok(eventsIn(text).every(({ event }) => event === 'job'))
})
