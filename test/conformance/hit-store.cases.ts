// What every HitStore promises.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HitStore } from '../../src/model/ports.ts'

export interface HitStoreBench {
  readonly hits: HitStore
  /** Ends the window of a key. */
  readonly end: (key: string) => Promise<void>
  /** The keys of which anything is kept. */
  readonly keys: () => Promise<readonly string[]>
}

const minute = 60_000

/** The store must be empty before each case. */
export function hitStoreCases(bench: () => HitStoreBench): void {
  test('hits add up by key, in the window that began with the first of them', async () => {
    const { hits } = bench()
    const first = await hits.hit('token:1', 1, minute)
    assert.equal(first.hits, 1)
    assert.ok(Math.abs(first.resetsAtMs - Date.now() - minute) < minute, 'the end is a window away from now')
    assert.deepEqual(await hits.hit('token:1', 40, 2 * minute), { hits: 41, resetsAtMs: first.resetsAtMs })
    assert.equal((await hits.hit('token:2', 5, minute)).hits, 5)
    assert.deepEqual(await hits.hit('token:1', 0, minute), { hits: 41, resetsAtMs: first.resetsAtMs })
  })

  test('hits at the same time are all counted, and each sees another sum', async () => {
    const { hits } = bench()
    const counted = await Promise.all(Array.from({ length: 100 }, () => hits.hit('address:::1', 1, minute)))
    assert.deepEqual(
      counted.map((count) => count.hits).toSorted((a, b) => a - b),
      Array.from({ length: 100 }, (_, index) => index + 1),
    )
    assert.equal(new Set(counted.map((count) => count.resetsAtMs)).size, 1)
  })

  test('counts of many thousands of millions stay exact', async () => {
    const { hits } = bench()
    await hits.hit('a', 2 ** 40, minute)
    assert.equal((await hits.hit('a', 1, minute)).hits, 2 ** 40 + 1)
  })

  test('a window that is over begins anew', async () => {
    const { hits, end } = bench()
    await hits.hit('a', 7, minute)
    await hits.hit('b', 7, minute)
    await end('a')
    const anew = await hits.hit('a', 2, minute)
    assert.equal(anew.hits, 2)
    assert.ok(anew.resetsAtMs > Date.now())
    assert.equal((await hits.hit('b', 2, minute)).hits, 9)
  })

  test('sweeping takes away what is over, and nothing else', async () => {
    const { hits, end, keys } = bench()
    await hits.sweep()
    await hits.hit('over', 7, minute)
    await hits.hit('under way', 7, minute)
    await end('over')
    await Promise.all([hits.sweep(), hits.sweep()])
    assert.deepEqual(await keys(), ['under way'])
    assert.equal((await hits.hit('under way', 1, minute)).hits, 8)
  })
}
