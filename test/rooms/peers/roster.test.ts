// The peers of clusters over real connections: how they are, who they are, and which driver speaks to them.

import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { test } from 'node:test'
import { Failure } from '../../../src/model/failure.ts'
import type { JsonObject, Peer } from '../../../src/model/peer.ts'
import type { Discovered, DriverKind } from '../../../src/model/driver.ts'
import { AskingDriver, watchedPeer } from '../../support/watched-peers.ts'
import { addressesOf, checkEveryMs, clusterOf, discoverEveryMs, rosterBench, statesOf } from './roster-bench.ts'

const { signal } = new AbortController()
const listed = (...peers: readonly { readonly address: string }[]) => ({
  peers: peers.map(({ address }) => ({ address })),
})
const found = (address: string): Discovered => ({
  address,
  hostname: 'node',
  ip: '127.0.0.1',
  seed: true,
  location: '',
})

test('roster: the first to ask hears who the peers are, and how each is', async (t) => {
  const [well, busy, gone] = [await watchedPeer(t), await watchedPeer(t), await watchedPeer(t)]
  busy.behaviour = 'busy'
  await gone.go()
  const { roster, clock } = rosterBench(t)
  const cluster = clusterOf(listed(gone, well, busy))
  const crew = await roster.crewOf(cluster, signal)
  assert.equal(crew.cluster, cluster)
  assert.equal(crew.driver.kind, 'asking')
  assert.deepEqual(statesOf(crew), { [well.address]: 'up', [busy.address]: 'degraded', [gone.address]: 'down' })
  const ids = crew.members.map(({ peer }) => peer.id)
  assert.deepEqual(ids, [well, busy, gone].map(({ address }) => `asking-2@${address}`).toSorted())
  const member = crew.members.find(({ peer }) => peer.address === well.address)
  const peer: Peer = {
    id: `asking-2@${well.address}`,
    clusterId: 2,
    hostname: '127.0.0.1',
    ip: '127.0.0.1',
    address: well.address,
    location: '',
    seed: false,
    ordinary: true,
  }
  const health = { state: 'up', detail: '', version: '1.2', diskFree: null, held: null, checkedAtMs: clock.now() }
  assert.deepEqual(member, { peer, health })
  const down = crew.members.find(({ health: { state } }) => state === 'down')
  assert.match(down?.health.detail ?? '', /ECONNREFUSED/)
})

test('roster: who asks later is answered by what is known, and no peer is asked', async (t) => {
  const peer = await watchedPeer(t)
  const { roster } = rosterBench(t)
  const cluster = clusterOf(listed(peer))
  const { members } = await roster.crewOf(cluster, signal)
  assert.equal((await roster.crewOf(structuredClone(cluster), signal)).members, members)
  assert.equal(peer.asked, 1)
})

test('roster: a peer that goes is down after the next look, and up again when it is back', async (t) => {
  const [staying, leaving] = [await watchedPeer(t), await watchedPeer(t)]
  const { roster, clock } = rosterBench(t)
  const cluster = clusterOf(listed(staying, leaving))
  const stateOf = async () => statesOf(await roster.crewOf(cluster, signal))[leaving.address]
  assert.equal(await stateOf(), 'up')
  await clock.asleep(1)
  await leaving.go()
  await clock.tick(checkEveryMs)
  assert.equal(await stateOf(), 'down')
  await leaving.come()
  await clock.tick(checkEveryMs)
  assert.equal(await stateOf(), 'up')
  assert.equal(staying.asked, 3)
})

test('roster: a peer that breaks off once is looked at again at once, and is not down', async (t) => {
  const peer = await watchedPeer(t)
  const { roster, clock } = rosterBench(t)
  const cluster = clusterOf(listed(peer))
  await roster.crewOf(cluster, signal)
  await clock.asleep(1)
  peer.behaviour = 'breaks off once'
  await clock.tick(checkEveryMs)
  assert.deepEqual(statesOf(await roster.crewOf(cluster, signal)), { [peer.address]: 'up' })
  assert.equal(peer.asked, 3)
})

