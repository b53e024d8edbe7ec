// Who a cluster's settings say that its peers are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf, parseMembership } from '../../../src/peers/members.ts'

const nobody = { listed: [], dns: [], srv: [], seeds: false }

test('members: what is not about peers is left for the driver', () => {
  const own = { schedulers: ['s:8002'], task_id: 'auto' }
  assert.deepEqual(parseMembership(own), { membership: nobody, rest: own })
  assert.deepEqual(parseMembership({ peers: null, dns: [], seeds: false }), { membership: nobody, rest: {} })
})

test('members: a listed peer is what is said of it, and its host otherwise', () => {
  const { membership } = parseMembership({
    peers: [
      { address: 'Node-1.example.com:4000' },
      { address: '10.0.0.7:4000', hostname: 'node-2', seed: true, location: 'eu|rack-7' },
      { address: '[2001:DB8:0:0::7]:65535', ip: '10.0.0.8' },
    ],
  })
  const plain = { seed: false, location: '' }
  assert.deepEqual(membership.listed, [
    { ...plain, address: 'node-1.example.com:4000', hostname: 'node-1.example.com', ip: '' },
    { address: '10.0.0.7:4000', hostname: 'node-2', ip: '10.0.0.7', seed: true, location: 'eu|rack-7' },
    { ...plain, address: '[2001:db8::7]:65535', hostname: '2001:db8::7', ip: '10.0.0.8' },
  ])
})

test('members: names for DNS may be one or a list', () => {
  const { membership } = parseMembership({
    dns: 'Peers.example.com.:4000',
    srv: ['_grpc._tcp.dragonfly-seed-client.dragonfly.svc.cluster.local', 'web.service.consul'],
    seeds: true,
  })
  assert.deepEqual(membership, {
    listed: [],
    dns: [{ host: 'peers.example.com', port: 4000 }],
    srv: ['_grpc._tcp.dragonfly-seed-client.dragonfly.svc.cluster.local', 'web.service.consul'],
    seeds: true,
  })
})

for (const [settings, sentence] of [
  [{ peers: '10.0.0.7:4000' }, 'settings.peers is "10.0.0.7:4000"; expected a list of mappings'],
  [{ peers: ['10.0.0.7:4000'] }, 'settings.peers[0] is no mapping; expected one'],
  [{ peers: [{ hostname: 'a' }] }, 'settings.peers[0].address is missing; expected host:port'],
  [{ peers: [{ address: '10.0.0.7' }] }, 'settings.peers[0].address is "10.0.0.7"; expected host:port'],
  [{ peers: [{ address: '2001:db8::7:4000' }] }, 'settings.peers[0].address is "2001:db8::7:4000"; expected host:port'],
  [{ peers: [{ address: '[:::]:4000' }] }, 'settings.peers[0].address is "[:::]:4000"; expected host:port'],
  [{ peers: [{ address: 'http://a:1' }] }, 'settings.peers[0].address is "http://a:1"; expected host:port'],
  [{ peers: [{ address: 'a:1', ip: 'b' }] }, 'settings.peers[0].ip is "b"; expected an IP address'],
  [{ peers: [{ address: 'a:1', seed: 1 }] }, 'settings.peers[0].seed is 1; expected true or false'],
  [
    { peers: [{ address: 'a:1', tls: true }] },
    'settings.peers[0].tls is not a setting here; expected one of address, seed, ip, hostname, location',
  ],
  [{ dns: ['a:1', 'peers.example.com'] }, 'settings.dns[1] is "peers.example.com"; expected host:port'],
  [{ dns: [7] }, 'settings.dns is [7]; expected a list of texts'],
  [{ srv: ['a b'] }, 'settings.srv[0] is "a b"; expected a name such as _peer._tcp.example.com'],
  [{ seeds: 'yes' }, 'settings.seeds is "yes"; expected true or false'],
  [{ tls: { client_key: 'hunter22' } }, 'settings.tls is taken only from the settings file'],
] as const) {
  test(`members: ${JSON.stringify(settings)} is refused in a sentence`, () => {
    assert.throws(() => parseMembership(settings), new RangeError(sentence))
  })
}

for (const [text, address] of [
  ['A.Example.com:80', 'a.example.com:80'],
  ['[0:0:0:0:0:0:0:1]:80', '[::1]:80'],
  ['127.0.0.1:080', '127.0.0.1:80'],
  ['127.0.0.1:0', undefined],
  ['127.0.0.1', undefined],
  ['', undefined],
] as const) {
  test(`members: the one spelling of ${JSON.stringify(text)} is ${address}`, () =>
    assert.equal(addressOf(text), address))
}
