// A get_task or delete_task from its claim to its end.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Errand } from '../../../src/engine/errand.ts'
import { Places } from '../../../src/engine/places.ts'
import type { RunPorts } from '../../../src/engine/run.ts'
import type { Event } from '../../../src/model/event.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { Job, TaskRequest } from '../../../src/model/job.ts'
import type { Blob } from '../../../src/model/blob.ts'
import type { Crew, PeerDriver, Presence } from '../../../src/model/driver.ts'
import type { JobChange, JobEnd } from '../../../src/model/ports.ts'
import type { Task } from '../../../src/model/task.ts'
import { queuedJob } from '../../support/requests.ts'
import {
  clusterOf,
  crewOf,
  digestOf,
  driverOf,
  fileRequest,
  HandClock,
  many,
  memberOf,
  never,
  peerOf,
  settled,
} from './samples.ts'

const hex = digestOf(7).slice(7)

function requestOf(type: TaskRequest['type'], change: Partial<TaskRequest> = {}): TaskRequest {
  const { urls: _, ...common } = fileRequest([])
  return { ...common, type, taskId: hex, url: null, ...change }
}

const jobOf = (request: TaskRequest, crews: readonly Crew[]): Job =>
  queuedJob(request, { clusterIds: crews.map(({ cluster }) => cluster.id) })

interface Given {
  readonly request?: TaskRequest
  readonly signal?: AbortSignal
  readonly clock?: HandClock
}

interface Done {
  readonly end: Promise<JobEnd>
  readonly changes: readonly JobChange[]
  readonly heard: readonly Event[]
  /** As they were last written. */
  readonly tasks: () => readonly Task[]
}

function run(crews: readonly Crew[], given: Given = {}): Done {
  const { request = requestOf('get_task'), signal = never, clock = new HandClock() } = given
  const changes: JobChange[] = []
  const heard: Event[] = []
  const written = new Map<number, Task>()
  const write = async (_lease: unknown, tasks: readonly Task[]): Promise<boolean> => {
    for (const task of tasks) written.set(task.ordinal, task)
    return true
  }
  const ports: RunPorts = {
    origins: { resolve: () => assert.fail('no origin is asked') },
    roster: {
      drivers: [],
      check: () => {},
      clusters: async () => crews.map(({ cluster }) => cluster),
      crewOf: async ({ id }) => crews.find(({ cluster }) => cluster.id === id) ?? assert.fail(`no cluster ${id}`),
      lookAt: () => assert.fail('no single peer is looked at here'),
      refresh: () => assert.fail('nothing is looked for anew'),
    },
    queue: {
      change: async (_lease, change) => changes.push(change) > 0,
      savePlan: write,
      saveTasks: write,
      settle: async () => true,
    },
    tasks: { tasks: async () => [] },
    places: new Places({ atOnce: 1, perOrigin: 1, perPeer: 1 }),
    clock,
    chance: () => 0,
    announce: (event) => void heard.push(event),
  }
  const errand = new Errand(
    ports,
    { lease: { job: 1, epoch: 1 }, begun: 1, job: jobOf(request, crews), secrets: {} },
    signal,
  )
  const end = errand
    .toTheEnd()
    .catch((error: unknown) => errand.endBy(error))
    .then(async (ended) => {
      await errand.flush()
      errand.letGo()
      return ended
    })
  return { end, changes, heard, tasks: () => [...written.values()] }
}

const probing = (probe: PeerDriver['probe']): PeerDriver => driverOf({}, { probe })
const peers = (count: number, driver: PeerDriver): Crew =>
  crewOf(
    many(count, (n) => memberOf(peerOf(n))),
    { driver },
  )

test('every peer is asked, and who holds it is warm; who does not is an answer too', async () => {
  const answers: readonly Presence[] = ['present', 'absent', 'partial']
  const driver = probing(async ({ id }) => answers[Number(id.slice(1))] ?? 'unknown')
  const { end, tasks } = run([peers(3, driver)])
  const { state, problem, progress } = await end
  assert.deepEqual([state, problem], ['succeeded', null])
  assert.deepEqual([progress.tasks, progress.warm, progress.failed, progress.hits], [3, 1, 2, 1])
  assert.deepEqual(
    tasks().map((task) => [task.state, task.source, task.proof, task.problem?.code ?? null]),
    [
      ['warm', 'local', 'peer-status', null],
      ['failed', null, null, 'peer.not-cached'],
      ['failed', null, null, 'peer.not-cached'],
    ],
  )
})

test('peers that give no clear answer fail the job, each with its cause', async () => {
  const driver = probing(async ({ id }) => {
    if (id === 'p0') return 'present'
    if (id === 'p1') return 'unknown'
    throw new Failure('peer.unreachable', 'Connection refused.')
  })
  const { end, tasks } = run([peers(3, driver)])
  const { state, problem } = await end
  assert.equal(state, 'failed')
  assert.match(problem?.message ?? '', /^2 of 3 peers gave no clear answer, the first because: Peer node-1/)
  assert.deepEqual(
    tasks().map((task) => task.problem?.code ?? null),
    [null, 'peer.unsupported', 'peer.unreachable'],
  )
})

