// Asking again where that may help.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patiently } from '../../../src/engine/patience.ts'
import { usualPolicy } from '../../../src/engine/retry.ts'
import { Failure } from '../../../src/model/failure.ts'

const busy = new Failure('registry.busy', 'The registry is busy.', { retryAfterMs: 7000 })

function bench(deadlineAtMs = 1_000_000) {
  const slept: number[] = []
  const clock = { now: () => 0, sleep: async (ms: number) => void slept.push(ms) }
  const stop = new AbortController()
  return { slept, stop, by: { policy: usualPolicy, clock, chance: () => 0, deadlineAtMs, signal: stop.signal } }
}

test('what fails for a time is asked for again, as late as the other side says', async () => {
  const { by, slept } = bench()
  const failures = [busy, busy]
  const answer = await patiently(by, async () => {
    const failure = failures.pop()
    if (failure !== undefined) throw failure
    return 'there'
  })
  assert.equal(answer, 'there')
  assert.equal(slept.length, 2)
  assert.ok(slept.every((ms) => ms >= 7000))
})

const endings = [
  { name: 'what fails for good', error: new Failure('registry.denied', 'No.'), deadlineAtMs: 1_000_000, tries: 1 },
  { name: 'what fails too often', error: busy, deadlineAtMs: 1_000_000, tries: usualPolicy.attempts },
  { name: 'what would be asked for too late', error: busy, deadlineAtMs: 5000, tries: 1 },
]
for (const { name, error, deadlineAtMs, tries } of endings) {
  test(`${name} ends with its failure`, async () => {
    const { by, slept } = bench(deadlineAtMs)
    const ask = async () => {
      throw error
    }
    await assert.rejects(patiently(by, ask), (thrown) => thrown === error)
    assert.equal(slept.length, tries - 1)
  })
}

test('once the signal fires, its reason is the end', async () => {
  const { by, stop } = bench()
  const reason = new Failure('job.cancelled', 'Somebody cancelled the job.')
  const ask = async () => {
    stop.abort(reason)
    throw busy
  }
  await assert.rejects(patiently(by, ask), (thrown) => thrown === reason)
})
