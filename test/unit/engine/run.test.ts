// One job from its claim to its end, over peers and an origin that answer as they are told.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Conductor } from '../../../src/engine/conduct.ts'
import { Places } from '../../../src/engine/places.ts'
import type { RunPorts } from '../../../src/engine/run.ts'
import type { Blob, ImageName } from '../../../src/model/blob.ts'
import type { Event } from '../../../src/model/event.ts'
import { Failure } from '../../../src/model/failure.ts'
import { noProgress, type JobRequest } from '../../../src/model/job.ts'
import type { Member } from '../../../src/model/peer.ts'
import type { PeerDriver, WarmContext } from '../../../src/model/driver.ts'
import type { Claim, JobChange, JobEnd } from '../../../src/model/ports.ts'
import type { Task } from '../../../src/model/task.ts'
import { queuedJob } from '../../support/requests.ts'
import {
  blobOf,
  clusterOf,
  digestOf,
  driverOf,
  fileRequest,
  HandClock,
  imageRequest,
  many,
  memberOf,
  peerOf,
  settled,
  tasksOf,
  unreadable,
  warmed,
} from './samples.ts'

const image: ImageName = {
  namespace: 'registry.example',
  repository: 'team/app',
  tag: '1',
  digest: digestOf(99),
  mediaType: 'x/y',
}

interface Given {
  readonly driver?: PeerDriver
  readonly members?: readonly Member[]
  readonly blobs?: readonly Blob[]
  readonly request?: JobRequest
  readonly before?: readonly Task[]
  readonly claim?: Partial<Claim>
}

const blobs = [blobOf(1), blobOf(2), blobOf(3)]

/** A conductor with one job and one cluster, and what is seen of it from outside. */
function bench(given: Given = {}) {
  const { driver = driverOf(), members = [memberOf(peerOf(1)), memberOf(peerOf(2))], request = imageRequest() } = given
  const seen = {
    changes: [] as JobChange[],
    plan: [] as readonly Task[],
    rows: new Map<number, Task>(),
    ends: [] as JobEnd[],
    events: [] as Event[],
    held: true,
  }
  const write = async (note: () => void): Promise<boolean> => {
    note()
    return seen.held
  }
  const saveAll = (tasks: readonly Task[]) => tasks.forEach((task) => seen.rows.set(task.ordinal, task))
  const clock = new HandClock()
  const cluster = clusterOf(1)
  const artifact = { image, platforms: ['linux/amd64'], blobs: given.blobs ?? blobs, warnings: ['Mind the gap.'] }
  const ports: RunPorts = {
    origins: { resolve: async () => ({ artifact, origin: unreadable, expiresAtMs: null }) },
    roster: {
      clusters: async () => [cluster],
      drivers: ['test'],
      check: () => {},
      crewOf: async () => ({ cluster, driver, members }),
      lookAt: () => assert.fail('no single peer is looked at here'),
      refresh: async () => ({ cluster, driver, members }),
    },
    queue: {
      change: async (_lease, change) => write(() => seen.changes.push(change)),
      savePlan: async (_lease, tasks) =>
        write(() => {
          seen.plan = tasks
          saveAll(tasks)
        }),
      saveTasks: async (_lease, tasks) => write(() => saveAll(tasks)),
      settle: async (_lease, end) => write(() => seen.ends.push(end)),
    },
    tasks: { tasks: async () => given.before ?? [] },
    places: new Places({ atOnce: 100, perOrigin: 100, perPeer: 100 }),
    clock,
    chance: () => 0,
    announce: (event) => seen.events.push(event),
  }
  const stop = new AbortController()
  const conducted = new Conductor(ports).conduct({ ...claimOf(request), ...given.claim }, stop.signal)
  return { conducted, seen, clock, stop }
}

const claimOf = (request: JobRequest): Claim => ({
  lease: { job: 7, epoch: 1 },
  begun: 1,
  secrets: {},
  job: queuedJob(request, { id: 7, taskId: 'group_7', userId: 1 }),
})

const statesOf = (rows: ReadonlyMap<number, Task>) => [...rows.values()].map(({ state }) => state)
/** Warms at all peers but those, which fail so. */
const failingAt = (failures: Readonly<Record<string, Failure>>, change: Partial<PeerDriver> = {}): PeerDriver => {
  return driverOf(
    {},
    {
      warm: async (peer, blob, context) => {
        const failure = failures[peer.id]
        if (failure !== undefined) throw failure
        return warmed(peer, blob, context)
      },
      ...change,
    },
  )
}

