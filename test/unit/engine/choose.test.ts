// Which peers a request means.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, sharedOut } from '../../../src/engine/choose.ts'
import type { HealthState, Member, Peer, PeerChoice } from '../../../src/model/peer.ts'
import { parseReference } from '../../../src/model/reference.ts'
import { blobOf, clusterOf, crewOf, driverOf, fileRequest, imageRequest, many, memberOf, peerOf } from './samples.ts'

const seed = { seed: true, ordinary: false } as const
/** Seeds p1 to p3 and ordinary peers p4 to p9, of which p3 and p9 are down. */
const fleet: readonly Member[] = many(9, (at) => {
  const n = at + 1
  const state: HealthState = n === 3 || n === 9 ? 'down' : n === 8 ? 'unknown' : n === 7 ? 'degraded' : 'up'
  return memberOf(peerOf(n, n <= 3 ? seed : {}), state, state === 'down' ? 'no answer within 2 s' : '')
})
const sharing = driverOf({ sharesPieces: true })
const isolated = driverOf()

const chosen = (choice: Partial<PeerChoice>, driver = sharing, members = fleet) => {
  const { teams, warnings } = choose([crewOf(members, { driver })], imageRequest(choice))
  const [team] = teams
  return { ids: (team?.peers ?? []).map(({ id }) => id).toSorted(), oneEach: team?.oneEach, warnings }
}

const ordinaryUp = ['p4', 'p5', 'p6', 'p7', 'p8']
const matrix: readonly {
  readonly scope: PeerChoice['scope']
  readonly healthy: readonly string[]
  readonly down: string
  readonly downIp: string
  readonly ofAll: number
}[] = [
  { scope: 'single_seed_peer', healthy: ['p1', 'p2'], down: 'p3', downIp: '10.0.0.3', ofAll: 3 },
  { scope: 'all_seed_peers', healthy: ['p1', 'p2'], down: 'p3', downIp: '10.0.0.3', ofAll: 3 },
  { scope: 'single_peer', healthy: ordinaryUp, down: 'p9', downIp: '10.0.0.9', ofAll: 6 },
  { scope: 'all_peers', healthy: ordinaryUp, down: 'p9', downIp: '10.0.0.9', ofAll: 6 },
]
for (const { scope, healthy, down, downIp, ofAll } of matrix) {
  const isSingle = scope.startsWith('single')
  const leftOut = [`Peer node-${down.slice(1)} (${downIp}) was left out: no answer within 2 s`]

  test(`choose: ${scope} means its healthy peers, and names the others`, () => {
    assert.deepEqual(chosen({ scope }), { ids: healthy, oneEach: isSingle, warnings: leftOut })
  })

  test(`choose: ${scope} with count takes so many, and no more than there are`, () => {
    for (const count of [1, 2, 200]) {
      const { ids, warnings } = chosen({ scope, count })
      assert.equal(ids.length, Math.min(count, healthy.length))
      assert.ok(ids.every((id) => healthy.includes(id)))
      assert.deepEqual(warnings, leftOut)
    }
  })

  test(`choose: ${scope} with a percentage takes that share of all, never none, and others for those that are down`, () => {
    for (const percentage of [1, 34, 50, 100]) {
      const wanted = Math.ceil((ofAll * percentage) / 100)
      assert.equal(chosen({ scope, percentage }).ids.length, Math.min(healthy.length, wanted))
    }
  })

  test(`choose: ${scope} with ips takes those that are named, in whatever state they are`, () => {
    const ips = [downIp, healthy[0]?.replace('p', '10.0.0.') ?? '']
    const both = [healthy[0], down]
    for (const narrower of [{}, { count: 1 }, { percentage: 1 }, { count: 1, percentage: 1 }]) {
      assert.deepEqual(chosen({ scope, ips, ...narrower }), { ids: both, oneEach: isSingle, warnings: [] })
    }
  })

  test(`choose: ${scope} refuses ips by name that are of no peer it means`, () => {
    const stranger = scope.includes('seed') ? '10.0.0.4' : '10.0.0.1'
    assert.throws(() => chosen({ scope, ips: [downIp, stranger, '192.0.2.9'] }), {
      code: 'peer.none',
      message: `There is no peer for ${scope} with the ip ${stranger} and 192.0.2.9 in cluster 1 (cluster-1).`,
    })
  })
}

test('choose: count wins over percentage', () => {
  assert.equal(chosen({ count: 2, percentage: 100 }).ids.length, 2)
})

test('choose: where there is no seed peer, the peers stand in; where all seed peers are down, they do not', () => {
  const ordinary = fleet.slice(3)
  assert.deepEqual(chosen({ scope: 'all_seed_peers' }, sharing, ordinary).ids, ordinaryUp)
  const allDown = [memberOf(peerOf(1, seed), 'down', 'no route to host'), ...ordinary]
  assert.throws(() => chosen({ scope: 'single_seed_peer' }, sharing, allDown), {
    code: 'peer.none',
    message: 'All 1 peers of cluster 1 (cluster-1) are down (node-1 (10.0.0.1): no route to host).',
  })
})

test('choose: a peer that is both counts for both', () => {
  const both = [memberOf(peerOf(1, { seed: true, ordinary: true }))]
  for (const scope of ['single_seed_peer', 'all_seed_peers', 'single_peer', 'all_peers'] as const) {
    assert.deepEqual(chosen({ scope }, isolated, both).ids, ['p1'])
  }
})

