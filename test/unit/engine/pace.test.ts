import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pace } from '../../../src/engine/pace.ts'
import { noProgress } from '../../../src/model/job.ts'

const at = (bytesDone: number, bytesHeld = 0) => ({ ...noProgress, bytesDone, bytesHeld })
const rest = (tasks: number, bytes: number | null) => ({ tasks, bytes })

test('pace: nothing is guessed of the first second', () => {
  const pace = new Pace()
  const unknown = { bytesPerSecond: null, secondsLeft: null }
  assert.deepEqual(pace.note(0, at(0), rest(4, 4000)), unknown)
  assert.deepEqual(pace.note(900, at(500), rest(4, 3500)), unknown)
})

test('pace: the rate is of what came, and the time left is what is left at that', () => {
  const pace = new Pace()
  pace.note(0, at(0), rest(4, 4000))
  assert.deepEqual(pace.note(2000, at(1000), rest(3, 3000)), { bytesPerSecond: 500, secondsLeft: 6 })
})

test('pace: what was held already did not come, but is no longer left', () => {
  const pace = new Pace()
  pace.note(0, at(0), rest(4, 4000))
  assert.deepEqual(pace.note(2000, at(2000, 2000), rest(2, 2000)), { bytesPerSecond: 0, secondsLeft: 2 })
})

test('pace: only the last ten seconds count', () => {
  const pace = new Pace()
  pace.note(0, at(0), rest(2, 100_000))
  pace.note(5000, at(50_000), rest(2, 50_000))
  assert.deepEqual(pace.note(15_000, at(51_000), rest(2, 49_000)), { bytesPerSecond: 100, secondsLeft: 490 })
  assert.deepEqual(pace.note(30_000, at(51_000), rest(2, 49_000)), { bytesPerSecond: null, secondsLeft: null })
  assert.deepEqual(pace.note(35_000, at(51_000), rest(2, 49_000)), { bytesPerSecond: 0, secondsLeft: null })
})

test('pace: where sizes are unknown, tasks are counted', () => {
  const pace = new Pace()
  pace.note(0, at(0), rest(10, null))
  assert.deepEqual(pace.note(4000, at(400), rest(8, null)), { bytesPerSecond: 100, secondsLeft: 16 })
})

test('pace: a read that starts anew makes no negative rate', () => {
  const pace = new Pace()
  pace.note(0, at(500), rest(1, 500))
  assert.deepEqual(pace.note(1000, at(0), rest(1, 1000)), { bytesPerSecond: 0, secondsLeft: null })
})

test('pace: when nothing is left, nothing is left', () => {
  const pace = new Pace()
  pace.note(0, at(0), rest(1, 0))
  assert.deepEqual(pace.note(1000, at(1000), rest(0, 0)), { bytesPerSecond: 1000, secondsLeft: 0 })
})
