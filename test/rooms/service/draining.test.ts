// A replica that is told to stop: nobody's call fails, and its jobs go on elsewhere while it still answers.

import assert from 'node:assert/strict'
import { Agent, request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startBalancer } from '../../support/balancer.ts'
import { databaseKinds, openTestDatabase } from '../../support/database.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry } from '../../support/registry.ts'
import { adminToken, startService, type TestService } from '../../support/service.ts'

const skip = databaseKinds.find(({ kind }) => kind === 'postgresql')?.skip ?? false

test('draining: while one of two replicas stops, no call of 20 busy clients fails', { skip }, async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { first, second } = await twoReplicas(cleanUp)
  const balancer = await startBalancer([first.url, second.url])
  cleanUp.defer(() => balancer.close())

  const stop = new AbortController()
  const clients = Array.from({ length: 20 }, () => callUntil(stop.signal, balancer.url))
  await first.stop()
  // What comes after its end must be answered too.
  await Promise.all(Array.from({ length: 20 }, () => call(new Agent(), `${balancer.url}/healthy`, 'GET')))
  stop.abort()
  const counts = await Promise.all(clients)
  assert.ok(counts.every((count) => count > 0))
})

test('draining: a job under way goes on at the other replica while this one still answers', { skip }, async () => {
  await using cleanUp = new AsyncDisposableStack()
  const { first, second } = await twoReplicas(cleanUp, { WARMFRONT_DRAIN_DELAY: '60s' })
  const registry = await startRegistry()
  cleanUp.defer(() => registry.close())
  registry.push('library/app', makeImage(), '1.0')
  const held = Promise.withResolvers<void>()
  registry.fault({ path: /blobs/, held: held.promise })
  const job = await first.preheat({ type: 'image', url: `${registry.host}/library/app:1.0` })
  while (registry.asked(/blobs/).length === 0) await new Promise(setImmediate)
  const claimedBy = first.pid

  if (claimedBy !== undefined) process.kill(claimedBy, 'SIGTERM')
  registry.healed()
  held.resolve()
  assert.equal((await second.settled(job.id)).state, 'SUCCESS')
  assert.equal((await first.job(job.id)).state, 'SUCCESS', 'the stopping replica answers')
  const ready = await first.call('GET', '/readyz')
  assert.equal(ready.status, 503)
  assert.equal(ready.headers.get('connection'), 'close')
  await first.kill()
})

test('manners: bytes that are no request, and headers that never end, are refused in JSON', async () => {
  const service = await startService()
  try {
    assert.match(await raw(service, 'NONSENSE\r\n\r\n'), /^HTTP\/1\.1 400 .*"code":"request\.invalid"/s)
    const huge = `GET /healthy HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`
    assert.match(await raw(service, huge), /^HTTP\/1\.1 431 .*"code":"request\.invalid"/s)
    assert.equal((await service.call('GET', '/healthy')).status, 200)
  } finally {
    await service.stop()
  }
})

test('manners: HEAD is refused where GET is', async () => {
  const service = await startService()
  try {
    for (const path of ['/oapi/v1/jobs/none', '/oapi/v1/jobs?page=-5']) {
      assert.equal((await service.call('GET', path)).status, 422)
      assert.equal((await service.call('HEAD', path)).status, 422)
    }
  } finally {
    await service.stop()
  }
})

test('manners: a connection is kept for longer than Harbor and load balancers keep it', async () => {
  const service = await startService()
  try {
    const answer = await service.call('GET', '/healthy')
    const [, seconds] = /timeout=(\d+)/.exec(answer.headers.get('keep-alive') ?? '') ?? []
    assert.ok(Number(seconds) > 65, `it says ${seconds}`)
  } finally {
    await service.stop()
  }
})

interface Two {
  readonly first: TestService
  readonly second: TestService
}

async function twoReplicas(cleanUp: AsyncDisposableStack, more: Readonly<Record<string, string>> = {}): Promise<Two> {
  const own = await openTestDatabase('postgresql')
  cleanUp.defer(() => own.close())
  const settings = {
    DATABASE_URL: own.options.url ?? '',
    WARMFRONT_SECRET_KEY: 'the-same-key-for-all-replicas-0123456789',
    WARMFRONT_DRAIN_DELAY: '1s',
    ...more,
  }
  const first = await startService(settings)
  cleanUp.defer(() => first.stop())
  const second = await startService({ ...settings, WARMFRONT_DRAIN_DELAY: '0s' })
  cleanUp.defer(() => second.stop())
  return { first, second }
}

/** Calls like a Harbor, on connections that it keeps; throws at the first call that fails. Returns how many were made. */
async function callUntil(signal: AbortSignal, url: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const body = { type: 'preheat', args: { type: 'image', url: 'registry.example.com/library/app:1.0' } }
  let count = 0
  while (!signal.aborted) {
    const { id } = JSON.parse(await call(agent, `${url}/oapi/v1/jobs`, 'POST', body)) as { readonly id: number }
    await call(agent, `${url}/oapi/v1/jobs/${id}`, 'GET')
    await call(agent, `${url}/healthy`, 'GET')
    count += 3
  }
  agent.destroy()
  return count
}

async function call(agent: Agent, url: string, method: string, body?: unknown): Promise<string> {
  const sent = request(url, { method, agent, headers: { authorization: `Bearer ${adminToken}` } })
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const text = (await response.toArray()).join('')
  assert.equal(response.statusCode, 200, text)
  return text
}

async function raw(service: TestService, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(bytes)
  const said: Buffer[] = []
  socket.on('data', (chunk: Buffer) => said.push(chunk))
  await once(socket, 'close')
  return Buffer.concat(said).toString()
}
