// What a job would do, within its limits.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Forecast } from '../../../src/engine/forecast.ts'
import type { Event } from '../../../src/model/event.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { Submission } from '../../../src/model/job.ts'
import type { Cluster, Peer } from '../../../src/model/peer.ts'
import type { Clock, Origins, Resolved, Roster } from '../../../src/model/ports.ts'
import { clusterSample, digest, fileRequest, task } from '../../conformance/job-samples.ts'
import { imageRequest } from '../../support/origins.ts'

const peersOf = async ({ id }: Cluster): Promise<readonly Peer[]> =>
  ['a', 'b'].map((name) => ({ ...task(0).peer, id: `${name}${id}`, clusterId: id, ip: `192.0.2.${id}` }))
const roster: Roster = {
  clusters: async () => [clusterSample(1), clusterSample(2)],
  drivers: ['local'],
  peersOf,
  driverOf: () => {
    throw new Error('a plan asks nothing of a driver')
  },
}

const blob = task(0).blob
const resolved: Resolved = {
  artifact: {
    image: { namespace: 'r', repository: 'a', tag: '1', digest: digest('d'), mediaType: 'x/y' },
    platforms: ['linux/amd64'],
    blobs: [
      { ...blob, size: 10 },
      { ...blob, digest: digest('b'), size: 5 },
    ],
    warnings: ['A layer was left out.'],
  },
  origin: {
    read: async () => {
      throw new Error('a plan reads no bytes')
    },
  },
}
const origins = (resolve: Origins['resolve']): Origins => ({ resolve })
const ready = origins(async () => resolved)
/** Rejects with the signal's reason, as one that waits for a registry does. */
const stuck = origins(async (_request, _secrets, _pinned, signal) => {
  if (!signal.aborted) await once(signal, 'abort')
  throw signal.reason
})

/** A clock whose one sleep ends when `ring` is called. */
function alarm() {
  const rung = Promise.withResolvers<void>()
  const clock: Clock = { now: () => 0, sleep: () => rung.promise }
  return { clock, ring: () => rung.resolve() }
}

const announce = (): void => {}

const limits = { atOnce: 2, withinMs: 30_000 }
const submission = (change: Partial<Submission> = {}): Submission => ({
  contract: 'open-api',
  bio: '',
  userId: 7,
  request: fileRequest,
  secrets: {},
  clusterIds: [],
  ...change,
})
const signal = () => new AbortController().signal
const code = (wanted: string) => (error: unknown) => error instanceof Failure && error.code === wanted

test('a plan counts blobs times peers of all clusters, and their bytes', async () => {
  const plan = await new Forecast({ origins: ready, roster, clock: alarm().clock, announce }, limits).plan(
    submission(),
    signal(),
  )
  const { peers, tasks, bytes, ...rest } = plan
  assert.deepEqual(
    peers.map(({ id }) => id),
    ['a1', 'b1', 'a2', 'b2'],
  )
  assert.deepEqual([tasks, bytes], [8, 60])
  const { platforms, warnings, blobs } = resolved.artifact
  assert.deepEqual(rest, { digest: digest('d'), platforms, warnings, blobs })
})

test('clusters that run different platforms are planned each for its own, and reported together', async () => {
  const runs = ['linux/amd64', 'linux/arm64']
  const clusters = async () => runs.map((platform, n) => ({ ...clusterSample(n + 1), platforms: [platform] }))
  const { artifact } = resolved
  const each = origins(async (_request, _secrets, { wish }) => {
    const [letter, size] = wish[0] === 'linux/amd64' ? (['b', 5] as const) : (['c', 7] as const)
    const blobs = [
      { ...blob, size: 10 },
      { ...blob, digest: digest(letter), size },
    ]
    return { ...resolved, artifact: { ...artifact, platforms: wish, blobs } }
  })
  const request = imageRequest('registry.example.com/a')
  const ports = { origins: each, roster: { ...roster, clusters }, clock: alarm().clock, announce }
  const plan = await new Forecast(ports, limits).plan(submission({ request }), signal())
  assert.deepEqual(plan.platforms, runs)
  assert.deepEqual(plan.warnings, artifact.warnings)
  assert.deepEqual(
    plan.blobs.map((found) => found.digest),
    [blob.digest, digest('b'), digest('c')],
  )
  assert.deepEqual([plan.peers.length, plan.tasks, plan.bytes], [4, 8, 2 * (10 + 5) + 2 * (10 + 7)])
})

test('a plan is for the clusters and peers that are asked for, and refused where there are none', async () => {
  const forecast = new Forecast({ origins: ready, roster, clock: alarm().clock, announce }, limits)
  const { peers } = await forecast.plan(submission({ clusterIds: [2] }), signal())
  assert.deepEqual(
    peers.map(({ clusterId }) => clusterId),
    [2, 2],
  )
  await assert.rejects(forecast.plan(submission({ clusterIds: [3] }), signal()), code('cluster.unknown'))
  const request = { ...fileRequest, peers: { ...fileRequest.peers, ips: ['192.0.2.77'] } }
  await assert.rejects(forecast.plan(submission({ request }), signal()), code('peer.none'))
})

test('a size that is not known makes the sum unknown', async () => {
  const { artifact } = resolved
  const unsized = origins(async () => ({ ...resolved, artifact: { ...artifact, blobs: [{ ...blob, size: null }] } }))
  const plan = await new Forecast({ origins: unsized, roster, clock: alarm().clock, announce }, limits).plan(
    submission(),
    signal(),
  )
  assert.equal(plan.bytes, null)
})

test('no more plans are made at once than are allowed, and places are free again', async () => {
  const caller = new AbortController()
  const forecast = new Forecast({ origins: stuck, roster, clock: alarm().clock, announce }, limits)
  const running = [1, 2].map(() => forecast.plan(submission(), caller.signal))
  await assert.rejects(
    forecast.plan(submission(), signal()),
    (error) => error instanceof Failure && error.code === 'request.too-many' && error.retryAfterMs === 1000,
  )
  caller.abort()
  for (const plan of running) await assert.rejects(plan, code('job.cancelled'))
  await assert.rejects(forecast.plan(submission(), AbortSignal.abort()), code('job.cancelled'))
})

test('a plan that takes too long ends with a deadline', async () => {
  const { clock, ring } = alarm()
  const plan = new Forecast({ origins: stuck, roster, clock, announce }, limits).plan(submission(), signal())
  ring()
  await assert.rejects(plan, code('job.deadline'))
})

test('what the registry refuses is the refusal, and the log hears what its client may not', async () => {
  const denied = origins(async () => {
    throw new Failure('egress.denied', 'It may not be reached.', { facts: { rule: 'metadata' } })
  })
  const events: Event[] = []
  const ports = { origins: denied, roster, clock: alarm().clock, announce: (event: Event) => void events.push(event) }
  await assert.rejects(new Forecast(ports, limits).plan(submission(), signal()), code('egress.denied'))
  const { problem } = new Failure('egress.denied', 'It may not be reached.')
  assert.deepEqual(events, [{ at: 'plan.failed', problem, facts: { rule: 'metadata' } }])
})
