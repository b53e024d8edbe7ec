import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Batch } from '../../../src/kit/batch.ts'

/** A batch whose runs end when the test says so. */
function held(most = 100, atOnce = 1) {
  const runs: { readonly items: readonly number[]; readonly end: PromiseWithResolvers<readonly string[]> }[] = []
  const batch = new Batch<number, string>({ most, atOnce }, (items) => {
    const end = Promise.withResolvers<readonly string[]>()
    runs.push({ items, end })
    return end.promise
  })
  const end = (n: number) => runs[n]?.end.resolve(runs[n].items.map(String))
  return { batch, runs, end }
}
const turn = () => new Promise(setImmediate)

test('batch: an item that comes alone runs at once', () => {
  const { batch, runs } = held()
  void batch.add(1)
  assert.deepEqual(runs[0]?.items, [1])
})

test('batch: what comes during a run runs together after it, and each gets its own output', async () => {
  const { batch, runs, end } = held()
  const outputs = [1, 2, 3].map((item) => batch.add(item))
  assert.equal(runs.length, 1)
  end(0)
  await turn()
  assert.deepEqual(runs[1]?.items, [2, 3])
  end(1)
  assert.deepEqual(await Promise.all(outputs), ['1', '2', '3'])
})

test('batch: a run never has more items than it may', async () => {
  const { batch, runs, end } = held(2)
  const outputs = [1, 2, 3, 4].map((item) => batch.add(item))
  for (const n of [0, 1, 2]) {
    end(n)
    await turn()
  }
  assert.deepEqual(
    runs.map(({ items }) => items),
    [[1], [2, 3], [4]],
  )
  await Promise.all(outputs)
})

test('batch: a run that hangs keeps nobody but its own items', async () => {
  const { batch, runs, end } = held(100, 2)
  void batch.add(1)
  const second = batch.add(2)
  const third = batch.add(3)
  end(1)
  assert.equal(await second, '2')
  await turn()
  end(2)
  assert.equal(await third, '3')
  assert.deepEqual(runs[0]?.items, [1])
})

test('batch: a run that fails fails its own items only', async () => {
  const { batch, runs, end } = held()
  const first = batch.add(1)
  const second = batch.add(2)
  runs[0]?.end.reject(new Error('broken'))
  await assert.rejects(first, /broken/)
  await turn()
  end(1)
  assert.equal(await second, '2')
})
