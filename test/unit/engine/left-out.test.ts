// Why a plan leaves a peer out.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leftOutOf } from '../../../src/engine/left-out.ts'
import type { Member, PeerChoice } from '../../../src/model/peer.ts'
import { crewOf, imageRequest, memberOf, peerOf } from './samples.ts'

const seed = memberOf(peerOf(1, { seed: true, ordinary: false }))
const node = memberOf(peerOf(2))

const rows: readonly { readonly member: Member; readonly peers: Partial<PeerChoice>; readonly why: RegExp }[] = [
  { member: node, peers: { scope: 'all_seed_peers' }, why: /no seed peer, and all_seed_peers means those/ },
  { member: seed, peers: { scope: 'all_peers' }, why: /a seed peer only, and all_peers means the others/ },
  { member: node, peers: { ips: ['10.0.0.9'] }, why: /not among those that are named/ },
  { member: memberOf(peerOf(2), 'down', 'no route'), peers: {}, why: /^It is down: no route\.$/ },
  { member: memberOf(peerOf(2), 'down'), peers: {}, why: /^It is down\.$/ },
  { member: node, peers: { scope: 'single_peer' }, why: /single_peer means one peer each/ },
  { member: node, peers: { count: 3 }, why: /3 are enough/ },
  { member: node, peers: { percentage: 10 }, why: /10 of a hundred are enough/ },
]
for (const { member, peers, why } of rows) {
  const whose = `${member.peer.seed ? 'a seed peer' : 'a peer'} that is ${member.health.state}`
  test(`${whose} is left out of ${JSON.stringify(peers)}`, () => {
    const crew = crewOf([memberOf(peerOf(9, { seed: true })), member])
    const [one] = leftOutOf([crew], new Set(['p9']), imageRequest(peers))
    assert.equal(one?.peer, member.peer)
    assert.match(one?.why ?? '', why)
  })
}

test('where a cluster has no seed peers, its peers stand in for them', () => {
  const [one] = leftOutOf([crewOf([node])], new Set(), imageRequest({ scope: 'all_seed_peers', count: 1 }))
  assert.match(one?.why ?? '', /1 are enough/)
})

test('whoever has a task is not left out', () => {
  assert.deepEqual(leftOutOf([crewOf([node])], new Set(['p2']), imageRequest()), [])
})
