// A job whose clusters run different platforms.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf, gatherPeers, resolveParts, waysOf, wholeOf } from '../../../src/engine/parts.ts'
import type { Part } from '../../../src/engine/plan.ts'
import type { Artifact } from '../../../src/model/blob.ts'
import type { Digest } from '../../../src/model/digest.ts'
import type { Resolved } from '../../../src/model/ports.ts'
import {
  blobOf,
  clusterOf,
  crewOf,
  digestOf,
  imageRequest,
  memberOf,
  never,
  peerOf,
  teamOf,
  unreadable,
} from './samples.ts'

const image = { namespace: 'r', repository: 'a', tag: '1', digest: digestOf(15), mediaType: 'x/y' }
const artifact = (given: Partial<Artifact> = {}): Artifact => ({
  image,
  platforms: [],
  blobs: [],
  warnings: [],
  ...given,
})
/** A part for one peer of each of these clusters. */
const part = (given: Partial<Artifact>, ...clusters: readonly number[]): Part => ({
  artifact: artifact(given),
  origin: { ...unreadable },
  expiresAtMs: null,
  teams: clusters.map((id) => teamOf([peerOf(id, { clusterId: id })])),
})
const groups = [['a/b'], [], ['c/d']].map((wish, n) => ({ wish, teams: [teamOf([peerOf(n)])] }))

/** Resolves the groups, and tells what was asked for. */
async function resolve(pinned: Digest | null, answer: Artifact) {
  const asked: (readonly [Digest | null, readonly string[]])[] = []
  let underWay = 0
  const parts = await resolveParts(groups, pinned, async ({ pinned: at, wish }): Promise<Resolved> => {
    assert.equal(++underWay, 1, 'one after another')
    asked.push([at, wish])
    await Promise.resolve()
    underWay--
    return { artifact: answer, origin: unreadable, expiresAtMs: null }
  })
  return { asked, parts }
}

test('the first group says what the tag means, and the others are asked for just that', async () => {
  const { asked, parts } = await resolve(null, artifact())
  assert.deepEqual(asked, [
    [null, ['a/b']],
    [image.digest, []],
    [image.digest, ['c/d']],
  ])
  assert.deepEqual(
    parts.map(({ teams }) => teams),
    groups.map(({ teams }) => teams),
  )
})

test('what was pinned before is asked for by all', async () => {
  const { asked } = await resolve(digestOf(14), artifact())
  assert.deepEqual(
    asked.map(([pinned]) => pinned),
    [digestOf(14), digestOf(14), digestOf(14)],
  )
})

test('the whole has each platform, blob and warning once, in the order in which they come', () => {
  const [a, b, c] = [blobOf(1), blobOf(2), blobOf(3)]
  const first = part({ platforms: ['a/b', 'c/d'], blobs: [a, b], warnings: ['one', 'two'] })
  const second = part({ platforms: ['c/d', 'e/f'], blobs: [a, c], warnings: ['two', 'three'] })
  assert.deepEqual(wholeOf([first, second]), {
    image,
    platforms: ['a/b', 'c/d', 'e/f'],
    blobs: [a, b, c],
    warnings: ['one', 'two', 'three'],
  })
  assert.deepEqual(wholeOf([first]), first.artifact)
})

test('the bytes of an artifact are unknown while one size is', () => {
  assert.equal(bytesOf(artifact({ blobs: [blobOf(1, { size: 3 }), blobOf(2, { size: 4 })] })), 7)
  assert.equal(bytesOf(artifact({ blobs: [blobOf(1, { size: 3 }), blobOf(2, { size: null })] })), null)
})

test("a peer's bytes come from the origin of its own part", () => {
  const parts = [part({}, 1, 2), part({ image: null }, 3)]
  const wayOf = waysOf(parts)
  const ways = [1, 2, 3].map((id) => wayOf(peerOf(id, { clusterId: id })))
  assert.deepEqual(
    ways.map(({ origin }) => parts.findIndex((own) => own.origin === origin)),
    [0, 0, 1],
  )
  assert.deepEqual(
    ways.map(({ cluster, image: of }) => [cluster.id, of]),
    [
      [1, image],
      [2, image],
      [3, null],
    ],
  )
  assert.throws(() => wayOf(peerOf(4, { clusterId: 4 })), TypeError)
})

test('peers of a cluster that was made through the API are guarded, and those of the file are not', async () => {
  const given: (boolean | undefined)[] = []
  const origin = {
    ...unreadable,
    authorization: async (...[, , isGuarded]: Parameters<typeof unreadable.authorization>) => {
      given.push(isGuarded)
      return undefined
    },
    askThrough: async (...[, , { guarded: isGuarded }]: Parameters<typeof unreadable.askThrough>) => {
      given.push(isGuarded)
      return { status: 200, headers: {}, words: '' }
    },
  }
  const teams = [1, 2].map((id) => teamOf([], { cluster: clusterOf(id, { fromFile: id === 1 }) }))
  const wayOf = waysOf([{ ...part({}), origin, teams }])
  const ask = { method: 'GET', headers: {}, firstByteMs: 1, signal: never } as const
  for (const id of [1, 2]) {
    const way = wayOf(peerOf(id, { clusterId: id }))
    await way.origin.authorization(blobOf(1), never)
    await way.origin.askThrough({ address: 'proxy:3128', tls: undefined }, blobOf(1), ask)
  }
  assert.deepEqual(given, [undefined, undefined, true, true])
})

test('peers are gathered of every cluster, with the names of those that are left out', async () => {
  const members = [memberOf(peerOf(1)), memberOf(peerOf(2), 'down', 'gone')]
  const asked: number[] = []
  const roster = {
    crewOf: async (cluster: ReturnType<typeof clusterOf>) => {
      asked.push(cluster.id)
      return crewOf(members, { cluster })
    },
  }
  const gathered = await gatherPeers(roster, [clusterOf(1), clusterOf(2)], imageRequest(), never)
  assert.deepEqual(asked, [1, 2])
  assert.deepEqual(
    gathered.groups.map(({ teams }) => teams.map(({ cluster, peers }) => [cluster.id, peers.map(({ id }) => id)])),
    [
      [
        [1, ['p1']],
        [2, ['p1']],
      ],
    ],
  )
  assert.equal(gathered.warnings.length, 2)
  await assert.rejects(gatherPeers(roster, [], imageRequest(), never), { code: 'peer.none' })
})
