// The tasks of one job that wait for a place.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Worklist, type Item, type JobLimits, type Room } from '../../../src/engine/worklist.ts'
import type { Task } from '../../../src/model/task.ts'
import { blobOf, many, peerOf, tasksOf } from './samples.ts'

const roomy: Room = { ofOrigin: () => true, atPeer: () => true }
const wide: JobLimits = { perPeer: 100, perBlob: 1000 }

/** Takes until nothing more is given, and shows what was. */
function takeAll(list: Worklist, room = roomy): readonly Item[] {
  const items: Item[] = []
  for (let item = list.take(room); item !== undefined; item = list.take(room)) items.push(item)
  return items
}
const ordinals = (items: readonly Item[]): readonly number[] => items.map(({ ordinal }) => ordinal)
const peers = (count: number) => many(count, (n) => peerOf(n))
const blobs = (count: number, host = 'registry.example') =>
  many(count, (n) => blobOf(n, { url: `https://${host}/${n}` }))

test('worklist: tasks are given in the order of the plan, the peers in turn', () => {
  const tasks = tasksOf(peers(3), blobs(4))
  assert.deepEqual(ordinals(takeAll(new Worklist(tasks, wide))), ordinalsOf(tasks))
})

const ordinalsOf = (tasks: readonly Task[]): readonly number[] => tasks.map(({ ordinal }) => ordinal)

test('worklist: at one peer no more blobs are under way than were asked for', () => {
  const list = new Worklist(tasksOf(peers(2), blobs(5)), { perPeer: 2, perBlob: 1000 })
  const begun = takeAll(list)
  assert.deepEqual(ordinals(begun), [0, 1, 2, 3])
  const [first] = begun
  assert.ok(first)
  list.end(first)
  assert.deepEqual(ordinals(takeAll(list)), [4])
})

test('worklist: no blob is under way on more peers than were asked for; others are begun meanwhile', () => {
  const list = new Worklist(tasksOf(peers(4), blobs(3)), { perPeer: 8, perBlob: 1 })
  const begun = takeAll(list)
  assert.deepEqual(
    begun.map(({ ordinal, lane }) => [ordinal, lane.peer]),
    [
      [0, 'p0'],
      [5, 'p1'],
      [10, 'p2'],
    ],
  )
})

test('worklist: both limits together are the width of the job', () => {
  const list = new Worklist(tasksOf(peers(10), blobs(10)), { perPeer: 3, perBlob: 2 })
  const begun = takeAll(list)
  assert.equal(begun.length, 6)
  for (const alike of Map.groupBy(begun, ({ blob }) => blob).values()) assert.ok(alike.length <= 2)
})

test('worklist: where a peer has no room, the others are served', () => {
  const list = new Worklist(tasksOf(peers(3), blobs(2)), wide)
  const begun = takeAll(list, { ...roomy, atPeer: ({ peer }) => peer !== 'p1' })
  assert.deepEqual(ordinals(begun), [0, 2, 3, 5])
  assert.deepEqual(ordinals(takeAll(list)), [1, 4])
})

test('worklist: where an origin has no room, the others are served; otherwise they take turns', () => {
  const tasks = tasksOf(
    peers(1),
    [...blobs(2, 'a.example'), ...blobs(2, 'b.example')].map((blob, n) => ({ ...blob, digest: blobOf(n).digest })),
  )
  const list = new Worklist(tasks, wide)
  assert.deepEqual(ordinals(takeAll(list, { ...roomy, ofOrigin: (origin) => origin !== 'a.example' })), [2, 3])
  assert.deepEqual(ordinals(takeAll(list)), [0, 1])
  assert.deepEqual(ordinals(takeAll(new Worklist(tasks, wide))), [0, 2, 1, 3])
})

test('worklist: what is put back is the next one of its lane, also of one that was empty', () => {
  const list = new Worklist(tasksOf(peers(1), blobs(2)), wide)
  const [first, second] = takeAll(list)
  assert.ok(first && second)
  for (const item of [second, first]) {
    list.end(item)
    list.putBack(item)
  }
  assert.deepEqual(ordinals(takeAll(list)), [0, 1])
})

test('worklist: a lane that pauses is not served, and the others are', () => {
  const list = new Worklist(tasksOf(peers(2), blobs(2)), wide)
  const first = list.take(roomy)
  assert.ok(first)
  first.lane.pauses++
  assert.deepEqual(ordinals(takeAll(list)), [1, 3])
  first.lane.pauses--
  assert.deepEqual(ordinals(takeAll(list)), [2])
})