test('roster: a peer that takes a connection and says nothing is down, and holds nobody for ever', async (t) => {
  const hanging = await watchedPeer(t)
  hanging.behaviour = 'hangs'
  const { roster, clock } = rosterBench(t, { checkWithinMs: 100 })
  const cluster = clusterOf(listed(hanging))
  await roster.crewOf(cluster, signal)
  await clock.asleep(1)
  const crew = await roster.crewOf(cluster, signal)
  assert.deepEqual(statesOf(crew), { [hanging.address]: 'down' })
  const details = crew.members.map(({ health }) => health.detail)
  assert.deepEqual(details, ['no answer within 0.1 s'])
})

test('roster: 1,000 peers are looked at a few at a time, each once a round', async (t) => {
  const addresses = Array.from({ length: 1000 }, (_, n) => `10.0.${n >> 8}.${n & 255}:4000`)
  const driver = new AskingDriver({}, async () => addresses.map(found))
  const seen = { now: 0, most: 0, all: 0 }
  driver.health = async () => {
    seen.all++
    seen.most = Math.max(seen.most, ++seen.now)
    await setImmediate()
    seen.now--
    return { state: 'up', detail: '', version: null, diskFree: null, held: null }
  }
  const { roster, clock } = rosterBench(t, { kinds: { counting: { open: () => driver } } })
  const cluster = clusterOf({}, { driver: 'counting' })
  const { members } = await roster.crewOf(cluster, signal)
  assert.deepEqual(seen, { now: 0, most: 64, all: 1000 })
  const ids = members.map(({ peer }) => peer.id)
  assert.deepEqual(ids, addresses.map((address) => `asking-2@${address}`).toSorted())
  await clock.asleep(1)
  await clock.tick(checkEveryMs)
  assert.deepEqual(seen, { now: 0, most: 64, all: 2000 })
})

test('roster: asking anew sees at once what has changed', async (t) => {
  const peer = await watchedPeer(t)
  const discovered = [found(peer.address)]
  const { roster } = rosterBench(t, { discover: async () => discovered })
  const cluster = clusterOf({})
  assert.deepEqual(statesOf(await roster.refresh(cluster, signal)), { [peer.address]: 'up' })
  const other = await watchedPeer(t)
  await peer.go()
  discovered.push(found(other.address))
  assert.equal(addressesOf(await roster.crewOf(cluster, signal)).length, 1)
  const expected = { [peer.address]: 'down', [other.address]: 'up' }
  assert.deepEqual(statesOf(await roster.refresh(cluster, signal)), expected)
  assert.deepEqual(statesOf(await roster.crewOf(cluster, signal)), expected)
})

test('roster: peers join and leave as the driver finds them; while it finds nothing, those that it found stay', async (t) => {
  const [first, second] = [await watchedPeer(t), await watchedPeer(t)]
  let discovered: readonly Discovered[] | undefined = [found(first.address)]
  const discover = async () => discovered ?? Promise.reject(new Error('the scheduler is away'))
  const { roster, clock, troubles } = rosterBench(t, { discover })
  const cluster = clusterOf({})
  const now = async () => statesOf(await roster.crewOf(cluster, signal))
  assert.deepEqual(await now(), { [first.address]: 'up' })
  await clock.asleep(1)
  discovered = [found(first.address), found(second.address)]
  await clock.tick(discoverEveryMs - checkEveryMs)
  assert.deepEqual(await now(), { [first.address]: 'up' }, 'it was asked too early')
  await clock.tick(checkEveryMs)
  assert.deepEqual(await now(), { [first.address]: 'up', [second.address]: 'up' })
  discovered = undefined
  await clock.tick(discoverEveryMs)
  await clock.tick(discoverEveryMs)
  assert.deepEqual(await now(), { [first.address]: 'up', [second.address]: 'up' })
  assert.deepEqual(troubles, [
    'The peers of cluster edge could not be had from its own discovery: the scheduler is away. Those found before stay.',
  ])
  discovered = [found(second.address)]
  await clock.tick(discoverEveryMs)
  assert.deepEqual(await now(), { [second.address]: 'up' })
  discovered = undefined
  await clock.tick(discoverEveryMs)
  assert.equal(troubles.length, 2)
})

