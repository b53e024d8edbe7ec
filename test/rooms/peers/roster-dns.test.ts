// Peers that DNS knows, asked for at a real name server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watchedPeer } from '../../support/watched-peers.ts'
import { dnsServer, type Zone } from '../../support/dns.ts'
import { addressesOf, clusterOf, discoverEveryMs, rosterBench } from './roster-bench.ts'

const { signal } = new AbortController()

test('roster: every address of a name and every target of a service is a peer, once', async (t) => {
  const zones = new Map<string, Zone>([
    ['peers.test', { a: ['127.0.0.1', '127.0.0.2'], aaaa: ['::1'] }],
    ['old.test', { a: ['127.0.0.3'], aaaa: 'error' }],
    [
      '_peer._tcp.test',
      {
        srv: [
          { name: 'a.test', port: 1 },
          { name: '127.0.0.1', port: 1 },
        ],
      },
    ],
    ['a.test', { a: ['127.0.0.9'] }],
  ])
  const { server } = await dnsServer(t, zones)
  const { roster } = rosterBench(t, { servers: [server] })
  const settings = { dns: ['peers.test:1', 'old.test:1'], srv: ['_peer._tcp.test'], seeds: true }
  const { members } = await roster.crewOf(clusterOf(settings), signal)
  assert.deepEqual(
    members.map(({ peer: { address, hostname, ip, seed, ordinary } }) => [address, hostname, ip, seed, ordinary]),
    [
      ['127.0.0.1:1', '127.0.0.1', '127.0.0.1', true, false],
      ['127.0.0.2:1', '127.0.0.2', '127.0.0.2', true, false],
      ['127.0.0.3:1', '127.0.0.3', '127.0.0.3', true, false],
      ['[::1]:1', '::1', '::1', true, false],
      ['a.test:1', 'a.test', '127.0.0.9', true, false],
    ],
  )
})

test('roster: peers come and go with the answers of DNS, and stay while it knows nothing', async (t) => {
  const peer = await watchedPeer(t)
  const port = peer.address.split(':')[1] ?? ''
  const zones = new Map<string, Zone>([['peers.test', { a: ['127.0.0.1'] }]])
  const { server, seen } = await dnsServer(t, zones)
  const { roster, clock, troubles } = rosterBench(t, { servers: [server] })
  const cluster = clusterOf({ dns: [`peers.test:${port}`] })
  const now = async () => addressesOf(await roster.crewOf(cluster, signal))
  assert.deepEqual(await now(), [peer.address])
  await clock.asleep(1)
  const { asked } = seen
  assert.deepEqual(await now(), [peer.address])
  assert.equal(seen.asked, asked, 'who asks later is no reason to ask DNS')
  zones.set('peers.test', { a: ['127.0.0.1', '127.0.0.2'] })
  await clock.tick(discoverEveryMs)
  assert.deepEqual(await now(), [peer.address, `127.0.0.2:${port}`])
  zones.delete('peers.test')
  await clock.tick(discoverEveryMs)
  assert.deepEqual(await now(), [peer.address, `127.0.0.2:${port}`])
  assert.deepEqual(troubles, [
    'The peers of cluster edge could not be had from the DNS name peers.test: ENOTFOUND. Those found before stay.',
  ])
})
