// How often a client may call: guessing ends soon, Harbor's bursts pass, and all replicas count together.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { databaseKinds, openTestDatabase } from '../../support/database.ts'
import { startService, type Answered, type TestService } from '../../support/service.ts'

const skip = databaseKinds.find(({ kind }) => kind === 'postgresql')?.skip ?? false
const wrong = (n: number) => ({ authorization: `Bearer wf_wrong-${n}` })
const image = { type: 'preheat', args: { type: 'image', url: 'registry.example.com/library/app:1.0' } }

const times = <T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)))

function tally(answers: readonly Answered[]): Readonly<Record<number, number>> {
  return Object.fromEntries(
    [...Map.groupBy(answers, ({ status }) => status)].map(([status, own]) => [status, own.length]),
  )
}

test('limits: of a thousand wrong tokens from one address 60 are refused as wrong, the rest as too many', async (t) => {
  const service = await startService()
  t.after(() => service.stop())
  const answers = await times(1000, (n) => service.call('GET', '/oapi/v1/jobs', undefined, wrong(n)))
  assert.deepEqual(tally(answers), { 401: 60, 429: 940 })
  const refused = answers.find(({ status }) => status === 429)
  const seconds = Number(refused?.headers.get('retry-after'))
  assert.ok(seconds >= 1 && seconds <= 60, `it says ${seconds}`)
  assert.match(refused?.text ?? '', /"code":"request\.too-many"/)

  assert.equal((await service.call('GET', '/healthy', undefined, wrong(0))).status, 429, 'health is no way round')
  assert.equal((await service.call('GET', '/healthy', undefined, {})).status, 200, 'health itself is never limited')
  assert.equal((await service.call('GET', '/oapi/v1/jobs', undefined, {})).status, 401, 'no token is no guess')
  assert.equal((await service.call('GET', '/oapi/v1/jobs')).status, 200, 'a right token from the same address passes')
})

test('limits: 300 workers of a Harbor at once pass: 300 healths, 300 POSTs, 300 polls, six times over', async (t) => {
  const service = await startService()
  t.after(() => service.stop())
  for (let minute = 0; minute < 6; minute++) {
    assert.deepEqual(tally(await times(300, () => service.call('GET', '/healthy'))), { 200: 300 })
    const made = await times(300, () => service.call('POST', '/oapi/v1/jobs', image))
    assert.deepEqual(tally(made), { 200: 300 })
    const polls = await times(300, (n) => service.call('GET', `/oapi/v1/jobs/${Object(made[n]?.json).id}`))
    assert.deepEqual(tally(polls), { 200: 300 })
  }
})

for (const { name, limit, callOf } of [
  {
    name: 'of one token',
    limit: { WARMFRONT_RATE_LIMIT_TOKEN: '30' },
    callOf: (replica: TestService) => replica.call('GET', '/oapi/v1/jobs'),
  },
  {
    name: 'of one address',
    limit: { WARMFRONT_RATE_LIMIT_ADDRESS: '30' },
    callOf: (replica: TestService) => replica.call('GET', '/api/preheat/1'),
  },
]) {
  test(`limits: two replicas count the calls ${name} together`, { skip }, async () => {
    await using cleanUp = new AsyncDisposableStack()
    const { first, second } = await twoReplicas(cleanUp, limit)
    const answers = await times(60, (n) => callOf(n % 2 === 0 ? first : second))
    assert.deepEqual(tally(answers), { 200: 30, 429: 30 })
    assert.equal((await first.call('GET', '/healthy')).status, 200)
  })
}

test('limits: two replicas count refused tokens together', { skip }, async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { first, second } = await twoReplicas(cleanUp)
  const answers = await times(200, (n) => (n % 2 === 0 ? first : second).call('GET', '/preheats', undefined, wrong(n)))
  assert.deepEqual(tally(answers), { 401: 60, 429: 140 })
})

test('limits: behind a trusted proxy each client has a limit of its own, and nobody else can pretend', async (t) => {
  const limit = { WARMFRONT_RATE_LIMIT_ADDRESS: '5' }
  const trusting = await startService({ ...limit, WARMFRONT_TRUSTED_PROXIES: '127.0.0.1' })
  t.after(() => trusting.stop())
  const wary = await startService(limit)
  t.after(() => wary.stop())
  const from = (service: TestService, address: string) =>
    times(6, () => service.call('GET', '/oapi/v1/jobs', undefined, { 'x-forwarded-for': address }))
  assert.deepEqual(tally(await from(trusting, '192.0.2.1')), { 401: 5, 429: 1 })
  assert.deepEqual(tally(await from(trusting, '192.0.2.2')), { 401: 5, 429: 1 })
  assert.deepEqual(tally(await from(wary, '192.0.2.1')), { 401: 5, 429: 1 })
  assert.deepEqual(tally(await from(wary, '192.0.2.2')), { 429: 6 })
})

interface Two {
  readonly first: TestService
  readonly second: TestService
}

async function twoReplicas(cleanUp: AsyncDisposableStack, limit: Readonly<Record<string, string>> = {}): Promise<Two> {
  const own = await openTestDatabase('postgresql')
  cleanUp.defer(() => own.close())
  const settings = {
    DATABASE_URL: own.options.url ?? '',
    WARMFRONT_SECRET_KEY: 'the-same-key-for-all-replicas-0123456789',
    ...limit,
  }
  const first = await startService(settings)
  cleanUp.defer(() => first.stop())
  const second = await startService(settings)
  cleanUp.defer(() => second.stop())
  return { first, second }
}
