// 300 workers of a Harbor at once, on PostgreSQL: each asks for health, posts one image, and polls it to its end.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findPostgresql, startPostgresql } from '../test/support/postgresql.ts'
import { startService, type TestService } from '../test/support/service.ts'
import { percentile } from './measure.ts'
import type { Order, Served } from './origin.ts'
import type { Figure } from './table.ts'

const workers = 300
const rounds = 3
/** As Harbor's job does: the first poll this long after the POST, and so on. */
const harborPollMs = 10_000
const warmUps = 3
const warmUpPollMs = 500
const calls = ['health', 'create', 'poll'] as const
type Call = (typeof calls)[number]
type Times = Readonly<Record<Call, number[]>>

export async function measureHarbor(): Promise<readonly Figure[]> {
  const programs = findPostgresql()
  if (programs === undefined) throw new Error('needs a PostgreSQL server, 15 or newer')
  const p99: Times = { health: [], create: [], poll: [] }
  const bare: number[] = []
  for (let n = 0; n < rounds; n++) {
    const times = await oneRound(programs)
    for (const call of calls) p99[call].push(percentile(times[call], 99))
    bare.push(await bareRound())
  }
  const reference = { name: 'bare node:http, the same burst', runs: bare }
  return calls.map((call) => ({
    name: `${workers} Harbor workers, p99 of ${call}`,
    unit: 'ms',
    runs: p99[call],
    reference,
    limit: { of: 'figure', most: 200 },
  }))
}

async function oneRound(programs: string): Promise<Times> {
  await using cleanUp = new AsyncDisposableStack()
  const server = await startPostgresql(programs, 'durable')
  cleanUp.defer(() => server.stop())
  const origin = fork(fileURLToPath(new URL('origin.ts', import.meta.url)))
  cleanUp.defer(() => void origin.kill())
  let host = ''
  for (let n = 0; n < workers; n++) {
    origin.send({ layers: [256 * 1024, 64 * 1024, 1024], seed: `tag-${n}` } satisfies Order)
    const [served] = (await once(origin, 'message')) as [Served]
    host = served.host
  }
  const service = await startService({ DATABASE_URL: server.url })
  cleanUp.defer(() => service.stop())
  const token = await tokenOf(service)
  const burst = async (pollEveryMs: number): Promise<Times> => {
    const times: Times = { health: [], create: [], poll: [] }
    const one = (n: number) => work({ url: service.url, token, host, tag: `tag-${n}`, pollEveryMs, times })
    await Promise.all(Array.from({ length: workers }, (_, n) => one(n)))
    return times
  }
  // A service that has just been started compiles its own code first, and Harbors meet one that has been up for long.
  for (let n = 0; n < warmUps; n++) await burst(warmUpPollMs)
  return await burst(harborPollMs)
}

/** A stored token: the bootstrap token would spare the service a look into the database. */
async function tokenOf(service: TestService): Promise<string> {
  const expired_at = new Date(Date.now() + 3_600_000).toISOString()
  const answer = await service.call('POST', '/oapi/v1/personal-access-tokens', {
    name: 'harbor',
    scopes: ['job'],
    expired_at,
  })
  return (answer.json as { readonly token: string }).token
}

interface Work {
  readonly url: string
  readonly token: string
  readonly host: string
  readonly tag: string
  readonly pollEveryMs: number
  readonly times: Times
}

/** Throws where Harbor would give the task up: at the first call that fails. */
async function work({ url, token, host, tag, pollEveryMs, times }: Work): Promise<void> {
  const call = (kind: Call, method: string, path: string, body?: unknown) =>
    timed({ url: url + path, method, token, body }, times[kind])
  await call('health', 'GET', '/healthy')
  const args = {
    type: 'image',
    url: `http://${host}/v2/library/app/manifests/${tag}`,
    tag: '',
    filtered_query_params: '',
    headers: { Authorization: 'Bearer of-the-registry' },
    scope: 'single_seed_peer',
    concurrent_count: 0,
    timeout: 0,
  }
  const { id } = await call('create', 'POST', '/oapi/v1/jobs', { type: 'preheat', args, scheduler_cluster_ids: null })
  for (;;) {
    await pause(pollEveryMs)
    const { state, error } = await call('poll', 'GET', `/oapi/v1/jobs/${Number(id)}`)
    if (state === 'SUCCESS') return
    if (state !== 'PENDING') throw new Error(`${tag}: ${JSON.stringify({ state, error })}`)
  }
}

interface Asked {
  readonly url: string
  readonly method: string
  readonly token: string
  readonly body?: unknown
}

/** Go keeps two idle connections to a host, and opens others as it needs them. */
const agent = new Agent({ keepAlive: true, maxFreeSockets: 2, timeout: 30_000 })

async function timed(asked: Asked, times: number[]): Promise<Readonly<Record<string, unknown>>> {
  const begun = performance.now()
  const headers = { authorization: `Bearer ${asked.token}`, 'content-type': 'application/json' }
  const sent = request(asked.url, { method: asked.method, agent, headers })
  sent.end(asked.body === undefined ? undefined : JSON.stringify(asked.body))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  times.push(performance.now() - begun)
  const text = Buffer.concat(chunks).toString()
  if (response.statusCode !== 200) throw new Error(`${asked.method} ${asked.url}: ${response.statusCode} ${text}`)
  return Object(JSON.parse(text)) as Readonly<Record<string, unknown>>
}

/** What so many connections and answers at once cost by themselves. */
async function bareRound(): Promise<number> {
  const bare = createServer((req, res) => req.resume().on('end', () => res.end('{"ok":true}'))).listen(0, '127.0.0.1')
  await once(bare, 'listening')
  const url = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`
  const times: number[] = []
  await Promise.all(Array.from({ length: workers }, () => timed({ url, method: 'GET', token: 'none' }, times)))
  bare.close()
  bare.closeAllConnections()
  return percentile(times, 99)
}
