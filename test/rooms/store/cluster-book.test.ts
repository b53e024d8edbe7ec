// What is decided about clusters, on the table that keeps them.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { ClusterBook } from '../../../src/engine/clusters.ts'
import { systemClock } from '../../../src/kit/clock.ts'
import { Fields } from '../../../src/kit/fields.ts'
import type { DriverKind, PeerDriver } from '../../../src/model/driver.ts'
import type { NewCluster } from '../../../src/model/ports.ts'
import { systemNames } from '../../../src/peers/names.ts'
import { PeerRoster } from '../../../src/peers/roster.ts'
import { Clusters } from '../../../src/store/clusters.ts'
import { peerSample } from '../../conformance/job-samples.ts'
import { onEachDatabase } from './bench.ts'

const driver: PeerDriver = {
  kind: 'local',
  can: {
    sharesPieces: false,
    bodyThroughUs: true,
    probe: 'exact',
    cancel: 'stops',
    evict: false,
    documents: true,
    files: true,
    resumed: 'asked',
  },
  health: async () => ({ state: 'up', detail: '', version: null, diskFree: null, held: null }),
  probe: () => assert.fail('nothing is probed here'),
  warm: () => assert.fail('nothing is warmed here'),
  close: async () => {},
}

const peerOf = (id: number) => peerSample(`local-${id}`, { clusterId: id })

const kind: DriverKind = {
  open(_cluster, settings) {
    const fields = new Fields('settings', settings)
    fields.text('tag')
    fields.done()
    return driver
  },
  own: ({ id }) => [peerOf(id)],
}

const asked: NewCluster = {
  name: 'cellar',
  driver: 'local',
  bio: '',
  isDefault: false,
  platforms: [],
  settings: {},
  kept: { scopes: {}, scheduler: {}, seedPeer: {}, peer: {} },
}

onEachDatabase((database) => {
  const book = (t: TestContext): ClusterBook => {
    const clusters = new Clusters(database())
    const roster = new PeerRoster({
      clusters: () => clusters.list(),
      kinds: { local: kind, dragonfly: kind },
      tlsOf: () => undefined,
      names: systemNames(),
      clock: systemClock,
      pace: { checkEveryMs: 60_000, discoverEveryMs: 60_000, checkWithinMs: 5_000 },
      onTrouble: assert.fail,
    })
    t.after(() => roster.close())
    return new ClusterBook(clusters, roster, systemClock)
  }

  test('a cluster is made, changed, listed with its peers, and removed', async (t) => {
    const clusters = book(t)
    const made = await clusters.create(asked)
    assert.deepEqual(await clusters.get(made.id), made)
    const changed = await clusters.change(made.id, { bio: 'below the stairs' })
    assert.equal(changed.bio, 'below the stairs')
    assert.deepEqual((await clusters.list())[1], changed)
    const members = await clusters.peers(made.id, t.signal)
    assert.deepEqual(
      members.map(({ peer }) => peer),
      [peerOf(made.id)],
    )
    await clusters.remove(made.id)
    await assert.rejects(clusters.get(made.id), { code: 'request.not-found' })
  })

  test('a driver that this replica does not have is refused, with those that it has', async (t) => {
    const clusters = book(t)
    await assert.rejects(clusters.create({ ...asked, driver: 'carrier-pigeon' }), {
      code: 'request.invalid',
      message: 'There is no driver "carrier-pigeon"; there is local, dragonfly.',
    })
    assert.equal((await clusters.list()).length, 1)
  })

  test('what is not there is not found, and a name that is taken is refused', async (t) => {
    const clusters = book(t)
    const missing = { code: 'request.not-found', message: 'There is no cluster 4000.' }
    await assert.rejects(clusters.get(4000), missing)
    await assert.rejects(clusters.change(4000, { bio: 'x' }), missing)
    await assert.rejects(clusters.peers(4000, t.signal), missing)
    await assert.rejects(clusters.remove(4000), missing)
    await assert.rejects(clusters.create({ ...asked, name: 'local' }), { code: 'request.conflict' })
  })

  test('the last cluster is not removed', async (t) => {
    const clusters = book(t)
    await assert.rejects(clusters.remove(1), {
      code: 'request.conflict',
      message: 'Cluster 1 (local) is the last one, and one must remain.',
    })
    assert.equal((await clusters.list()).length, 1)
  })

  test('settings that the driver does not understand are refused, and nothing is written', async (t) => {
    const clusters = book(t)
    const made = await clusters.create({ ...asked, settings: { tag: 'x' } })
    const refused = { code: 'request.invalid', message: /pigeons/ }
    await assert.rejects(clusters.create({ ...asked, name: 'other', settings: { pigeons: 3 } }), refused)
    await assert.rejects(clusters.change(made.id, { settings: { pigeons: 3 } }), refused)
    assert.deepEqual((await clusters.list()).slice(1), [made])
  })

  test('what the settings file says of a cluster is neither changed nor removed beside it', async (t) => {
    const clusters = book(t)
    await new Clusters(database()).adopt([{ name: 'cellar', driver: 'local', platforms: [], settings: { tag: 'x' } }])
    const id = (await clusters.list())[1]?.id ?? 0
    await assert.rejects(clusters.change(id, { settings: { tag: 'y' } }), { code: 'request.conflict' })
    await assert.rejects(clusters.remove(id), { code: 'request.conflict' })
    assert.equal(
      (await clusters.change(id, { bio: 'below the stairs', settings: { tag: 'x' } })).bio,
      'below the stairs',
    )
  })
})