test('choose: where no peer is up, some are named with what is the matter', () => {
  const down = many(5, (n) => memberOf(peerOf(n), 'down', n === 0 ? '' : 'connection refused'))
  assert.throws(() => chosen({}, isolated, down), {
    code: 'peer.none',
    message:
      'All 5 peers of cluster 1 (cluster-1) are down (node-0 (10.0.0.0): it is down, node-1 (10.0.0.1): connection refused, node-2 (10.0.0.2): connection refused and 2 more).',
  })
})

test('choose: a cluster without a peer of the scope is named', () => {
  assert.throws(() => chosen({ scope: 'all_peers' }, isolated, [memberOf(peerOf(1, seed))]), {
    code: 'peer.none',
    message: 'There is no peer for all_peers in cluster 1 (cluster-1).',
  })
})

test('choose: ips may be of one cluster only, and the others are left out then', () => {
  const far = crewOf([memberOf(peerOf(20, { clusterId: 2 }))], { cluster: clusterOf(2) })
  const { teams } = choose([crewOf(fleet), far], imageRequest({ ips: ['10.0.0.20'] }))
  assert.deepEqual(
    teams.map(({ cluster, peers }) => [cluster.id, peers.map(({ id }) => id)]),
    [[2, ['p20']]],
  )
})

test('choose: of many that are left out, a dozen are named', () => {
  const members = [memberOf(peerOf(0)), ...many(30, (n) => memberOf(peerOf(n + 1), 'down', 'gone'))]
  const { warnings } = chosen({}, isolated, members)
  assert.equal(warnings.length, 13)
  assert.equal(warnings[12], 'And 18 more peers were left out.')
})

test('choose: a job that was begun before keeps its peers, also those that are down, and takes no others', () => {
  const kept = [peerOf(5), peerOf(9)]
  for (const choice of [{}, { count: 1 }, { percentage: 100 }, { ips: ['10.0.0.5', '10.0.0.6'] }]) {
    const { teams, warnings } = choose([crewOf(fleet)], imageRequest(choice), kept)
    assert.deepEqual(
      teams.map(({ peers }) => peers.map(({ id }) => id)),
      [['p5', 'p9']],
    )
    assert.deepEqual(warnings, [])
  }
})

test('choose: where none of the peers that a job had is there any more, others are chosen', () => {
  const { teams, warnings } = choose([crewOf(fleet)], imageRequest({ count: 1 }), [peerOf(77)])
  assert.ok(warnings.includes('Peer node-77 (10.0.0.77) was left out: it is no longer in its cluster'))
  assert.equal(teams[0]?.peers.length, 1)
})

const idsOf = (peers: readonly Peer[]): readonly string[] => peers.map(({ id }) => id)
const wide = many(60, (n) => memberOf(peerOf(n, { location: n < 40 ? 'a' : n < 55 ? 'b' : 'c' })))
const firstOf = (members: readonly Member[], count: number): readonly Peer[] =>
  choose([crewOf(members)], imageRequest({ count })).teams[0]?.peers ?? []

test('choose: the same request gives the same peers, in whatever order they are known', () => {
  const ids = idsOf(firstOf(wide, 7))
  assert.deepEqual(idsOf(firstOf(wide, 7)), ids)
  assert.deepEqual(idsOf(firstOf(wide.toReversed(), 7)).toReversed(), ids)
})

test('choose: a count is spread over the locations as evenly as they allow', () => {
  const counts = (count: number) =>
    ['a', 'b', 'c'].map((location) => firstOf(wide, count).filter((peer) => peer.location === location).length)
  assert.deepEqual(counts(3), [1, 1, 1])
  assert.deepEqual(counts(15), [5, 5, 5])
  const [a = 0, b = 0, c] = counts(30)
  assert.ok(Math.abs(a - b) <= 1)
  assert.equal(c, 5)
  assert.deepEqual(counts(60), [40, 15, 5])
})

test('choose: losing a peer moves its share to one other, and nothing else', () => {
  for (const count of [1, 2, 7, 20, 44]) {
    const before = idsOf(firstOf(wide, count))
    for (const { peer } of wide) {
      const rest = wide.filter((other) => other.peer !== peer)
      const after = idsOf(firstOf(rest, count))
      const gone = before.filter((id) => !after.includes(id))
      assert.deepEqual(gone, before.includes(peer.id) ? [peer.id] : [])
    }
  }
})

test('choose: other images go to other peers', () => {
  const firsts = many(40, (n) => {
    const request = imageRequest({ count: 1 }, { reference: parseReference(`registry.example/app-${n}:1`) })
    return choose([crewOf(wide)], request).teams[0]?.peers[0]?.id
  })
  assert.ok(new Set(firsts).size > 15)
})

test('choose: of peers that feed each other, each blob has one of its own', () => {
  const [team] = choose([crewOf(wide, { driver: sharing })], imageRequest({ scope: 'single_peer' })).teams
  assert.ok(team)
  const peersFor = sharedOut(team)
  const each = many(200, (n) => peersFor(blobOf(n)))
  assert.ok(each.every(({ length }) => length === 1))
  assert.ok(new Set(each.flatMap(idsOf)).size > 40)
})

test('choose: of isolated caches, one has the whole image or list of files', () => {
  for (const request of [
    imageRequest({ scope: 'single_peer' }),
    fileRequest(['https://files.example/a', 'https://files.example/b'], { scope: 'single_peer' }),
  ]) {
    const [team] = choose([crewOf(wide, { driver: isolated })], request).teams
    assert.ok(team)
    assert.equal(team.peers.length, 1)
    const peersFor = sharedOut(team)
    assert.equal(new Set(many(50, (n) => peersFor(blobOf(n))).flatMap(idsOf)).size, 1)
  }
})
