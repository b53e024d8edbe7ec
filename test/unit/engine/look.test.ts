// What peers hold, as far as that is found out.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { look, type Looking, type Question } from '../../../src/engine/look.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { PeerDriver } from '../../../src/model/driver.ts'
import { blobOf, clusterOf, driverOf, HandClock, many, never, peerOf, settled } from './samples.ts'

const identity = { tag: '', application: '', filteredQueryParams: [], pieceLength: null }
const looking = (change: Partial<Looking> = {}): Looking => ({
  identity,
  clock: new HandClock(),
  limits: { most: 100, atOnce: 4, withinMs: 1000 },
  signal: never,
  ...change,
})
const questions = (peers: number, blobs: number, driver: PeerDriver): readonly Question[] =>
  many(peers, (n) =>
    many(blobs, (m) => ({ peer: peerOf(n), blob: blobOf(m), cluster: clusterOf(1), driver, image: null })),
  ).flat()
const probing = (probe: PeerDriver['probe']): PeerDriver => driverOf({}, { probe })

test('a part of a blob is not the blob, and a peer that cannot say is counted', async () => {
  const answers = ['present', 'absent', 'partial', 'unknown'] as const
  const asked = questions(
    1,
    4,
    probing(async (_peer, { digest }) => answers[Number(digest?.at(-1))] ?? 'unknown'),
  )
  const { held, warnings } = await look(asked, looking())
  assert.deepEqual([...held], asked.slice(0, 1))
  assert.deepEqual(warnings, ['Of 4 blobs at peers, 1 could not be looked at; they may be there.'])
})

test('a peer that gives no answer is named once, and asked no more', async () => {
  let calls = 0
  const driver = probing(async ({ id }) => {
    if (id !== 'p1') return 'present'
    calls++
    throw new Failure('peer.unreachable', 'Connection refused.')
  })
  const { held, warnings } = await look(
    questions(2, 10, driver),
    looking({ limits: { most: 100, atOnce: 1, withinMs: 1 } }),
  )
  assert.deepEqual([held.size, calls], [10, 1])
  assert.deepEqual(warnings, [
    'Peer node-1 (10.0.0.1) gave no answer: Connection refused.',
    'Of 20 blobs at peers, 10 could not be looked at; they may be there.',
  ])
})

test('of a fleet that is down, a dozen peers are named and the rest counted', async () => {
  const driver = probing(async () => {
    throw new Failure('peer.unreachable', 'Connection refused.')
  })
  const { warnings } = await look(questions(20, 1, driver), looking())
  assert.equal(warnings.filter((warning) => warning.startsWith('Peer ')).length, 12)
  assert.ok(warnings.includes('And 8 more peers gave no answer.'))
})

test('no more is asked than there is room for, and no more of that at once', async () => {
  let running = 0
  let most = 0
  let calls = 0
  const driver = probing(async () => {
    calls++
    most = Math.max(most, ++running)
    await settled()
    running--
    return 'absent'
  })
  const { warnings } = await look(questions(10, 20, driver), looking())
  assert.deepEqual([calls, most], [100, 4])
  assert.deepEqual(warnings, ['Of 200 blobs at peers, 100 could not be looked at; they may be there.'])
})

test('when its time is over, what was found out counts', async () => {
  const clock = new HandClock()
  const driver = probing(async ({ id }, _blob, { signal }) => {
    if (id === 'p0') return 'present'
    await once(signal, 'abort')
    throw signal.reason
  })
  const seen = look(questions(2, 1, driver), looking({ clock }))
  await settled()
  await clock.wind(1000)
  assert.equal((await seen).held.size, 1)
  assert.deepEqual((await seen).warnings, ['Of 2 blobs at peers, 1 could not be looked at; they may be there.'])
})

test('whoever goes away ends the look', async () => {
  const caller = new AbortController()
  const driver = probing(async (_peer, _blob, { signal }) => {
    caller.abort(new Error('gone'))
    throw signal.reason
  })
  await assert.rejects(look(questions(1, 1, driver), looking({ signal: caller.signal })), /gone/)
})

test('a fault of ours is not taken for a silent peer', async () => {
  const driver = probing(async () => {
    throw new TypeError('undefined is not a function')
  })
  await assert.rejects(look(questions(1, 1, driver), looking()), TypeError)
})
