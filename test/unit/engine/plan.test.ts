import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseAll, choosePeers, groupPeers, planTasks, resumeTasks, type Member } from '../../../src/engine/plan.ts'
import type { Blob } from '../../../src/model/blob.ts'
import { parseDigest, type Digest } from '../../../src/model/digest.ts'
import type { JobRequest } from '../../../src/model/job.ts'
import type { Cluster, Peer, PeerChoice } from '../../../src/model/peer.ts'
import { fileRequest, imageRequest } from '../../support/origins.ts'

const peer = (id: string, kind: 'seed' | 'ordinary' | 'both'): Peer => ({
  id,
  clusterId: 1,
  hostname: id,
  ip: `10.0.0.${id.slice(1)}`,
  seed: kind !== 'ordinary',
  ordinary: kind !== 'seed',
})
const digest = (letter: string): Digest => {
  const parsed = parseDigest(`sha256:${letter.repeat(64)}`)
  assert.ok(parsed)
  return parsed
}
const blob = (letter: string): Blob => ({
  kind: 'layer',
  digest: digest(letter),
  size: 10,
  mediaType: 'application/octet-stream',
  url: `https://registry.example.com/v2/a/blobs/sha256:${letter.repeat(64)}`,
})
const choice = (change: Partial<PeerChoice>): PeerChoice => ({
  scope: 'all_peers',
  ips: null,
  count: null,
  percentage: null,
  ...change,
})

const mixed = [peer('p3', 'ordinary'), peer('p1', 'seed'), peer('p4', 'ordinary'), peer('p2', 'seed')]
const rows: readonly {
  readonly name: string
  readonly peers: readonly Peer[]
  readonly choice: PeerChoice
  readonly ids: readonly string[]
}[] = [
  {
    name: 'single_seed_peer takes one seed peer',
    peers: mixed,
    choice: choice({ scope: 'single_seed_peer' }),
    ids: ['p1'],
  },
  {
    name: 'all_seed_peers takes them all',
    peers: mixed,
    choice: choice({ scope: 'all_seed_peers' }),
    ids: ['p1', 'p2'],
  },
  { name: 'all_peers leaves the seed peers out', peers: mixed, choice: choice({}), ids: ['p3', 'p4'] },
  { name: 'single_peer takes one of them', peers: mixed, choice: choice({ scope: 'single_peer' }), ids: ['p3'] },
  {
    name: 'peers stand in where there is no seed peer',
    peers: [peer('p5', 'ordinary')],
    choice: choice({ scope: 'all_seed_peers' }),
    ids: ['p5'],
  },
  { name: 'a peer that is both counts for both', peers: [peer('p6', 'both')], choice: choice({}), ids: ['p6'] },
  { name: 'ips win over count', peers: mixed, choice: choice({ ips: ['10.0.0.4'], count: 2 }), ids: ['p4'] },
  { name: 'count wins over percentage', peers: mixed, choice: choice({ count: 1, percentage: 100 }), ids: ['p3'] },
  { name: 'a percentage never rounds down to none', peers: mixed, choice: choice({ percentage: 1 }), ids: ['p3'] },
  { name: 'an unknown ip chooses nobody', peers: mixed, choice: choice({ ips: ['10.0.0.99'] }), ids: [] },
]
for (const row of rows) {
  test(`plan: ${row.name}`, () => {
    assert.deepEqual(
      choosePeers(row.peers, row.choice).map(({ id }) => id),
      row.ids,
    )
  })
}

const edge: Cluster = {
  id: 4,
  name: 'edge',
  driver: 'local',
  bio: '',
  isDefault: false,
  platforms: [],
  kept: { scopes: {}, scheduler: {}, seedPeer: {}, peer: {} },
  createdAtMs: 0,
  updatedAtMs: 0,
}

test('plan: a cluster without a fitting peer is named', () => {
  assert.throws(() => chooseAll([{ cluster: edge, peers: [] }], choice({ ips: ['10.0.0.9'] })), {
    code: 'peer.none',
    message: 'Cluster 4 (edge) has no peer for all_peers with the ip 10.0.0.9.',
  })
})

