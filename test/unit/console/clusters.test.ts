import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterPeer } from '../../../src/console/api/types.ts'
import {
  asHealthState,
  countsOf,
  troubledFirst,
  troubleOf,
  wanted,
  type HealthState,
} from '../../../src/console/pages/clusters/health.ts'
import { holdersOf } from '../../../src/console/pages/clusters/holders.ts'

const peer = (hostname: string, state: HealthState, detail = '', ip = ''): ClusterPeer => ({
  id: `http-proxy-2@${hostname}`,
  cluster_id: 2,
  hostname,
  ip,
  address: `${hostname}:3128`,
  location: 'hall-3',
  seed: false,
  ordinary: true,
  health: { state, detail, version: 'squid/6', disk_free: null, held: null, checked_at: null },
})

const peers = [
  peer('node-10', 'up'),
  peer('node-2', 'up', '', '192.0.2.2'),
  peer('node-3', 'degraded', 'the disk is full'),
  peer('node-7', 'unknown'),
  peer('node-4', 'down', 'connection refused'),
]

test('Peers are counted by their health, and states that none is in are left out', () => {
  assert.deepEqual(countsOf(peers), [
    ['down', 1],
    ['degraded', 1],
    ['unknown', 1],
    ['up', 2],
  ])
  assert.deepEqual(countsOf(peers.slice(0, 2)), [['up', 2]])
})

test('Troubled peers come first, and the others by name as people count', () => {
  const names = troubledFirst(peers).map(({ hostname }) => hostname)
  assert.deepEqual(names, ['node-4', 'node-3', 'node-7', 'node-2', 'node-10'])
})

for (const [text, state, names] of [
  ['', undefined, ['node-10', 'node-2', 'node-3', 'node-7', 'node-4']],
  [' NODE-1', undefined, ['node-10']],
  ['192.0.2', undefined, ['node-2']],
  ['disk', undefined, ['node-3']],
  ['hall', 'up', ['node-10', 'node-2']],
  ['node-2', 'down', []],
] as const) {
  test(`Peers with "${text}" in ${state ?? 'any'} health are ${names.join(', ') || 'none'}`, () => {
    assert.deepEqual(
      wanted(peers, { text, state }).map(({ hostname }) => hostname),
      names,
    )
  })
}

test('The trouble of a cluster is told of one peer, and the others are counted', () => {
  assert.equal(troubleOf(peers), 'node-4 is down: connection refused. And 1 more.')
  assert.equal(troubleOf([peer('a', 'degraded')]), 'a is degraded.')
  assert.equal(troubleOf([peer('a', 'down', 'It said no.')]), 'a is down: It said no.')
  assert.equal(troubleOf(peers.slice(0, 2)), '')
})

test('A health state in an address is one that there is', () => {
  assert.equal(asHealthState('down'), 'down')
  assert.equal(asHealthState('constructor'), undefined)
  assert.equal(asHealthState(null), undefined)
})

test('Holders of an image come with what they miss, the most incomplete first', () => {
  const layer = (name: string) => ({ url: `https://registry.example.com/v2/app/blobs/sha256:${name}` })
  const holder = (hostname: string, names: readonly string[]) => ({
    hostname,
    ip: '',
    cached_layers: names.map(layer),
    scheduler_cluster_id: 1,
  })
  const image = { layers: ['a', 'b', 'c', 'a'].map(layer) }
  assert.deepEqual(holdersOf({ image, peers: [holder('one', ['a', 'b', 'c']), holder('two', ['b'])], warnings: [] }), {
    layers: 3,
    peers: [
      { hostname: 'two', ip: '', held: 1, missing: ['sha256:a', 'sha256:c'] },
      { hostname: 'one', ip: '', held: 3, missing: [] },
    ],
  })
})