test('run: a job is resolved, planned, warmed and settled', async () => {
  const { conducted, seen } = bench()
  await conducted
  assert.deepEqual(seen.changes, [
    { state: 'resolving' },
    {
      state: 'warming',
      pinned: image.digest,
      platforms: ['linux/amd64'],
      warnings: ['Mind the gap.'],
      progress: { ...noProgress, tasks: 6, bytesTotal: 600 },
    },
  ])
  assert.equal(seen.plan.length, 6)
  for (const { state, source, moved, proof, attempts } of seen.rows.values()) {
    assert.deepEqual(
      { state, source, moved, proof, attempts },
      { state: 'warm', source: 'origin', moved: { origin: 100 }, proof: 'digest', attempts: 1 },
    )
  }
  const progress = { ...noProgress, tasks: 6, warm: 6, bytesTotal: 600, bytesDone: 600, bytesFromOrigin: 600 }
  assert.deepEqual(seen.ends, [{ state: 'succeeded', problem: null, progress }])
})

test('run: a driver is told the image and how its peers tell tasks apart, and hears when the job is over', async () => {
  const contexts: WarmContext[] = []
  const over: number[] = []
  const driver = driverOf(
    {},
    {
      warm: (peer, blob, context) => {
        contexts.push(context)
        return warmed(peer, blob, context)
      },
      settled: (job) => over.push(job),
    },
  )
  const identity = { tag: 't', application: 'a', filteredQueryParams: ['sig'], pieceLength: 4_194_304 }
  await bench({ driver, request: imageRequest({}, identity) }).conducted
  assert.equal(contexts.length, 6)
  for (const context of contexts) {
    assert.deepEqual([context.job, context.image, context.identity], [7, image, identity])
  }
  assert.deepEqual(over, [7])
})

test('run: what fails for a time is tried again after a pause, and its row says how often', async () => {
  let tries = 0
  const driver = driverOf(
    {},
    {
      warm: async (peer, blob, context) => {
        if (peer.id === 'p1' && ++tries < 3) throw new Failure('peer.unreachable', 'Nobody is there.')
        return warmed(peer, blob, context)
      },
    },
  )
  const { conducted, seen, clock } = bench({ driver, blobs: [blobOf(1)] })
  await settled()
  assert.deepEqual(
    [...seen.rows.values()].map(({ state }) => state),
    ['waiting', 'waiting'],
  )
  for (let waited = 0; waited < 2000; waited += 100) await clock.wind(100)
  await conducted
  assert.deepEqual(
    [...seen.rows.values()].map(({ state, attempts }) => [state, attempts]),
    [
      ['warm', 3],
      ['warm', 1],
    ],
  )
})

test('run: of ten peers three fail in three ways; the job fails with three causes, and seven hold all and the name', async () => {
  const named: string[] = []
  const driver = failingAt(
    {
      p2: new Failure('peer.full', 'Peer 2 is full.'),
      p5: new Failure('peer.denied', 'Peer 5 refuses us.'),
      p9: new Failure('peer.misconfigured', 'Peer 9 speaks TLS.'),
    },
    { name: async ({ id }) => void named.push(id) },
  )
  const members = many(10, (n) => memberOf(peerOf(n)))
  const { conducted, seen } = bench({ driver, members, blobs: [blobOf(1)] })
  await conducted
  const [end] = seen.ends
  assert.equal(end?.state, 'failed')
  assert.equal(
    end.problem?.message,
    '3 of 10 tasks failed: 1 peer.full, 1 peer.denied and 1 peer.misconfigured; the first because: Peer 2 is full.',
  )
  const warm = [...seen.rows.values()].filter(({ state }) => state === 'warm').map(({ peer }) => peer.id)
  assert.deepEqual(warm, ['p0', 'p1', 'p3', 'p4', 'p6', 'p7', 'p8'])
  assert.deepEqual(named, warm)
})

test('run: where a part is enough, the job succeeds, and its warnings say what failed', async () => {
  const driver = failingAt({ p1: new Failure('peer.full', 'Peer 1 is full.') })
  const request = imageRequest({}, { successPercentage: 50 })
  const { conducted, seen } = bench({ driver, request })
  await conducted
  assert.equal(seen.ends[0]?.state, 'succeeded')
  assert.deepEqual(seen.changes.at(-1)?.warnings, [
    'Mind the gap.',
    '3 of 6 tasks failed, which a success_percentage of 50 allows.',
  ])
})

test('run: peers that are down are left out and named', async () => {
  const members = [memberOf(peerOf(1)), memberOf(peerOf(2), 'down', 'connection refused')]
  const { conducted, seen } = bench({ members })
  await conducted
  assert.equal(seen.plan.length, 3)
  assert.deepEqual(seen.changes.at(-1)?.warnings, [
    'Peer node-2 (10.0.0.2) was left out: connection refused',
    'Mind the gap.',
  ])
})

for (const [resumed, asked] of [
  ['believed', 2],
  ['asked', 3],
] as const) {
  test(`run: a job that goes on does again what was not warm, and what was warm is ${resumed}`, async () => {
    const asks: string[] = []
    const driver = driverOf(
      { resumed },
      {
        warm: (peer, blob, context) => {
          asks.push(blob.url)
          return warmed(peer, blob, context)
        },
      },
    )
    const before = tasksOf([peerOf(1)], blobs).map((task): Task =>
      task.ordinal === 0 ? { ...task, state: 'warm', bytes: 100, proof: 'digest' } : { ...task, state: 'failed' },
    )
    const claim = { lease: { job: 7, epoch: 2 } }
    const { conducted, seen } = bench({ driver, before, claim, members: [memberOf(peerOf(1))] })
    await conducted
    assert.equal(asks.length, asked)
    assert.equal(seen.ends[0]?.progress.warm, 3)
  })
}

