// Peers that should feed each other and went to the origin instead.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stampedesOf } from '../../../src/engine/stampede.ts'
import type { Moved, Task } from '../../../src/model/task.ts'
import { blobOf, clusterOf, driverOf, many, peerOf, tasksOf } from './samples.ts'

const mebibyte = 1024 * 1024
const peers = many(10, (n) => peerOf(n, { clusterId: n < 5 ? 1 : 2 }))
const sharing = driverOf({ sharesPieces: true })
const wayOf =
  (driver = sharing) =>
  ({ clusterId }: { readonly clusterId: number }) => ({ cluster: clusterOf(clusterId), driver })
const tasksWith = (size: number | null, movedAt: (n: number) => Moved): readonly Task[] =>
  tasksOf(peers, [blobOf(1, { size })]).map((task, n) => ({ ...task, bytes: 8 * mebibyte, moved: movedAt(n) }))

test('stampede: one fetch for each cluster is the plan, and twice is forgiven', () => {
  const bytes = 8 * mebibyte
  const fetched = tasksWith(bytes, (n) => (n % 5 < 2 ? { origin: bytes } : { peer: bytes }))
  assert.deepEqual(stampedesOf(fetched, wayOf()), [])
})

test('stampede: more than that is told by blob and cluster, with how often', () => {
  const bytes = 8 * mebibyte
  const fetched = tasksWith(bytes, (n) => (n < 5 ? { origin: bytes / 2 } : { peer: bytes }))
  const [stampede, ...others] = stampedesOf(fetched, wayOf())
  assert.deepEqual(others, [])
  assert.deepEqual([stampede?.cluster.id, stampede?.blob.digest, stampede?.times], [1, blobOf(1).digest, 2.5])
})

const unsuspicious: readonly { readonly name: string; readonly found: ReturnType<typeof stampedesOf> }[] = [
  {
    name: 'blobs up to 4 MiB come from the origin by intention',
    found: stampedesOf(
      tasksWith(4 * mebibyte, () => ({ origin: 4 * mebibyte })),
      wayOf(),
    ),
  },
  {
    name: 'peers that share nothing fetch each for itself',
    found: stampedesOf(
      tasksWith(8 * mebibyte, () => ({ origin: 8 * mebibyte })),
      wayOf(driverOf()),
    ),
  },
  {
    name: 'what is not known is no stampede',
    found: stampedesOf(
      tasksWith(8 * mebibyte, () => ({})),
      wayOf(),
    ),
  },
]
for (const { name, found } of unsuspicious) {
  test(`stampede: ${name}`, () => assert.deepEqual(found, []))
}

test('stampede: where the size was not known beforehand, it is what the peers hold', () => {
  const found = stampedesOf(
    tasksWith(null, () => ({ origin: 8 * mebibyte })),
    wayOf(),
  )
  assert.deepEqual(
    found.map(({ cluster, times }) => [cluster.id, times]),
    [
      [1, 5],
      [2, 5],
    ],
  )
})
