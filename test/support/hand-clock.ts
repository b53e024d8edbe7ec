// A clock that is wound by hand: sleeps end when the test says so.

import assert from 'node:assert/strict'
import { once, EventEmitter } from 'node:events'
import type { Clock } from '../../src/model/ports.ts'

interface Sleeper {
  readonly untilMs: number
  readonly wake: () => void
}

export interface HandClock extends Clock {
  /** Lets time pass, and wakes those who slept until then. */
  advance(ms: number): void
  /** As advance; resolves when as many as were woken sleep again: what they had to do is done. */
  tick(ms: number): Promise<void>
  /** Resolves when so many sleep. */
  asleep(count: number): Promise<void>
  readonly sleeping: number
}

export function handClock(): HandClock {
  let nowMs = Date.UTC(2030, 0, 1)
  const sleepers = new Set<Sleeper>()
  const changes = new EventEmitter<{ slept: [] }>()
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const leave = () => {
        sleepers.delete(sleeper)
        signal.removeEventListener('abort', onAbort)
      }
      const onAbort = () => {
        leave()
        reject(signal.reason as Error)
      }
      const sleeper: Sleeper = {
        untilMs: nowMs + ms,
        wake: () => {
          leave()
          resolve()
        },
      }
      sleepers.add(sleeper)
      signal.addEventListener('abort', onAbort, { once: true })
      changes.emit('slept')
    })
  const advance = (ms: number): void => {
    nowMs += ms
    for (const { untilMs, wake } of sleepers) if (untilMs <= nowMs) wake()
  }
  const asleep = async (count: number): Promise<void> => {
    while (sleepers.size < count) await once(changes, 'slept')
  }
  return {
    now: () => nowMs,
    sleep,
    advance,
    asleep,
    async tick(ms) {
      const before = sleepers.size
      assert.ok(before > 0, 'nobody sleeps')
      advance(ms)
      await asleep(before)
    },
    get sleeping() {
      return sleepers.size
    },
  }
}