const image = imageRequest('registry.example.com/a')
const members = (wishes: readonly (readonly string[])[]): readonly Member[] =>
  wishes.map((platforms, n) => ({
    cluster: { ...edge, id: n + 1, platforms },
    peers: [peer(`p${n + 1}`, 'both')],
  }))
const groupings: readonly {
  readonly name: string
  readonly clusters: readonly (readonly string[])[]
  readonly request: JobRequest
  readonly groups: readonly (readonly [wish: readonly string[], ids: readonly string[]])[]
}[] = [
  { name: 'no cluster makes no group', clusters: [], request: image, groups: [] },
  {
    name: 'clusters that say nothing are one group',
    clusters: [[], []],
    request: image,
    groups: [[[], ['p1', 'p2']]],
  },
  {
    name: 'clusters that run the same are one group, in whatever order they say it',
    clusters: [['a/b', 'c/d'], ['a/b'], ['c/d', 'a/b'], [], ['a/b']],
    request: image,
    groups: [
      [
        ['a/b', 'c/d'],
        ['p1', 'p3'],
      ],
      [['a/b'], ['p2', 'p5']],
      [[], ['p4']],
    ],
  },
  {
    name: "the request's platforms win over those of the clusters",
    clusters: [['a/b'], ['c/d']],
    request: { ...image, platforms: ['e/f'] },
    groups: [[[], ['p1', 'p2']]],
  },
  {
    name: 'files are for any platform',
    clusters: [['a/b'], ['c/d']],
    request: fileRequest([]),
    groups: [[[], ['p1', 'p2']]],
  },
]
for (const { name, clusters, request, groups } of groupings) {
  test(`plan: ${name}`, () => {
    assert.deepEqual(
      groupPeers(members(clusters), request).map(({ wish, peers }) => [wish, peers.map(({ id }) => id)]),
      groups,
    )
  })
}

const part = (letters: readonly string[], ...ids: readonly string[]) => ({
  artifact: { image: null, platforms: [], blobs: letters.map(blob), warnings: [] },
  peers: ids.map((id) => peer(id, 'both')),
})

test('plan: tasks are blobs times peers, in order', () => {
  const tasks = planTasks([part(['a', 'b'], 'p1', 'p2')])
  assert.deepEqual(
    tasks.map((task) => [task.ordinal, task.blob.digest?.slice(7, 8), task.peer.id, task.state]),
    [
      [0, 'a', 'p1', 'waiting'],
      [1, 'a', 'p2', 'waiting'],
      [2, 'b', 'p1', 'waiting'],
      [3, 'b', 'p2', 'waiting'],
    ],
  )
})

test('plan: of several parts each peer gets its own, and what they share stays together', () => {
  const tasks = planTasks([part(['a', 'b', 'c'], 'p1'), part(['a', 'd', 'c'], 'p2', 'p3'), part(['c'], 'p4')])
  const shown = tasks.map((task) => `${task.blob.digest?.slice(7, 8)} ${task.peer.id}`)
  assert.deepEqual(shown, ['a p1', 'a p2', 'a p3', 'b p1', 'c p1', 'c p2', 'c p3', 'c p4', 'd p2', 'd p3'])
  assert.deepEqual(
    tasks.map(({ ordinal }) => ordinal),
    tasks.map((_, place) => place),
  )
})

test('plan: a resumed job believes what was warm, and asks again where asking is exact', () => {
  const plan = planTasks([part(['a'], 'p1', 'p2')])
  const before = plan.map((task) => ({ ...task, ordinal: 9, state: 'warm' as const, bytes: 10 }))
  const resumed = resumeTasks(plan, before, ({ id }) => id === 'p2')
  assert.deepEqual(
    resumed.map((task) => [task.ordinal, task.state]),
    [
      [0, 'warm'],
      [1, 'waiting'],
    ],
  )
})
