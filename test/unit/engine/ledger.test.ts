// What is known of a job's tasks, and what of it is still to be written.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ledger } from '../../../src/engine/ledger.ts'
import { progressOf } from '../../../src/engine/progress.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { Warmed } from '../../../src/model/driver.ts'
import type { Source } from '../../../src/model/task.ts'
import { blobOf, diceOf, digestOf, many, peerOf, tasksOf } from './samples.ts'

const { problem } = new Failure('peer.full', 'The peer is full.')
const warmed = (bytes: number, source: Source | null): Warmed => ({
  digest: digestOf(1),
  bytes,
  moved: source === null ? {} : { [source]: bytes },
  source,
  proof: 'digest',
})
const ordinals = (ledger: Ledger) => ledger.takeChanges().map(({ ordinal, state }) => [ordinal, state])

for (const seed of [1, 2, 3]) {
  test(`ledger: on any walk (${seed}), the sums are those of all its tasks folded anew`, () => {
    const dice = diceOf(seed)
    const pick = (count: number): number => Math.floor(dice() * count)
    const blobs = many(7, (n) => blobOf(n, { size: n < 2 ? null : n * 10 }))
    const ledger = new Ledger(
      tasksOf(
        many(5, (n) => peerOf(n)),
        blobs,
      ),
    )
    const steps = [
      (at: number) => ledger.begin(at, 1),
      (at: number) => ledger.advance(at, pick(100)),
      (at: number) => ledger.pause(at),
      (at: number) =>
        ledger.warmed(at, warmed(pick(100), (['origin', 'peer', 'local', null] as const)[pick(4)] ?? null), 2),
      (at: number) => ledger.failed(at, problem, 2),
    ]
    for (let step = 0; step < 500; step++) {
      steps[pick(steps.length)]?.(pick(ledger.tasks.length))
      assert.deepEqual(ledger.progress, progressOf(ledger.tasks))
      const open = ledger.tasks.filter(({ state }) => state === 'waiting' || state === 'running')
      assert.equal(ledger.rest.tasks, open.length)
    }
    ledger.close(problem, 3)
    assert.deepEqual(ledger.progress, progressOf(ledger.tasks))
    assert.equal(ledger.rest.tasks, 0)
  })
}

test('ledger: a task that is over at the next look was written once', () => {
  const ledger = new Ledger(tasksOf([peerOf(1)], [blobOf(1), blobOf(2)]))
  ledger.begin(0, 1)
  ledger.advance(0, 50)
  ledger.warmed(0, warmed(100, 'origin'), 2)
  ledger.begin(1, 1)
  assert.deepEqual(ordinals(ledger), [[0, 'warm']])
})

test('ledger: a task that goes on is seen running, and how far it is', () => {
  const ledger = new Ledger(tasksOf([peerOf(1)], [blobOf(1)]))
  ledger.begin(0, 1)
  assert.deepEqual(ordinals(ledger), [])
  assert.deepEqual(ordinals(ledger), [[0, 'running']])
  assert.deepEqual(ordinals(ledger), [])
  ledger.advance(0, 70)
  assert.deepEqual(
    ledger.takeChanges().map(({ bytes }) => bytes),
    [70],
  )
  ledger.failed(0, problem, 5)
  assert.deepEqual(ordinals(ledger), [[0, 'failed']])
})

test('ledger: what a peer says of a task that is over changes nothing', () => {
  const ledger = new Ledger(tasksOf([peerOf(1)], [blobOf(1)]))
  ledger.begin(0, 1)
  ledger.warmed(0, warmed(100, 'origin'), 2)
  ledger.advance(0, 40)
  assert.equal(ledger.at(0).bytes, 100)
})

test('ledger: a task that is to be tried again waits, and remembers when it was begun and how often', () => {
  const ledger = new Ledger(tasksOf([peerOf(1)], [blobOf(1)]))
  ledger.begin(0, 10)
  ledger.pause(0)
  assert.deepEqual(ordinals(ledger), [[0, 'waiting']])
  ledger.begin(0, 20)
  const { state, attempts, startedAtMs } = ledger.at(0)
  assert.deepEqual([state, attempts, startedAtMs], ['running', 2, 10])
})

test('ledger: what the peer cannot say of a blob, the plan says', () => {
  const ledger = new Ledger(tasksOf([peerOf(1)], [blobOf(1)]))
  ledger.warmed(0, { ...warmed(100, null), digest: null }, 2)
  assert.equal(ledger.at(0).digest, digestOf(1))
  assert.deepEqual(ledger.at(0).moved, {})
})

test('ledger: what is not settled when the job ends takes its reason, and only a cancelled job cancels', () => {
  for (const [code, state] of [
    ['job.cancelled', 'cancelled'],
    ['job.deadline', 'failed'],
  ] as const) {
    const ledger = new Ledger(tasksOf([peerOf(1)], [blobOf(1), blobOf(2), blobOf(3)]))
    ledger.warmed(0, warmed(100, 'local'), 2)
    ledger.begin(1, 1)
    ledger.close(new Failure(code, 'It is over.'), 9)
    assert.deepEqual(
      ledger.tasks.map((task) => [task.state, task.problem?.code]),
      [
        ['warm', undefined],
        [state, code],
        [state, code],
      ],
    )
  }
})

test('ledger: a hundred results that nobody has taken are called many, and once taken they are not', async () => {
  const ledger = new Ledger(
    tasksOf(
      many(15, (n) => peerOf(n)),
      many(10, (n) => blobOf(n)),
    ),
  )
  let called = 0
  const listen = () => void ledger.many.then(() => called++)
  listen()
  for (let ordinal = 0; ordinal < 99; ordinal++) ledger.failed(ordinal, problem, 1)
  await Promise.resolve()
  assert.equal(called, 0)
  ledger.failed(99, problem, 1)
  await Promise.resolve()
  assert.equal(called, 1)
  ledger.takeChanges()
  listen()
  ledger.failed(100, problem, 1)
  await Promise.resolve()
  assert.equal(called, 1)
})