test('roster: a discovery that never succeeded is refused, and tried again when somebody asks again', async (t) => {
  const peer = await watchedPeer(t)
  let away = true
  const discover = async () => (away ? Promise.reject(new Error('the scheduler is away')) : [found(peer.address)])
  const { roster, clock } = rosterBench(t, { discover })
  const refused = { code: 'peer.unreachable', message: /^The peers of cluster edge could not be had from its own/ }
  await assert.rejects(roster.crewOf(clusterOf({}), signal), refused)
  await assert.rejects(roster.refresh(clusterOf({}), signal), refused)
  assert.equal(clock.sleeping, 0)
  away = false
  assert.deepEqual(statesOf(await roster.crewOf(clusterOf({}), signal)), { [peer.address]: 'up' })
})

test('roster: one who asks goes when its signal fires, and takes nothing from the others', async (t) => {
  const peer = await watchedPeer(t)
  const ready = Promise.withResolvers<readonly Discovered[]>()
  const { roster } = rosterBench(t, { discover: () => ready.promise })
  const stop = new AbortController()
  const [leaving, staying] = [roster.crewOf(clusterOf({}), stop.signal), roster.crewOf(clusterOf({}), signal)]
  stop.abort(new Error('enough'))
  await assert.rejects(leaving, { message: 'enough' })
  await assert.rejects(roster.crewOf(clusterOf({}), stop.signal), { message: 'enough' })
  ready.resolve([found(peer.address)])
  assert.deepEqual(addressesOf(await staying), [peer.address])
})

test('roster: a cluster that nobody asks for is not looked at any more, until somebody does', async (t) => {
  const peer = await watchedPeer(t)
  const { roster, clock } = rosterBench(t)
  const cluster = clusterOf(listed(peer))
  await roster.crewOf(cluster, signal)
  await clock.asleep(1)
  clock.advance(11 * 60_000)
  await setImmediate()
  assert.deepEqual([clock.sleeping, peer.asked], [0, 1])
  await peer.go()
  assert.deepEqual(statesOf(await roster.crewOf(cluster, signal)), { [peer.address]: 'down' })
  await clock.asleep(1)
})

test('roster: a cluster keeps its driver while its settings stay, and another one is closed only in the end', async (t) => {
  const peer = await watchedPeer(t)
  const { roster, clock, opened } = rosterBench(t)
  const cluster = clusterOf({ ...listed(peer), word: 'a' })
  const { driver } = await roster.crewOf(cluster, signal)
  await clock.asleep(1)
  const noted = { ...structuredClone(cluster), bio: 'below the stairs', updatedAtMs: 1 }
  assert.equal((await roster.crewOf(noted, signal)).driver, driver)
  const changed = { ...noted, settings: { ...listed(peer), word: 'b' }, updatedAtMs: 2 }
  const { driver: next } = await roster.crewOf(changed, signal)
  assert.notEqual(next, driver)
  assert.equal((await roster.crewOf(cluster, signal)).driver, next, 'who has it as it was gets what is')
  assert.notEqual((await roster.crewOf({ ...changed, id: 3 }, signal)).driver, next)
  await clock.asleep(2)
  assert.equal(clock.sleeping, 2, 'the replaced one is watched no more')
  assert.deepEqual(
    opened.map(({ settings, closed }) => [settings['word'], closed]),
    [
      ['a', 0],
      ['b', 0],
      ['b', 0],
    ],
  )
  await roster.close()
  assert.deepEqual(
    opened.map(({ closed }) => closed),
    [1, 1, 1],
  )
  assert.equal(clock.sleeping, 0)
  await assert.rejects(roster.crewOf(changed, signal), { code: 'self.stopping' })
})

