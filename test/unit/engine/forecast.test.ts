// What a job would do, within its limits.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Forecast, type ForecastPorts, type Preheating } from '../../../src/engine/forecast.ts'
import type { Event } from '../../../src/model/event.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { PreheatRequest } from '../../../src/model/job.ts'
import type { Blob } from '../../../src/model/blob.ts'
import type { Crew, Roster } from '../../../src/model/driver.ts'
import type { Origins, Resolved } from '../../../src/model/ports.ts'
import {
  blobOf,
  clusterOf,
  crewOf,
  digestOf,
  driverOf,
  fileRequest,
  HandClock,
  imageRequest,
  memberOf,
  never,
  peerOf,
  settled,
  unreadable,
} from './samples.ts'

const resolvedTo = (blobs: readonly Blob[], change: Partial<Resolved> = {}): Resolved => ({
  artifact: {
    image: { namespace: 'r', repository: 'a', tag: '1', digest: digestOf(99), mediaType: 'x/y' },
    platforms: ['linux/amd64'],
    blobs,
    warnings: ['A layer was left out.'],
  },
  origin: unreadable,
  expiresAtMs: null,
  ...change,
})
const resolved = resolvedTo([blobOf(1, { size: 10 }), blobOf(2, { size: 5 })])

/** Rejects with the signal's reason, as one that waits for a registry does. */
const stuck: Origins['resolve'] = async (_request, _secrets, _meant, signal) => {
  if (!signal.aborted) await once(signal, 'abort')
  throw signal.reason
}

/** Two clusters of two peers each. */
const usualCrews = [1, 2].map((id) =>
  crewOf(
    [1, 2].map((n) => memberOf(peerOf(id * 10 + n, { clusterId: id }))),
    { cluster: clusterOf(id) },
  ),
)

function rosterOf(crews: readonly Crew[]): Pick<Roster, 'clusters' | 'crewOf'> {
  return {
    clusters: async () => crews.map(({ cluster }) => cluster),
    crewOf: async ({ id }) => {
      const crew = crews.find(({ cluster }) => cluster.id === id)
      assert.ok(crew)
      return crew
    },
  }
}

interface Given {
  readonly crews?: readonly Crew[]
  readonly resolve?: Origins['resolve']
  readonly clock?: HandClock
  readonly heard?: Event[]
}

const forecast = ({ crews = usualCrews, resolve = async () => resolved, clock, heard }: Given = {}): Forecast => {
  const ports: ForecastPorts = {
    origins: { resolve },
    roster: rosterOf(crews),
    clock: clock ?? new HandClock(),
    announce: (event) => void heard?.push(event),
  }
  return new Forecast(ports, { atOnce: 2, withinMs: 30_000 })
}

const command = (request: PreheatRequest = imageRequest(), change: Partial<Preheating> = {}): Preheating => ({
  contract: 'open-api',
  bio: '',
  userId: 7,
  requestedBy: '',
  secrets: {},
  clusterIds: [],
  request,
  ...change,
})
const code = (wanted: string) => (error: unknown) => error instanceof Failure && error.code === wanted

test('a plan counts blobs times peers of all clusters, and their bytes', async () => {
  const plan = await forecast().plan(command(), never)
  assert.deepEqual(new Set(plan.peers.map(({ id }) => id)), new Set(['p11', 'p12', 'p21', 'p22']))
  assert.deepEqual([plan.tasks, plan.bytes], [8, 60])
  assert.deepEqual([plan.digest, plan.platforms, plan.blobs], [digestOf(99), ['linux/amd64'], resolved.artifact.blobs])
  assert.deepEqual(plan.leftOut, [])
})

test('clusters that run different platforms are planned each for its own, and reported together', async () => {
  const runs = ['linux/amd64', 'linux/arm64']
  const crews = usualCrews.map((crew, n) => ({ ...crew, cluster: { ...crew.cluster, platforms: [runs[n] ?? ''] } }))
  const resolve: Origins['resolve'] = async (_request, _secrets, { wish }) => {
    const own = wish[0] === 'linux/amd64' ? blobOf(2, { size: 5 }) : blobOf(3, { size: 7 })
    const { artifact } = resolved
    return { ...resolved, artifact: { ...artifact, platforms: wish, blobs: [blobOf(1, { size: 10 }), own] } }
  }
  const plan = await forecast({ crews, resolve }).plan(command(), never)
  assert.deepEqual(plan.platforms, runs)
  assert.deepEqual(
    plan.blobs.map(({ digest }) => digest),
    [1, 2, 3].map(digestOf),
  )
  assert.deepEqual([plan.peers.length, plan.tasks, plan.bytes], [4, 8, 2 * (10 + 5) + 2 * (10 + 7)])
})

