// Who works at the same time, over all jobs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Places, type Guest, type PlaceLimits } from '../../../src/engine/places.ts'
import { Worklist, type Item, type Room } from '../../../src/engine/worklist.ts'
import type { Blob } from '../../../src/model/blob.ts'
import { blobOf, many, peerOf, settled, tasksOf } from './samples.ts'

const wide = { perPeer: 100, perBlob: 1000 }
const placesOf = (limits: Partial<PlaceLimits>): Places =>
  new Places({ atOnce: 1000, perOrigin: 1000, perPeer: 1000, ...limits })
const at = (host: string, count: number, from = 0): readonly Blob[] =>
  many(count, (n) => blobOf(from + n, { url: `https://${host}/${from + n}` }))

/** A job whose tasks end when they are told to. */
class Client implements Guest {
  readonly begun: Item[] = []
  readonly #list: Worklist
  readonly #doors: PromiseWithResolvers<void>[] = []

  constructor(peers: readonly number[], blobs: readonly Blob[]) {
    this.#list = new Worklist(
      tasksOf(
        peers.map((n) => peerOf(n)),
        blobs,
      ),
      wide,
    )
  }

  take(room: Room): Item | undefined {
    return this.#list.take(room)
  }

  async run(item: Item): Promise<void> {
    const door = Promise.withResolvers<void>()
    this.begun.push(item)
    this.#doors.push(door)
    await door.promise
    this.#list.end(item)
  }

  /** The task that was begun as the n-th is over. */
  async end(n: number): Promise<void> {
    this.#doors[n]?.resolve()
    await settled()
  }

  get shown(): readonly string[] {
    return this.begun.map(({ lane }) => lane.key)
  }
}

async function entered(places: Places, ...clients: readonly Client[]): Promise<void> {
  for (const client of clients) places.enter(client)
  await settled()
}

test('places: so many tasks run in all, and the next when one is over', async () => {
  const places = placesOf({ atOnce: 3 })
  const client = new Client([1, 2, 3, 4, 5], at('a.example', 1))
  await entered(places, client)
  assert.equal(client.begun.length, 3)
  await client.end(1)
  assert.equal(client.begun.length, 4)
})

test('places: a peer takes so many tasks, and of one origin no more than half of them', async () => {
  const client = new Client(
    [1],
    [...at('hangs.example', 3), ...at('b.example', 1, 10), ...at('c.example', 1, 20), ...at('d.example', 1, 30)],
  )
  const other = new Client([2], at('hangs.example', 1))
  await entered(placesOf({ perPeer: 4 }), client, other)
  assert.deepEqual(client.shown.toSorted(), ['p1 b.example', 'p1 c.example', 'p1 d.example', 'p1 hangs.example'])
  assert.deepEqual(other.shown, ['p2 hangs.example'])
})

test('places: a peer that takes one task takes it of any origin', async () => {
  const client = new Client([1], at('a.example', 2))
  await entered(placesOf({ perPeer: 1 }), client)
  assert.equal(client.begun.length, 1)
})

test('places: of one origin no more run than it has places, over all jobs and peers', async () => {
  const [one, two] = [new Client([1, 2, 3], at('a.example', 2)), new Client([4, 5], at('a.example', 2))]
  const three = new Client([1], at('b.example', 1))
  await entered(placesOf({ perOrigin: 4 }), one, two, three)
  assert.deepEqual([one.begun.length, two.begun.length, three.begun.length], [2, 2, 1])
})

test('places: a big job keeps no small one waiting', async () => {
  const places = placesOf({ atOnce: 4 })
  const big = new Client(
    many(50, (n) => n),
    at('a.example', 4),
  )
  await entered(places, big)
  const small = new Client([100, 101], at('a.example', 1))
  await entered(places, small)
  assert.deepEqual([big.begun.length, small.begun.length], [4, 0])
  await big.end(0)
  await big.end(1)
  await big.end(2)
  assert.deepEqual([big.begun.length, small.begun.length], [5, 2])
})

test('places: jobs that want the same peer take turns there', async () => {
  const places = placesOf({ perPeer: 4 })
  const big = new Client([1], at('a.example', 9))
  await entered(places, big)
  const small = new Client([1], at('a.example', 2, 50))
  await entered(places, small)
  await big.end(0)
  await small.end(0)
  await big.end(1)
  assert.deepEqual([big.begun.length, small.begun.length], [3, 2])
})

test('places: who is not served for want of room is the first when there is', async () => {
  const places = placesOf({ perPeer: 2, atOnce: 3 })
  const busy = new Client([1, 2, 3, 4, 5, 6], at('a.example', 3))
  await entered(places, busy)
  const waiting = new Client([1], at('a.example', 1))
  await entered(places, waiting)
  await busy.end(1)
  assert.deepEqual([busy.begun.length, waiting.begun.length], [4, 0])
  await busy.end(0)
  assert.deepEqual([busy.begun.length, waiting.begun.length], [4, 1])
})

test('places: who has left is served no more, and what still runs keeps its place', async () => {
  const places = placesOf({ atOnce: 2 })
  const gone = new Client([1, 2, 3], at('a.example', 2))
  await entered(places, gone)
  places.leave(gone)
  const next = new Client([4, 5], at('a.example', 1))
  await entered(places, next)
  assert.deepEqual([gone.begun.length, next.begun.length], [2, 0])
  await gone.end(0)
  await gone.end(1)
  assert.deepEqual([gone.begun.length, next.begun.length], [2, 2])
})