test('roster: a cluster that was removed is let go when the clusters are listed', async (t) => {
  const peer = await watchedPeer(t)
  const { roster, clock, clusters } = rosterBench(t)
  const cluster = clusterOf(listed(peer))
  clusters.push(cluster)
  assert.deepEqual(await roster.clusters(), [cluster])
  await roster.crewOf(cluster, signal)
  await clock.asleep(1)
  assert.deepEqual(await roster.clusters(), [cluster])
  assert.equal(clock.sleeping, 1)
  clusters.pop()
  assert.deepEqual(await roster.clusters(), [])
  assert.equal(clock.sleeping, 0)
})

test('roster: who waits for a discovery while the service stops hears so', async (t) => {
  const { roster } = rosterBench(t, { discover: () => new Promise(() => {}) })
  const waiting = roster.crewOf(clusterOf({}), signal)
  const refused = assert.rejects(waiting, { code: 'self.stopping' })
  await roster.close()
  await refused
})

/** One driver for all clusters, and a peer of its own in each, as the embedded cache has it. */
function ownKind() {
  const driver = new AskingDriver({})
  driver.health = async () => ({ state: 'up', detail: '', version: null, diskFree: 7, held: null })
  const own: Peer = { ...ownPeer, id: 'own-2@here' }
  const kind: DriverKind = { open: () => driver, own: ({ id }) => [{ ...own, id: `own-${id}@here`, clusterId: id }] }
  return { driver, own, kind }
}
const ownPeer = {
  clusterId: 2,
  hostname: 'here',
  ip: '127.0.0.1',
  address: '',
  location: '',
  seed: true,
  ordinary: true,
}

test('roster: a kind of driver with a peer of its own needs no list, and takes none', async (t) => {
  const { driver, own, kind } = ownKind()
  const { roster } = rosterBench(t, { kinds: { own: kind } })
  const crew = await roster.crewOf(clusterOf({}, { driver: 'own' }), signal)
  assert.deepEqual(
    crew.members.map(({ peer, health }) => [peer, health.diskFree]),
    [[own, 7]],
  )
  await roster.crewOf(clusterOf({}, { id: 3, driver: 'own' }), signal)
  roster.check('own', {})
  assert.throws(() => roster.check('own', { dns: ['a:1'] }), {
    code: 'request.invalid',
    message: 'settings names peers; expected none, since this driver has its own.',
  })
  await roster.close()
  assert.equal(driver.closed, 1)
})

test('roster: settings are judged without a peer being asked', async (t) => {
  const peer = await watchedPeer(t)
  const { roster, opened } = rosterBench(t)
  roster.check('asking', { ...listed(peer), word: 'a' })
  assert.deepEqual([peer.asked, opened.length], [0, 0])
  for (const [driver, settings, message] of [
    ['carrier-pigeon', {}, 'There is no driver "carrier-pigeon"; there is asking.'],
    ['constructor', {}, 'There is no driver "constructor"; there is asking.'],
    ['asking', {}, 'settings names no peers; expected peers, dns or srv.'],
    ['asking', { dns: ['a'] }, 'settings.dns[0] is "a"; expected host:port.'],
    ['asking', { dns: ['a:1'], wrd: 'a' }, 'settings.wrd is not a setting here; expected one of word.'],
  ] as const) {
    assert.throws(() => roster.check(driver, settings), { name: 'Failure', code: 'request.invalid', message })
  }
  assert.deepEqual(roster.drivers, ['asking'])
})

test('roster: a cluster in the database that cannot be used is refused by name', async (t) => {
  const { roster } = rosterBench(t)
  await assert.rejects(roster.crewOf(clusterOf({}, { driver: 'pigeon' }), signal), {
    code: 'peer.none',
    message: 'Cluster 2 (edge) wants the driver pigeon, which this replica does not have.',
  })
  await assert.rejects(roster.crewOf(clusterOf({ seeds: 'many' }), signal), {
    code: 'peer.misconfigured',
    message: 'The settings of cluster edge cannot be used: settings.seeds is "many"; expected true or false.',
  })
})