test('a plan is for the clusters and peers that are asked for, and refused where there are none', async () => {
  const { peers } = await forecast().plan(command(imageRequest(), { clusterIds: [2] }), never)
  assert.deepEqual(new Set(peers.map(({ clusterId }) => clusterId)), new Set([2]))
  await assert.rejects(forecast().plan(command(imageRequest(), { clusterIds: [3] }), never), code('cluster.unknown'))
  const strangers = command(imageRequest({ ips: ['192.0.2.77'] }))
  await assert.rejects(forecast().plan(strangers, never), code('peer.none'))
})

test('who is left out is named with the reason, and who is down in a warning too', async () => {
  const members = [memberOf(peerOf(1)), memberOf(peerOf(2), 'down', 'connection refused'), memberOf(peerOf(3))]
  const { peers, leftOut, warnings } = await forecast({ crews: [crewOf(members)] }).plan(
    command(imageRequest({ count: 1 })),
    never,
  )
  assert.equal(peers.length, 1)
  assert.deepEqual(
    new Set(leftOut.map(({ why }) => why)),
    new Set(['It is down: connection refused.', 'Others come before it, and 1 are enough.']),
  )
  assert.ok(warnings.some((warning) => /node-2.*connection refused/.test(warning)))
})

test('what is warm already is looked for, and is not moved', async () => {
  const asked: string[] = []
  const driver = driverOf(
    {},
    {
      probe: async ({ id }, { digest }) => {
        asked.push(`${id} ${digest}`)
        return digest === digestOf(1) ? 'present' : 'absent'
      },
      warm: () => assert.fail('a plan warms nothing'),
    },
  )
  const crews = [crewOf([memberOf(peerOf(1)), memberOf(peerOf(2))], { driver })]
  const plan = await forecast({ crews }).plan(command(), never)
  assert.deepEqual([plan.tasks, plan.warm, plan.bytes, plan.bytesToMove], [4, 2, 30, 10])
  assert.equal(new Set(asked).size, 4)
  assert.deepEqual(plan.warnings, resolved.artifact.warnings)
})

test('peers that fetch when they are asked are not asked, and the plan says so', async () => {
  const driver = driverOf({ probe: 'none' }, { probe: () => assert.fail('asking would make it fetch') })
  const plan = await forecast({ crews: [crewOf([memberOf(peerOf(1))], { driver })] }).plan(command(), never)
  assert.deepEqual([plan.warm, plan.bytesToMove], [0, 15])
  assert.ok(plan.warnings.some((warning) => /cluster 1 \(cluster-1\) hold is not known/.test(warning)))
})

test('what the driver foresees, and a token that ends too early, are in the warnings', async () => {
  const driver = driverOf({}, { foresee: async ({ identity }) => [`No pull has the tag ${identity.tag}.`] })
  const resolve = async () => resolvedTo([blobOf(1)], { expiresAtMs: 20_000 })
  const plan = await forecast({ crews: [crewOf([memberOf(peerOf(1))], { driver })], resolve }).plan(
    command(imageRequest({}, { tag: 'canary' })),
    never,
  )
  assert.ok(plan.warnings.includes('No pull has the tag canary.'))
  assert.ok(plan.warnings.some((warning) => /ends in 20 s, and the job may last 60 s/.test(warning)))
})

test('a size that is not known makes the sums unknown', async () => {
  const resolve = async () => resolvedTo([blobOf(1, { size: null })])
  const plan = await forecast({ resolve }).plan(command(fileRequest(['https://files.example/a'])), never)
  assert.deepEqual([plan.bytes, plan.bytesToMove], [null, null])
})

test('no more plans are made at once than are allowed, and places are free again', async () => {
  const caller = new AbortController()
  const busy = forecast({ resolve: stuck })
  const running = [1, 2].map(() => busy.plan(command(), caller.signal))
  await assert.rejects(
    busy.plan(command(), never),
    (error) => error instanceof Failure && error.code === 'request.too-many' && error.retryAfterMs === 1000,
  )
  caller.abort()
  for (const plan of running) await assert.rejects(plan, code('job.cancelled'))
  await assert.rejects(busy.plan(command(), AbortSignal.abort()), code('job.cancelled'))
})

test('a plan that takes too long ends with a deadline', async () => {
  const clock = new HandClock()
  const plan = forecast({ resolve: stuck, clock }).plan(command(), never)
  const refused = assert.rejects(plan, { code: 'job.deadline', message: 'The plan was not made within 30 s.' })
  await settled()
  await clock.wind(30_000)
  await refused
})

test('what the registry refuses is the refusal, and the log hears what its client may not', async () => {
  const heard: Event[] = []
  const resolve = async () => {
    throw new Failure('egress.denied', 'It may not be reached.', { facts: { rule: 'metadata' } })
  }
  await assert.rejects(forecast({ resolve, heard }).plan(command(), never), code('egress.denied'))
  const { problem } = new Failure('egress.denied', 'It may not be reached.')
  assert.deepEqual(heard, [{ at: 'plan.failed', problem, facts: { rule: 'metadata' } }])
})
