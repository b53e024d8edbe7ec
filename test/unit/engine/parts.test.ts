// A job whose clusters run different platforms.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf, originsOf, resolveParts, wholeOf } from '../../../src/engine/parts.ts'
import type { Part } from '../../../src/engine/plan.ts'
import type { Artifact } from '../../../src/model/blob.ts'
import type { Digest } from '../../../src/model/digest.ts'
import type { Peer } from '../../../src/model/peer.ts'
import type { Origin, Resolved } from '../../../src/model/ports.ts'
import { digest, task } from '../../conformance/job-samples.ts'

const peer = (id: string): Peer => ({ ...task(0).peer, id })
const blob = (letter: string, size: number | null = 10) => ({ ...task(0).blob, digest: digest(letter), size })
const image = { namespace: 'r', repository: 'a', tag: '1', digest: digest('f'), mediaType: 'x/y' }
const artifact = (given: Partial<Artifact> = {}): Artifact => ({
  image,
  platforms: [],
  blobs: [],
  warnings: [],
  ...given,
})
const origin = (): Origin => ({ read: () => assert.fail('no bytes are read') })
const part = (given: Partial<Artifact>, ...ids: readonly string[]): Part => ({
  artifact: artifact(given),
  origin: origin(),
  peers: ids.map(peer),
})
const groups = [['a/b'], [], ['c/d']].map((wish, n) => ({ wish, peers: [peer(`p${n}`)] }))

/** Resolves the groups, and tells what was asked for. */
async function resolve(pinned: Digest | null, answer: Artifact) {
  const asked: (readonly [Digest | null, readonly string[]])[] = []
  let underWay = 0
  const parts = await resolveParts(groups, pinned, async ({ pinned: at, wish }): Promise<Resolved> => {
    assert.equal(++underWay, 1, 'one after another')
    asked.push([at, wish])
    await Promise.resolve()
    underWay--
    return { artifact: answer, origin: origin() }
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
    parts.map(({ peers }) => peers.map(({ id }) => id)),
    [['p0'], ['p1'], ['p2']],
  )
})

test('what was pinned before is asked for by all', async () => {
  const { asked } = await resolve(digest('e'), artifact())
  assert.deepEqual(
    asked.map(([pinned]) => pinned),
    [digest('e'), digest('e'), digest('e')],
  )
})

test('the whole has each platform, blob and warning once, in the order in which they come', () => {
  const first = part({ platforms: ['a/b', 'c/d'], blobs: [blob('a'), blob('b')], warnings: ['one', 'two'] })
  const second = part({ platforms: ['c/d', 'e/f'], blobs: [blob('a'), blob('c')], warnings: ['two', 'three'] })
  assert.deepEqual(wholeOf([first, second]), {
    image,
    platforms: ['a/b', 'c/d', 'e/f'],
    blobs: [blob('a'), blob('b'), blob('c')],
    warnings: ['one', 'two', 'three'],
  })
  assert.deepEqual(wholeOf([first]), first.artifact)
})

test('the bytes of an artifact are unknown while one size is', () => {
  assert.equal(bytesOf(artifact({ blobs: [blob('a', 3), blob('b', 4)] })), 7)
  assert.equal(bytesOf(artifact({ blobs: [blob('a', 3), blob('b', null)] })), null)
})

test("a peer's bytes come from the origin of its own part", () => {
  const parts = [part({}, 'p0', 'p1'), part({}, 'p2')]
  const originOf = originsOf(parts)
  assert.deepEqual(
    ['p0', 'p1', 'p2'].map((id) => parts.findIndex((own) => own.origin === originOf(peer(id)))),
    [0, 0, 1],
  )
  assert.throws(() => originOf(peer('p3')), TypeError)
})
