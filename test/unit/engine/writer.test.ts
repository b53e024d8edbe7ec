// What became of a job's tasks, as it is written while it runs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ledger } from '../../../src/engine/ledger.ts'
import { Writer } from '../../../src/engine/writer.ts'
import type { Progress } from '../../../src/model/job.ts'
import { blobOf, HandClock, many, never, peerOf, settled, tasksOf } from './samples.ts'

interface Write {
  readonly tasks: number
  readonly progress: Progress
}

function bench() {
  const clock = new HandClock()
  const ledger = new Ledger(
    tasksOf(
      [peerOf(1)],
      many(10, (n) => blobOf(n)),
    ),
  )
  const writes: Write[] = []
  const answers = { held: true, until: Promise.resolve() }
  const save = async (tasks: number, progress: Progress): Promise<boolean> => {
    writes.push({ tasks, progress })
    await answers.until
    return answers.held
  }
  const queue = {
    savePlan: async (_lease: unknown, tasks: readonly unknown[], progress: Progress) => save(tasks.length, progress),
    saveTasks: async (_lease: unknown, tasks: readonly unknown[], progress: Progress) => save(tasks.length, progress),
  }
  const writer = new Writer({ queue, clock }, { job: 1, epoch: 1 }, ledger)
  const warm = (ordinal: number) =>
    ledger.warmed(ordinal, { digest: null, bytes: 100, moved: { origin: 100 }, source: 'origin', proof: 'digest' }, 0)
  return { clock, ledger, writer, writes, answers, warm }
}

test('writer: the whole plan is written once, and after it only what changes', async () => {
  const { writer, writes, warm } = bench()
  await writer.plan()
  await writer.flush()
  warm(3)
  warm(4)
  await writer.flush()
  await writer.flush()
  assert.deepEqual(
    writes.map(({ tasks, progress }) => [tasks, progress.warm]),
    [
      [10, 0],
      [2, 2],
    ],
  )
})

test('writer: what is done is written a few times a second, with how fast it goes', async () => {
  const { writer, writes, warm, clock } = bench()
  await writer.plan()
  const stop = new AbortController()
  const writing = writer.keepWriting(stop.signal)
  for (let ordinal = 0; ordinal < 8; ordinal++) {
    await clock.wind(200)
    warm(ordinal)
  }
  await clock.wind(200)
  stop.abort()
  await writing
  assert.deepEqual(
    writes.map(({ tasks }) => tasks),
    [10, 1, 1, 1, 1, 1, 1, 1, 1],
  )
  const last = writes.at(-1)?.progress
  assert.deepEqual([last?.warm, last?.bytesPerSecond, last?.secondsLeft], [8, 500, 1])
})

test('writer: while a write is under way there is no other', async () => {
  const { writer, writes, warm, clock, answers } = bench()
  const slow = Promise.withResolvers<void>()
  answers.until = slow.promise
  const stop = new AbortController()
  const writing = writer.keepWriting(stop.signal)
  for (let ordinal = 0; ordinal < 5; ordinal++) {
    warm(ordinal)
    await clock.wind(200)
  }
  assert.equal(writes.length, 1)
  slow.resolve()
  await settled()
  await clock.wind(200)
  assert.deepEqual(
    writes.map(({ tasks }) => tasks),
    [1, 4],
  )
  stop.abort()
  await writing
})

test('writer: where the lease is lost, it says so', async () => {
  const { writer, warm, answers, clock } = bench()
  answers.held = false
  await assert.rejects(writer.plan(), { code: 'self.stopping' })
  warm(1)
  const writing = assert.rejects(writer.keepWriting(never), { code: 'self.stopping' })
  await clock.wind(200)
  await writing
})