test('the log hears of peers without a clear answer, and of faults of ours', async () => {
  const broken = new TypeError('undefined is not a function')
  const driver = probing(async ({ id }) => {
    if (id === 'p0') return 'absent'
    throw id === 'p1' ? broken : new Failure('peer.unreachable', 'Connection refused.')
  })
  const { end, heard } = run([peers(3, driver)])
  await end
  assert.deepEqual(
    heard.map((event) => [event.at, event.at === 'task.failed' ? event.problem.code : '']),
    [
      ['task.failed', 'self.fault'],
      ['fault', ''],
      ['task.failed', 'peer.unreachable'],
    ],
  )
  assert.ok(heard.some((event) => event.at === 'fault' && event.error === broken))
})

test('a peer that never answers is given up after half a minute', async () => {
  const clock = new HandClock()
  const driver = probing(async (_peer, _blob, { signal }) => {
    await once(signal, 'abort')
    throw signal.reason
  })
  const { end } = run([peers(1, driver)], { clock })
  await settled()
  await clock.wind(30_000)
  assert.equal((await end).problem?.code, 'peer.slow')
})

test('what is evicted is warm, and what was not there is no failure', async () => {
  const driver = driverOf({ evict: true, probe: 'none' }, { evict: async ({ id }) => id === 'p0' })
  const { end, tasks } = run([peers(2, driver)], { request: requestOf('delete_task') })
  assert.equal((await end).state, 'succeeded')
  assert.deepEqual(
    tasks().map((task) => [task.state, task.source, task.problem?.code ?? null]),
    [
      ['warm', null, null],
      ['failed', null, 'peer.not-cached'],
    ],
  )
})

for (const { type, can } of [
  { type: 'get_task', can: { probe: 'none' } },
  { type: 'get_task', can: { probe: 'hint' } },
  { type: 'delete_task', can: { evict: false } },
] as const) {
  test(`${type} passes over a cluster that can only ${JSON.stringify(can)}, says so, and fails where there is no other`, async () => {
    const other = crewOf([memberOf(peerOf(5, { clusterId: 2 }))], {
      cluster: clusterOf(2),
      driver: driverOf({ evict: true }, { probe: async () => 'present', evict: async () => true }),
    })
    const crew = peers(2, driverOf(can, { probe: () => assert.fail('it is not asked') }))
    const { end, changes, tasks } = run([crew, other], { request: requestOf(type) })
    assert.equal((await end).state, 'succeeded')
    assert.deepEqual(
      tasks().map(({ peer }) => peer.id),
      ['p5'],
    )
    assert.match(changes.flatMap(({ warnings = [] }) => warnings).join(), /cluster 1 \(cluster-1\)/)

    const alone = await run([crew], { request: requestOf(type) }).end
    assert.deepEqual([alone.state, alone.problem?.code], ['failed', 'peer.unsupported'])
  })
}

test('peers are asked by the address as it is shown, so that no sentence of theirs can tell a signature', async () => {
  const asked: Blob[] = []
  const driver = probing(async (_peer, blob) => {
    asked.push(blob)
    return 'present'
  })
  const url = 'https://files.example/a?signature=***'
  const { end, tasks } = run([peers(1, driver)], { request: requestOf('get_task', { taskId: null, url }) })
  await end
  assert.deepEqual([asked[0]?.url, tasks()[0]?.blob.url], [url, url])
})

test('no more peers are asked at the same time than the request wants', async () => {
  let running = 0
  let most = 0
  const driver = probing(async () => {
    most = Math.max(most, ++running)
    await settled()
    running--
    return 'present'
  })
  await run([peers(20, driver)], { request: requestOf('get_task', { concurrentPeers: 3 }) }).end
  assert.equal(most, 3)
})

test('a cancelled job asks nobody any more, and what is open takes its reason', async () => {
  const controller = new AbortController()
  const driver = probing(async ({ id }, _blob, { signal }) => {
    if (id === 'p0') return 'present'
    if (id === 'p1') controller.abort(new Failure('job.cancelled', 'Somebody cancelled it.'))
    throw signal.reason
  })
  const request = requestOf('get_task', { concurrentPeers: 1 })
  const { end, tasks } = run([peers(4, driver)], { request, signal: controller.signal })
  assert.deepEqual([(await end).state, (await end).problem?.code], ['cancelled', 'job.cancelled'])
  assert.deepEqual(
    tasks().map(({ state }) => state),
    ['warm', 'cancelled', 'cancelled', 'cancelled'],
  )
})

test('a job whose clusters are gone, or have no peers, says so', async () => {
  assert.equal((await run([]).end).problem?.code, 'peer.none')
  assert.equal((await run([peers(0, driverOf())]).end).problem?.code, 'peer.none')
})
