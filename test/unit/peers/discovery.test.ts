// Who the peers of a cluster are, when its sources agree, fail, and say too much.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../src/model/failure.ts'
import type { Discovered } from '../../../src/model/driver.ts'
import { Discovery } from '../../../src/peers/discovery.ts'
import { parseMembership } from '../../../src/peers/members.ts'
import type { NameService } from '../../../src/peers/names.ts'
import { AskingDriver } from '../../support/watched-peers.ts'

const { signal } = new AbortController()
const notFound = () => Promise.reject(Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' }))
const nowhere: NameService = { resolve4: notFound, resolve6: notFound, resolveSrv: notFound, lookup: notFound }

const found = (address: string, change: Partial<Discovered> = {}): Discovered => ({
  address,
  hostname: 'by-driver',
  ip: '10.1.1.1',
  seed: false,
  location: 'idc',
  ...change,
})

interface Setting {
  readonly settings?: Readonly<Record<string, unknown>>
  readonly names?: Partial<NameService>
  readonly discover?: () => Promise<readonly Discovered[]>
  readonly withinMs?: number
}

function discovery({ settings = {}, names = {}, discover, withinMs = 60_000 }: Setting): Discovery {
  const { membership } = parseMembership(settings)
  return new Discovery('edge', {
    membership,
    driver: new AskingDriver({}, discover),
    names: { ...nowhere, ...names },
    withinMs,
  })
}

const addresses = (peers: readonly Discovered[]) => peers.map(({ address }) => address)

test('discovery: the same address from several sources is one peer, as the first that names it says', async () => {
  const { peers, troubles } = await discovery({
    settings: {
      peers: [{ address: '10.0.0.2:4000', hostname: 'by-list' }],
      dns: ['peers.test:4000'],
      srv: ['_p._tcp.test'],
      seeds: true,
    },
    discover: async () => [found('10.0.0.2:04000'), found('10.0.0.1:4000'), found('nonsense')],
    names: {
      resolve4: async () => ['10.0.0.1', '10.0.0.3'],
      resolveSrv: async () => [{ name: '10.0.0.3', port: 4000 }],
    },
  }).find(signal)
  assert.deepEqual(troubles, [])
  assert.deepEqual(peers, [
    found('10.0.0.1:4000'),
    { address: '10.0.0.2:4000', hostname: 'by-list', ip: '10.0.0.2', seed: false, location: '' },
    { address: '10.0.0.3:4000', hostname: '10.0.0.3', ip: '10.0.0.3', seed: true, location: '' },
  ])
})

test('discovery: a source that fails later keeps what it said, and one that never succeeded is refused', async () => {
  let addressesNow: readonly string[] | undefined
  const resolve4 = async () => addressesNow ?? notFound()
  const looking = discovery({
    settings: { dns: ['peers.test:4000'], peers: [{ address: '10.0.0.9:1' }] },
    names: { resolve4 },
  })
  await assert.rejects(looking.find(signal), {
    name: 'Failure',
    code: 'peer.unreachable',
    message: 'The peers of cluster edge could not be had from the DNS name peers.test: ENOTFOUND.',
  })
  addressesNow = ['10.0.0.1', '10.0.0.2']
  const all = ['10.0.0.1:4000', '10.0.0.2:4000', '10.0.0.9:1']
  assert.deepEqual(addresses((await looking.find(signal)).peers), all)
  addressesNow = undefined
  const { peers, troubles } = await looking.find(signal)
  assert.deepEqual(addresses(peers), all)
  assert.deepEqual(troubles, [
    'The peers of cluster edge could not be had from the DNS name peers.test: ENOTFOUND. Those found before stay.',
  ])
  addressesNow = ['10.0.0.2']
  assert.deepEqual(addresses((await looking.find(signal)).peers), ['10.0.0.2:4000', '10.0.0.9:1'])
})

test("discovery: what the driver's own failed with is said, with its code", async () => {
  const discover = () => Promise.reject(new Failure('peer.denied', 'The scheduler s:8002 asks for a certificate.'))
  await assert.rejects(discovery({ discover }).find(signal), {
    code: 'peer.denied',
    message:
      'The peers of cluster edge could not be had from its own discovery: The scheduler s:8002 asks for a certificate.',
  })
})

test('discovery: a peer that goes by a name has the ip of that name, and the last one where it cannot be had', async () => {
  let known = true
  const resolve4 = async (host: string) => (known && host === 'a.test' ? ['10.0.0.1', '10.0.0.2'] : notFound())
  const looking = discovery({
    settings: { peers: [{ address: 'a.test:1' }, { address: 'b.test:1' }, { address: 'c.test:1', ip: '10.0.0.3' }] },
    names: { resolve4 },
  })
  const ips = async () => (await looking.find(signal)).peers.map(({ ip }) => ip)
  assert.deepEqual(await ips(), ['10.0.0.1', '', '10.0.0.3'])
  known = false
  assert.deepEqual(await ips(), ['10.0.0.1', '', '10.0.0.3'])
})

test('discovery: a name server that says nothing holds nobody: a source fails, an ip is left out', async () => {
  const names = { resolve4: () => new Promise<never>(() => {}) }
  const listed = { peers: [{ address: 'a.test:1' }, { address: '10.0.0.3:1' }] }
  const { peers } = await discovery({ settings: listed, names, withinMs: 20 }).find(signal)
  assert.deepEqual(
    peers.map(({ address, ip }) => [address, ip]),
    [
      ['10.0.0.3:1', '10.0.0.3'],
      ['a.test:1', ''],
    ],
  )
  await assert.rejects(discovery({ settings: { dns: ['a.test:1'] }, names, withinMs: 20 }).find(signal), {
    code: 'peer.unreachable',
    message: 'The peers of cluster edge could not be had from the DNS name a.test: no answer within 0.02 s.',
  })
})

test('discovery: more peers than can be used are cut, which is said', async () => {
  const discover = async () => Array.from({ length: 10_001 }, (_, n) => found(`10.0.${n >> 8}.${n & 255}:4000`))
  const { peers, troubles } = await discovery({ discover }).find(signal)
  assert.equal(peers.length, 10_000)
  assert.deepEqual(troubles, ['Cluster edge has 10001 peers, of which the first 10000 are used.'])
})

test('discovery: one that hangs ends with the signal', async () => {
  const stop = new AbortController()
  const begun = Promise.withResolvers<void>()
  const discover = () => {
    begun.resolve()
    return new Promise<never>(() => {})
  }
  const looking = discovery({ discover }).find(stop.signal)
  await begun.promise
  stop.abort(new Error('enough'))
  await assert.rejects(looking, { message: 'enough' })
})
