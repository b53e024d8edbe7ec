// One job's tasks from the first to the last.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Places } from '../../../src/engine/places.ts'
import { Work, type Pause } from '../../../src/engine/work.ts'
import { Worklist } from '../../../src/engine/worklist.ts'
import { blobOf, HandClock, many, peerOf, settled, tasksOf } from './samples.ts'

interface Given {
  readonly peers?: number
  readonly blobs?: number
  readonly limits?: { readonly perPeer: number; readonly perBlob: number }
  readonly atOnce?: number
  readonly perPeer?: number
  readonly attempt: (ordinal: number) => Promise<Pause | undefined>
}

function bench({
  peers = 1,
  blobs = 1,
  limits = { perPeer: 8, perBlob: 8 },
  atOnce = 100,
  perPeer = 100,
  attempt,
}: Given) {
  const clock = new HandClock()
  const stop = new AbortController()
  const places = new Places({ atOnce, perOrigin: 1000, perPeer })
  const tried: number[] = []
  const tasks = tasksOf(
    many(peers, (n) => peerOf(n)),
    many(blobs, (n) => blobOf(n)),
  )
  const work = new Work(new Worklist(tasks, limits), tasks.length, {
    places,
    clock,
    signal: stop.signal,
    attempt: (ordinal) => {
      tried.push(ordinal)
      return attempt(ordinal)
    },
  })
  return { work, clock, stop, tried, places, tasks }
}

test('work: every task is done, and then it is over', async () => {
  const { work, tried } = bench({ peers: 20, blobs: 10, attempt: async () => undefined })
  await work.toTheEnd()
  assert.equal(new Set(tried).size, 200)
  assert.equal(tried.length, 200)
})

test('work: where there is nothing to do, it is over at once', async () => {
  await bench({ blobs: 0, attempt: () => assert.fail('nothing is tried') }).work.toTheEnd()
})

test('work: a peer that hangs holds its own places, and all else is done', async () => {
  const hangs = Promise.withResolvers<undefined>()
  const { work, tried } = bench({
    peers: 3,
    blobs: 40,
    limits: { perPeer: 4, perBlob: 3 },
    attempt: async (ordinal) => (ordinal % 3 === 1 ? hangs.promise : undefined),
  })
  const over = work.toTheEnd()
  await settled()
  const atDead = tried.filter((ordinal) => ordinal % 3 === 1)
  assert.deepEqual([atDead.length, tried.length - atDead.length], [4, 80])
  hangs.resolve(undefined)
  await over
  assert.equal(tried.length, 120)
})

test('work: a task that waits for another try holds no place', async () => {
  const { work, clock, tried } = bench({
    blobs: 3,
    atOnce: 1,
    attempt: async (ordinal) => (ordinal === 0 && tried.length === 1 ? { ms: 500, isAskedFor: false } : undefined),
  })
  const over = work.toTheEnd()
  await settled()
  assert.deepEqual(tried, [0, 1, 2])
  await clock.wind(499)
  assert.deepEqual(tried, [0, 1, 2])
  await clock.wind(1)
  assert.deepEqual(tried, [0, 1, 2, 0])
  await over
})

test('work: where the peer or the origin asked for a pause, only what goes to other peers goes on', async () => {
  const { work, clock, tried } = bench({
    peers: 2,
    blobs: 3,
    limits: { perPeer: 1, perBlob: 8 },
    attempt: async (ordinal) => (ordinal === 0 && tried.length === 1 ? { ms: 500, isAskedFor: true } : undefined),
  })
  const over = work.toTheEnd()
  await settled()
  assert.deepEqual(tried, [0, 1, 3, 5])
  await clock.wind(500)
  assert.deepEqual(tried, [0, 1, 3, 5, 0, 2, 4])
  await over
})

test('work: pauses that end at about the same time take one timer', async () => {
  const seen = new Set<number>()
  const { work, clock } = bench({
    peers: 100,
    blobs: 8,
    attempt: async (ordinal) => {
      const isFirst = !seen.has(ordinal)
      seen.add(ordinal)
      return isFirst ? { ms: 450 + (ordinal % 50), isAskedFor: false } : undefined
    },
  })
  const over = work.toTheEnd()
  while (seen.size < 800) await settled()
  assert.equal(clock.sleepers, 1)
  await clock.wind(500)
  await over
})

test('work: once the signal fires nothing is begun, what runs is waited for, and what pauses is not', async () => {
  const hangs = Promise.withResolvers<undefined>()
  const { work, stop, tried } = bench({
    blobs: 9,
    limits: { perPeer: 2, perBlob: 1 },
    attempt: async (ordinal) => (ordinal === 0 ? { ms: 500, isAskedFor: true } : hangs.promise),
  })
  let isOver = false
  const over = work.toTheEnd().finally(() => {
    isOver = true
  })
  await settled()
  assert.deepEqual(tried, [0, 1])
  stop.abort(new Error('enough'))
  await settled()
  assert.equal(isOver, false)
  hangs.resolve(undefined)
  await assert.rejects(over, /enough/)
  assert.deepEqual(tried, [0, 1])
})

test('work: a signal that fired before lets nothing begin', async () => {
  const { work, stop, tried } = bench({ blobs: 3, attempt: async () => undefined })
  stop.abort(new Error('before'))
  await assert.rejects(work.toTheEnd(), /before/)
  await settled()
  assert.deepEqual(tried, [])
})

test('work: the first error ends it, after what runs', async () => {
  const { work, tried } = bench({
    blobs: 9,
    limits: { perPeer: 1, perBlob: 1 },
    attempt: async (ordinal) => {
      if (ordinal === 2) throw new Error(`of ${ordinal}`)
      return undefined
    },
  })
  await assert.rejects(work.toTheEnd(), /of 2/)
  assert.deepEqual(tried, [0, 1, 2])
})

test('work: others get their turn of the event loop while tasks are answered at once', async () => {
  const { work, tried } = bench({
    peers: 100,
    blobs: 10,
    limits: { perPeer: 10, perBlob: 100 },
    attempt: async () => undefined,
  })
  const seen: number[] = []
  const over = work.toTheEnd()
  let isOver = false
  void over.then(() => {
    isOver = true
  })
  while (!isOver) {
    seen.push(tried.length)
    await new Promise(setImmediate)
  }
  assert.ok(new Set(seen).size > 5)
})
