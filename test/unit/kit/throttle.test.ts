// So many bytes per second: what passes at once, and how long the rest waits.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Throttle } from '../../../src/kit/throttle.ts'

const signal = new AbortController().signal

/** A clock that is set by hand, and notes how long it was asked to sleep. */
function makeClock() {
  const slept: number[] = []
  const clock = {
    nowMs: 1_000_000,
    now: () => clock.nowMs,
    sleep: async (ms: number) => void slept.push(ms),
  }
  return { clock, slept }
}

test("one second's worth passes at once, what is beyond waits as long as it takes", async () => {
  const { clock, slept } = makeClock()
  const throttle = new Throttle(1000, clock)
  assert.equal(throttle.pass(600, signal), undefined)
  assert.equal(throttle.pass(400, signal), undefined)
  await throttle.pass(500, signal)
  await throttle.pass(500, signal)
  assert.deepEqual(slept, [500, 1000])
})

test('time pays, but never for more than one second ahead', async () => {
  const { clock, slept } = makeClock()
  const throttle = new Throttle(1000, clock)
  await throttle.pass(1500, signal)
  clock.nowMs += 500
  assert.equal(throttle.pass(0, signal), undefined)
  clock.nowMs += 60_000
  assert.equal(throttle.pass(1000, signal), undefined)
  await throttle.pass(1, signal)
  assert.deepEqual(slept, [500, 1])
})

test('a piece larger than a second holds passes, and makes the next one wait', async () => {
  const { clock, slept } = makeClock()
  const throttle = new Throttle(1000, clock)
  await throttle.pass(11_000, signal)
  clock.nowMs += 10_000
  await throttle.pass(1000, signal)
  assert.deepEqual(slept, [10_000, 1000])
})

test('a clock that is set back costs nothing', async () => {
  const { clock, slept } = makeClock()
  const throttle = new Throttle(1000, clock)
  assert.equal(throttle.pass(1000, signal), undefined)
  clock.nowMs -= 3_600_000
  await throttle.pass(100, signal)
  clock.nowMs += 1100
  assert.equal(throttle.pass(1000, signal), undefined)
  assert.deepEqual(slept, [100])
})

test('who gives up waiting hears its own reason', async () => {
  const clock = { now: () => 0, sleep: (_: number, stop: AbortSignal) => Promise.reject(stop.reason as Error) }
  const reason = new Error('enough')
  await assert.rejects(
    async () => new Throttle(10, clock).pass(100, AbortSignal.abort(reason)),
    (error) => error === reason,
  )
})
