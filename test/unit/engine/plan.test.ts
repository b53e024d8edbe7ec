import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupTeams, peersKept, planTasks, resumeTasks } from '../../../src/engine/plan.ts'
import type { PreheatRequest } from '../../../src/model/job.ts'
import {
  blobOf,
  clusterOf,
  digestOf,
  driverOf,
  fileRequest,
  imageRequest,
  many,
  peerOf,
  tasksOf,
  teamOf,
} from './samples.ts'

const image = imageRequest()
const groupings: readonly {
  readonly name: string
  readonly clusters: readonly (readonly string[])[]
  readonly request: PreheatRequest
  readonly groups: readonly (readonly [wish: readonly string[], clusters: readonly number[]])[]
}[] = [
  { name: 'no cluster makes no group', clusters: [], request: image, groups: [] },
  { name: 'clusters that say nothing are one group', clusters: [[], []], request: image, groups: [[[], [1, 2]]] },
  {
    name: 'clusters that run the same are one group, in whatever order they say it',
    clusters: [['a/b', 'c/d'], ['a/b'], ['c/d', 'a/b'], [], ['a/b']],
    request: image,
    groups: [
      [
        ['a/b', 'c/d'],
        [1, 3],
      ],
      [['a/b'], [2, 5]],
      [[], [4]],
    ],
  },
  {
    name: "the request's platforms win over those of the clusters",
    clusters: [['a/b'], ['c/d']],
    request: { ...image, platforms: ['e/f'] },
    groups: [[[], [1, 2]]],
  },
  {
    name: 'files are for any platform',
    clusters: [['a/b'], ['c/d']],
    request: fileRequest([]),
    groups: [[[], [1, 2]]],
  },
]
for (const { name, clusters, request, groups } of groupings) {
  test(`plan: ${name}`, () => {
    const teams = clusters.map((platforms, n) =>
      teamOf([peerOf(n)], { cluster: clusterOf(n + 1, { platforms: [...platforms] }) }),
    )
    assert.deepEqual(
      groupTeams(teams, request).map((group) => [group.wish, group.teams.map(({ cluster }) => cluster.id)]),
      groups,
    )
  })
}

test('plan: files are refused where the peers of a cluster take none, and images are not', () => {
  const teams = [
    teamOf([peerOf(1)]),
    teamOf([peerOf(2)], { cluster: clusterOf(2), driver: driverOf({ files: false }) }),
  ]
  assert.throws(() => groupTeams(teams, fileRequest(['https://files.example/a'])), {
    code: 'peer.unsupported',
    message: 'The peers of cluster 2 (cluster-2) are of the kind test, which takes no files.',
  })
  assert.equal(groupTeams(teams, image).length, 1)
})

const artifactOf = (...blobs: readonly number[]) => ({
  image: null,
  platforms: [],
  blobs: blobs.map((n) => blobOf(n)),
  warnings: [],
})
const shown = (tasks: ReturnType<typeof planTasks>) =>
  tasks.map((task) => `${Number.parseInt(task.blob.digest?.slice(7) ?? '', 16)} ${task.peer.id}`)

test('plan: tasks are blobs times peers, in order', () => {
  const tasks = tasksOf([peerOf(1), peerOf(2)], [blobOf(10), blobOf(11)])
  assert.deepEqual(shown(tasks), ['10 p1', '10 p2', '11 p1', '11 p2'])
  for (const [place, task] of tasks.entries()) {
    assert.deepEqual([task.ordinal, task.state, task.moved], [place, 'waiting', {}])
  }
})

test('plan: of several parts each peer gets its own, and what they share stays together', () => {
  const tasks = planTasks([
    { artifact: artifactOf(1, 2, 3), teams: [teamOf([peerOf(1)])] },
    { artifact: artifactOf(1, 4, 3), teams: [teamOf([peerOf(2)]), teamOf([peerOf(3)])] },
    { artifact: artifactOf(3), teams: [teamOf([peerOf(4)])] },
  ])
  assert.deepEqual(shown(tasks), ['1 p1', '1 p2', '1 p3', '2 p1', '3 p1', '3 p2', '3 p3', '3 p4', '4 p2', '4 p3'])
  assert.deepEqual(
    tasks.map(({ ordinal }) => ordinal),
    tasks.map((_, place) => place),
  )
})

test('plan: manifests and indexes are tasks only of peers that hold such', () => {
  const blobs = [
    blobOf(1, { kind: 'index' }),
    blobOf(2, { kind: 'manifest' }),
    blobOf(3, { kind: 'config' }),
    blobOf(4),
  ]
  const teams = [teamOf([peerOf(1)]), teamOf([peerOf(2)], { driver: driverOf({ documents: false }) })]
  const tasks = planTasks([{ artifact: { ...artifactOf(), blobs }, teams }])
  assert.deepEqual(shown(tasks), ['1 p1', '2 p1', '3 p1', '3 p2', '4 p1', '4 p2'])
})

test('plan: where a blob goes to one peer of a team, there is one task for it, and the others have their share', () => {
  const team = teamOf(
    many(5, (n) => peerOf(n)),
    { oneEach: true },
  )
  const tasks = planTasks([{ artifact: artifactOf(...many(60, (n) => n)), teams: [team] }])
  assert.equal(tasks.length, 60)
  assert.equal(new Set(tasks.map(({ peer }) => peer.id)).size, 5)
})

test('plan: a plan that was not written to its end says nothing about the peers', () => {
  const before = tasksOf([peerOf(1), peerOf(2)], [blobOf(1)])
  assert.deepEqual(peersKept(before, 2), [peerOf(1), peerOf(2)])
  assert.deepEqual(peersKept(before, 3), [])
})

test('plan: a resumed job believes what was warm, but not at peers that are asked again', () => {
  const plan = tasksOf([peerOf(1), peerOf(2), peerOf(3)], [blobOf(1)])
  const before = plan.map((task) => ({
    ...task,
    ordinal: task.ordinal + 9,
    state: task.peer.id === 'p3' ? ('failed' as const) : ('warm' as const),
    digest: digestOf(1),
    bytes: 100,
  }))
  const resumed = resumeTasks(plan, before, ({ id }) => id === 'p2')
  assert.deepEqual(
    resumed.map(({ ordinal, state, bytes }) => [ordinal, state, bytes]),
    [
      [0, 'warm', 100],
      [1, 'waiting', 0],
      [2, 'waiting', 0],
    ],
  )
})