test('roster: a driver is opened with its own keys, and the TLS of the cluster by its name', async (t) => {
  const peer = await watchedPeer(t)
  const tls = () => ({ serverName: 'peers.internal' })
  const seen: unknown[] = []
  const open: DriverKind['open'] = (cluster, settings, given) => {
    seen.push([cluster, settings, given])
    return new AskingDriver(settings)
  }
  const tlsOf = (name: string) => (name === 'edge' ? tls : undefined)
  const { roster } = rosterBench(t, { kinds: { noting: { open } }, tlsOf })
  await roster.crewOf(clusterOf({ ...listed(peer), seeds: true, word: 'a' }, { driver: 'noting' }), signal)
  assert.deepEqual(seen, [[{ id: 2, name: 'edge' }, { word: 'a' }, tls]])
})

test('roster: one peer is looked at when somebody asks, and what is seen is known from then on', async (t) => {
  const [watched, other] = [await watchedPeer(t), await watchedPeer(t)]
  const { roster } = rosterBench(t)
  const cluster = clusterOf(listed(watched, other))
  const { members } = await roster.crewOf(cluster, signal)
  watched.behaviour = 'busy'
  const id = `asking-2@${watched.address}`
  const member = await roster.lookAt(cluster, id, signal)
  assert.equal(member?.health.state, 'degraded')
  assert.deepEqual(member?.peer, members.find(({ peer }) => peer.id === id)?.peer)
  const known = await roster.crewOf(cluster, signal)
  assert.deepEqual(
    known.members.find(({ peer }) => peer.id === id),
    member,
  )
  assert.deepEqual([watched.asked, other.asked], [2, 1])
  assert.equal(await roster.lookAt(cluster, 'asking-2@nobody', signal), undefined)
})

test('roster: a look that somebody asked for ends by itself', async (t) => {
  const watched = await watchedPeer(t)
  const { roster } = rosterBench(t, { checkWithinMs: 100 })
  const cluster = clusterOf(listed(watched))
  await roster.crewOf(cluster, signal)
  watched.behaviour = 'hangs'
  const id = `asking-2@${watched.address}`
  const member = await roster.lookAt(cluster, id, signal)
  assert.deepEqual([member?.health.state, member?.health.detail], ['down', 'no answer within 0.1 s'])
})

test('roster: who asked for a look and goes is held no longer', async (t) => {
  const watched = await watchedPeer(t)
  const { roster } = rosterBench(t)
  const cluster = clusterOf(listed(watched))
  await roster.crewOf(cluster, signal)
  watched.behaviour = 'hangs'
  const leaving = new AbortController()
  const looking = roster.lookAt(cluster, `asking-2@${watched.address}`, leaving.signal)
  while (watched.asked < 2) await setImmediate()
  leaving.abort(new Error('gone'))
  await assert.rejects(looking, { message: 'gone' })
})

test('roster: settings that are refused name their field', async (t) => {
  const { roster } = rosterBench(t)
  const fieldOf = (settings: JsonObject, driver = 'asking') => {
    try {
      roster.check(driver, settings)
    } catch (error) {
      assert.ok(error instanceof Failure)
      return error.fields.map(({ field }) => field).join()
    }
    return assert.fail('nothing was refused')
  }
  assert.equal(fieldOf({}, 'nothing'), 'driver')
  assert.equal(fieldOf({}), 'settings')
  assert.equal(fieldOf({ dns: ['a:1'], word: 7 }), 'settings.word')
  assert.equal(fieldOf({ dns: ['a:1'], strange: 7 }), 'settings.strange')
  assert.equal(fieldOf({ dns: ['a:1', 'b'] }), 'settings.dns.1')
  assert.equal(fieldOf({ peers: [{ address: 'a:1', seed: 'x' }] }), 'settings.peers.0.seed')
})
