// Which peers hold which layers of an image.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Distribution } from '../../../src/engine/distribution.ts'
import type { Digest } from '../../../src/model/digest.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { Crew, Presence } from '../../../src/model/driver.ts'
import type { Meant, Origins } from '../../../src/model/ports.ts'
import {
  blobOf,
  clusterOf,
  crewOf,
  digestOf,
  driverOf,
  HandClock,
  imageRequest,
  memberOf,
  never,
  peerOf,
  unreadable,
} from './samples.ts'

const image = { namespace: 'r', repository: 'a', tag: '1', digest: digestOf(99), mediaType: 'x/y' }
const blobs = [blobOf(9, { kind: 'manifest' }), blobOf(1, { kind: 'config' }), blobOf(2), blobOf(3)]
const resolve: Origins['resolve'] = async () => ({
  artifact: { image, platforms: ['linux/amd64'], blobs, warnings: ['A layer was left out.'] },
  origin: unreadable,
  expiresAtMs: null,
})

const holding = (held: Readonly<Record<string, readonly Digest[]>>) =>
  driverOf(
    {},
    {
      probe: async ({ id }, { digest }): Promise<Presence> =>
        digest !== null && held[id]?.includes(digest) === true ? 'present' : 'absent',
      warm: () => assert.fail('nothing is warmed'),
    },
  )

const distribution = (crews: readonly Crew[], ask: Origins['resolve'] = resolve): Distribution =>
  new Distribution(
    {
      origins: { resolve: ask },
      roster: {
        clusters: async () => crews.map(({ cluster }) => cluster),
        crewOf: async ({ id }) => crews.find(({ cluster }) => cluster.id === id) ?? assert.fail(`no cluster ${id}`),
      },
      clock: new HandClock(),
      announce: () => {},
    },
    { atOnce: 1, withinMs: 30_000 },
  )
const question = { request: imageRequest(), secrets: {}, clusterIds: [] }

test('every layer and config is looked for at every peer, and who holds none is not listed', async () => {
  const driver = holding({ p1: [digestOf(1), digestOf(3)], p2: [], p3: [digestOf(2), digestOf(9)] })
  const members = [1, 2, 3].map((n) => memberOf(peerOf(n, { seed: n === 3 })))
  const found = await distribution([crewOf(members, { driver })]).of(question, never)
  assert.deepEqual(found.layers, blobs.slice(1))
  assert.deepEqual(
    found.peers.map(({ peer, holds }) => [peer.id, holds.map(({ digest }) => digest)]),
    [
      ['p1', [digestOf(1), digestOf(3)]],
      ['p3', [digestOf(2)]],
    ],
  )
  assert.deepEqual(found.warnings, ['A layer was left out.'])
})

test('clusters that run different platforms are asked for their own layers, of the image that the first one found', async () => {
  const meant: Meant[] = []
  const ask: Origins['resolve'] = async (_request, _secrets, one) => {
    meant.push(one)
    const own = one.wish[0] === 'linux/arm64' ? [blobOf(4)] : [blobOf(2)]
    return {
      artifact: { image, platforms: one.wish, blobs: own, warnings: [] },
      origin: unreadable,
      expiresAtMs: null,
    }
  }
  const crews = ['linux/amd64', 'linux/arm64', 'linux/amd64'].map((platform, n) =>
    crewOf([memberOf(peerOf(n, { clusterId: n + 1 }))], {
      cluster: clusterOf(n + 1, { platforms: [platform] }),
      driver: holding({ [`p${n}`]: [digestOf(2), digestOf(4)] }),
    }),
  )
  const found = await distribution(crews, ask).of(question, never)
  assert.deepEqual(meant, [
    { pinned: null, wish: ['linux/amd64'] },
    { pinned: digestOf(99), wish: ['linux/arm64'] },
  ])
  assert.deepEqual(found.layers, [blobOf(2), blobOf(4)])
  assert.deepEqual(
    new Map(found.peers.map(({ peer, holds }) => [peer.id, holds.length])),
    new Map([
      ['p0', 1],
      ['p1', 1],
      ['p2', 1],
    ]),
  )
})

test('peers that would fetch are not asked, and their cluster is named', async () => {
  const driver = driverOf({ probe: 'none' }, { probe: () => assert.fail('asking would make it fetch') })
  const found = await distribution([crewOf([memberOf(peerOf(1))], { driver })]).of(question, never)
  assert.deepEqual(found.peers, [])
  assert.match(found.warnings.join(), /cluster 1 \(cluster-1\) hold is not known/)
})

test('clusters that are not there are refused, and so is what the registry refuses', async () => {
  const one = distribution([crewOf([memberOf(peerOf(1))])])
  await assert.rejects(one.of({ ...question, clusterIds: [7] }, never), { code: 'cluster.unknown' })
  const denied = distribution([crewOf([memberOf(peerOf(1))])], async () => {
    throw new Failure('registry.denied', 'The registry said no.')
  })
  await assert.rejects(denied.of(question, never), { code: 'registry.denied' })
})
