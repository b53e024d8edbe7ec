import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterFailure, type Verdict } from '../../../src/engine/retry.ts'

const policy = { attempts: 4, firstMs: 1000, longestMs: 3000 }
const rows: readonly {
  readonly name: string
  readonly temporary?: boolean
  readonly retryAfterMs?: number
  readonly attempt: number
  readonly chance?: number
  readonly leftMs?: number
  readonly verdict: Verdict
}[] = [
  {
    name: 'a permanent failure is not tried again',
    temporary: false,
    attempt: 1,
    verdict: { act: 'stop', because: 'permanent' },
  },
  {
    name: 'the first wait is between half and all of the first step',
    attempt: 1,
    chance: 0,
    verdict: { act: 'again', afterMs: 500 },
  },
  { name: 'chance spreads the waits', attempt: 1, chance: 0.999, verdict: { act: 'again', afterMs: 1000 } },
  { name: 'waits double', attempt: 2, chance: 0, verdict: { act: 'again', afterMs: 1000 } },
  { name: 'waits have a ceiling', attempt: 3, chance: 0, verdict: { act: 'again', afterMs: 1500 } },
  { name: 'the last attempt is the last', attempt: 4, verdict: { act: 'stop', because: 'attempts spent' } },
  {
    name: "the other side's Retry-After wins, with a little spread",
    attempt: 1,
    chance: 0,
    retryAfterMs: 7000,
    verdict: { act: 'again', afterMs: 7125 },
  },
  {
    name: 'a wait that would outlast the job is not begun',
    attempt: 1,
    retryAfterMs: 7000,
    leftMs: 6000,
    verdict: { act: 'stop', because: 'no time left' },
  },
]

for (const row of rows) {
  test(`retry: ${row.name}`, () => {
    const outcome = { temporary: row.temporary ?? true, retryAfterMs: row.retryAfterMs }
    const around = { policy, chance: row.chance ?? 0, leftMs: row.leftMs ?? 60_000 }
    assert.deepEqual(afterFailure(outcome, row.attempt, around), row.verdict)
  })
}
