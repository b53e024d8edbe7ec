// One job for a thousand peers that answer at once, beside the same calls in a bare loop; on PostgreSQL, as fleets run it.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { evenImage } from '../test/support/image.ts'
import { findPostgresql, startPostgresql } from '../test/support/postgresql.ts'
import { startRegistry } from '../test/support/registry.ts'
import { startService, type Job, type TestService } from '../test/support/service.ts'
import { makeFiles } from '../test/support/warmed.ts'
import { peakMemory, percentile } from './measure.ts'
import type { Figure } from './table.ts'

const peers = 1000
const blobs = 100
/** Tasks at the same time: what the service's own limit for one origin lets through. */
const atOnce = 256
const rounds = 3
const pollEveryMs = 20

interface Round {
  readonly seconds: number
  readonly bare: number
  readonly tenth: number
  readonly p99: number
  readonly blocked: number
  readonly memory: number
}

const run = promisify(execFile)
const loopWatch = fileURLToPath(new URL('loop-watch.ts', import.meta.url))
const swarmLoop = fileURLToPath(new URL('swarm-loop.ts', import.meta.url))
const swarmEntry = fileURLToPath(new URL('../test/support/dragonfly/swarm.ts', import.meta.url))

export async function measureScale(): Promise<readonly Figure[]> {
  const all: Round[] = []
  for (let n = 0; n < rounds; n++) all.push(await oneRound())
  const of = (name: keyof Round): readonly number[] => all.map((round) => round[name])
  const reference = { name: 'the same calls, bare', runs: of('bare') }
  const tasks = `${(peers * blobs).toLocaleString('en')} tasks`
  return [
    { name: `a job of ${tasks}`, unit: 's', runs: of('seconds'), reference, limit: { of: 'ratio', most: 1.5 } },
    {
      name: `a job of ${tasks}`,
      unit: 's',
      runs: of('seconds'),
      reference: { name: 'a tenth of them', runs: of('tenth') },
      limit: { of: 'ratio', most: 11 },
    },
    { name: `${tasks}: p99 of reading a job`, unit: 'ms', runs: of('p99'), limit: { of: 'figure', most: 100 } },
    { name: `${tasks}: event loop kept, at most`, unit: 'ms', runs: of('blocked'), limit: { of: 'figure', most: 100 } },
    { name: `${tasks}: peak memory`, unit: 'MiB', runs: of('memory'), limit: { of: 'figure', most: 500 } },
  ]
}

/** Database, registry, peers and service are new in each. */
async function oneRound(): Promise<Round> {
  await using cleanUp = new AsyncDisposableStack()
  const programs = findPostgresql()
  if (programs === undefined) throw new Error('needs a PostgreSQL server, 15 or newer')
  const database = await startPostgresql(programs, 'durable')
  cleanUp.defer(() => database.stop())
  const registry = await startRegistry()
  cleanUp.defer(() => registry.close())
  const { image, blobBytes } = evenImage(blobs)
  registry.push('library/whole', image, '1.0')
  registry.push('library/tenth', evenImage(blobs, 'tenth').image, '1.0')
  const swarm = await startSwarm(blobBytes)
  cleanUp.defer(() => swarm.stop())
  const files = await makeFiles()
  cleanUp.defer(() => files.remove())
  const peersOf = { driver: 'dragonfly', schedulers: [`127.0.0.1:${swarm.port}`], task_id: 'blob-digest' }
  const loopFile = await files.write('loop', '')
  const service = await startService({
    WARMFRONT_CONFIG: await files.settings({ clusters: [{ name: 'swarm', ...peersOf }] }),
    DATABASE_URL: database.url,
    NODE_OPTIONS: `--import=${loopWatch}`,
    BENCH_LOOP_FILE: loopFile,
  })
  cleanUp.defer(() => service.stop())
  const { stdout } = await run(process.execPath, [swarmLoop, `${swarm.port}`, `${peers}`, `${blobs}`, `${atOnce}`])
  // Small first: it compiles the service's code, and opens the connections that the bare loop opened too.
  const small = await ourJob(service, { url: `${registry.host}/library/tenth:1.0`, count: peers / 10 })
  await blockedSince(service, loopFile)
  const large = await ourJob(service, { url: `${registry.host}/library/whole:1.0` })
  return {
    seconds: large.seconds,
    bare: Number(stdout),
    tenth: small.seconds,
    p99: percentile(large.polls, 99),
    blocked: await blockedSince(service, loopFile),
    memory: await peakMemory(service.pid),
  }
}

/** In a process of its own, so that its work is not counted as ours. */
async function startSwarm(blobBytes: number) {
  const child = spawn(process.execPath, [swarmEntry, `${peers}`, `${blobBytes}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  const ended = once(child, 'exit')
  return {
    port: Number(port),
    async stop() {
      child.kill()
      await ended
    },
  }
}

async function ourJob(service: TestService, which: { readonly url: string; readonly count?: number }) {
  const width = { concurrent_task_count: 100, concurrent_peer_count: 1000 }
  const args = { type: 'image', scope: 'all_peers', ...width, ...which }
  const begun = performance.now()
  const asked = await service.call('POST', '/oapi/v1/jobs', { type: 'preheat', args, scheduler_cluster_ids: [2] })
  const { id } = asked.json as Job
  const polls: number[] = []
  for (;;) {
    const from = performance.now()
    const job = await service.job(id)
    polls.push(performance.now() - from)
    if (job.state === 'SUCCESS') return { seconds: (performance.now() - begun) / 1000, polls }
    if (job.state !== 'PENDING') throw new Error(JSON.stringify(job.error))
    await pause(pollEveryMs)
  }
}

/** Milliseconds, since it was last asked. */
async function blockedSince(service: TestService, file: string): Promise<number> {
  const before = await readFile(file, 'utf8')
  process.kill(service.pid ?? 0, 'SIGUSR2')
  for (;;) {
    const said = await readFile(file, 'utf8')
    if (said.length > before.length) return Number(said.trim().split('\n').at(-1))
    await pause(10)
  }
}