test('run: a job that is retried does not succeed by leaving out the peer that failed', async () => {
  const before = tasksOf([peerOf(1), peerOf(2)], blobs).map((task): Task => ({
    ...task,
    state: task.peer.id === 'p1' ? 'warm' : 'failed',
  }))
  const members = [memberOf(peerOf(1)), memberOf(peerOf(2), 'down', 'gone')]
  const driver = failingAt({ p2: new Failure('peer.denied', 'Peer 2 refuses us.') })
  const { conducted, seen } = bench({ driver, before, members, claim: { lease: { job: 7, epoch: 2 } } })
  await conducted
  const [end] = seen.ends
  assert.deepEqual([end?.state, end?.progress.warm, end?.progress.failed], ['failed', 3, 3])
})

test('run: a cancelled job begins nothing more, and says which peers may still finish', async () => {
  const hangs: PeerDriver['warm'] = (_peer, _blob, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const driver = driverOf({ cancel: 'detaches' }, { warm: hangs })
  const request = imageRequest({}, { concurrentTasks: 1, concurrentPeers: 1 })
  const { conducted, seen, stop } = bench({ driver, request })
  await settled()
  stop.abort(new Failure('job.cancelled', 'The job was cancelled.'))
  await conducted
  const [end] = seen.ends
  assert.equal(end?.state, 'cancelled')
  assert.equal(end.problem?.message, 'The job was cancelled. Peer node-1 (10.0.0.1) may still finish what was begun.')
  assert.deepEqual(new Set(statesOf(seen.rows)), new Set(['cancelled']))
  assert.deepEqual(
    [...seen.rows.values()].map(({ attempts }) => attempts),
    [1, 0, 0, 0, 0, 0],
  )
})

test('run: where the lease is lost, nothing is settled, and the job is left to the other', async () => {
  const hangs: PeerDriver['warm'] = (_peer, _blob, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const { conducted, seen, clock } = bench({ driver: driverOf({}, { warm: hangs }) })
  await settled()
  seen.held = false
  const lost = assert.rejects(conducted, { code: 'self.stopping' })
  await clock.wind(200)
  await lost
  assert.deepEqual(seen.ends, [])
})

test('run: peers that stormed the origin are told of', async () => {
  const size = 8 * 1024 * 1024
  const driver = driverOf({ sharesPieces: true })
  const members = many(5, (n) => memberOf(peerOf(n)))
  const { conducted, seen } = bench({ driver, members, blobs: [blobOf(1, { size })] })
  await conducted
  assert.equal(seen.ends[0]?.state, 'succeeded')
  assert.match(
    seen.changes.at(-1)?.warnings?.at(-1) ?? '',
    /^Blob sha256:0+ came 5 times from its origin for cluster 1/,
  )
  assert.deepEqual(
    seen.events.filter(({ at }) => at === 'job.stampede'),
    [{ at: 'job.stampede', job: 7, cluster: 1, blob: 'sha256:000000000000', times: 5 }],
  )
})

test('run: a job that looks for one thing is conducted to its end as well', async () => {
  const { type: _type, url: _url, reference: _reference, platforms: _platforms, ...common } = imageRequest()
  const request: JobRequest = { ...common, type: 'get_task', taskId: null, url: blobOf(1).url }
  const { conducted, seen } = bench({ request, driver: driverOf({}, { probe: async () => 'present' }) })
  await conducted
  assert.deepEqual([seen.ends[0]?.state, seen.ends[0]?.progress.warm], ['succeeded', 2])
})

const hopeless: readonly { readonly name: string; readonly given: Given; readonly code: string }[] = [
  {
    name: 'whose credential was sealed with another key',
    given: { claim: { secrets: undefined } },
    code: 'self.sealed',
  },
  { name: 'that was begun too often', given: { claim: { begun: 41 } }, code: 'self.fault' },
  {
    name: 'of files for peers that take none',
    given: { request: fileRequest(['https://files.example/a']), driver: driverOf({ files: false }) },
    code: 'peer.unsupported',
  },
  { name: 'for an ip that no peer has', given: { request: imageRequest({ ips: ['192.0.2.1'] }) }, code: 'peer.none' },
]
for (const { name, given, code } of hopeless) {
  test(`run: a job ${name} fails with its reason`, async () => {
    const { conducted, seen } = bench(given)
    await conducted
    assert.deepEqual([seen.ends[0]?.state, seen.ends[0]?.problem?.code], ['failed', code])
    assert.equal(seen.plan.length, 0)
  })
}
