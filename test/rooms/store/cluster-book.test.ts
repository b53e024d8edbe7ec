// What is decided about clusters, on the table that keeps them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClusterBook } from '../../../src/engine/clusters.ts'
import type { Cluster, Peer } from '../../../src/model/peer.ts'
import type { PeerDriver } from '../../../src/model/ports.ts'
import { makeRoster } from '../../../src/peers/roster.ts'
import { Clusters } from '../../../src/store/clusters.ts'
import { onEachDatabase } from './bench.ts'

const driver: PeerDriver = { kind: 'local', probe: 'exact', warm: () => assert.fail('nothing is warmed here') }
const peerOf = (cluster: Cluster): Peer => ({
  id: `local-${cluster.id}`,
  clusterId: cluster.id,
  hostname: 'here',
  ip: '127.0.0.1',
  seed: true,
  ordinary: true,
})

const asked = {
  name: 'cellar',
  driver: 'local',
  bio: '',
  isDefault: false,
  platforms: [],
  kept: { scopes: {}, scheduler: {}, seedPeer: {}, peer: {} },
}

onEachDatabase((database) => {
  const book = (): ClusterBook => {
    const clusters = new Clusters(database())
    const crew = { driver, peersOf: async (cluster: Cluster) => [peerOf(cluster)] }
    return new ClusterBook(
      clusters,
      makeRoster(() => clusters.list(), { local: crew, dragonfly: crew }),
    )
  }

  test('a cluster is made, changed, listed with its peers, and removed', async () => {
    const clusters = book()
    const made = await clusters.create(asked)
    assert.deepEqual(await clusters.get(made.id), made)
    const changed = await clusters.change(made.id, { bio: 'below the stairs' })
    assert.equal(changed.bio, 'below the stairs')
    assert.deepEqual((await clusters.list())[1], changed)
    assert.deepEqual(await clusters.peers(made.id), [peerOf(made)])
    await clusters.remove(made.id)
    await assert.rejects(clusters.get(made.id), { code: 'request.not-found' })
  })

  test('a driver that this replica does not have is refused, with those that it has', async () => {
    await assert.rejects(book().create({ ...asked, driver: 'carrier-pigeon' }), {
      code: 'request.invalid',
      message: 'There is no driver "carrier-pigeon"; there is local, dragonfly.',
    })
    assert.equal((await book().list()).length, 1)
  })

  test('what is not there is not found, and a name that is taken is refused', async () => {
    const clusters = book()
    const missing = { code: 'request.not-found', message: 'There is no cluster 4000.' }
    await assert.rejects(clusters.get(4000), missing)
    await assert.rejects(clusters.change(4000, { bio: 'x' }), missing)
    await assert.rejects(clusters.peers(4000), missing)
    await assert.rejects(clusters.remove(4000), missing)
    await assert.rejects(clusters.create({ ...asked, name: 'local' }), { code: 'request.conflict' })
  })

  test('the last cluster is not removed', async () => {
    await assert.rejects(book().remove(1), {
      code: 'request.conflict',
      message: 'Cluster 1 (local) is the last one, and one must remain.',
    })
    assert.equal((await book().list()).length, 1)
  })
})
