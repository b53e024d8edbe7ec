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

test('batch: what comes in one turn of the event loop runs together, in the next', async () => {
  const { batch, runs } = held()
  void batch.add(1)
  void batch.add(2)
  assert.equal(runs.length, 0)
  await turn()
  assert.deepEqual(runs[0]?.items, [1, 2])
})

test('batch: what comes during a run runs together after it, and each gets its own output', async () => {
  const { batch, runs, end } = held()
  const first = batch.add(1)
  await turn()
  const outputs = [first, batch.add(2), batch.add(3)]
  assert.equal(runs.length, 1)
  end(0)
  await turn()
  assert.deepEqual(runs[1]?.items, [2, 3])
  end(1)
  assert.deepEqual(await Promise.all(outputs), ['1', '2', '3'])
})

test('batch: a run never has more items than it may', async () => {
  const { batch, runs, end } = held(2)
  const outputs = [1, 2, 3].map((item) => batch.add(item))
  await turn()
  end(0)
  await turn()
  end(1)
  assert.deepEqual(
    runs.map(({ items }) => items),
    [[1, 2], [3]],
  )
  await Promise.all(outputs)
})

test('batch: a run that hangs keeps nobody but its own items', async () => {
  const { batch, runs, end } = held(100, 2)
  void batch.add(1)
  await turn()
  const second = batch.add(2)
  await turn()
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
  await turn()
  const second = batch.add(2)
  runs[0]?.end.reject(new Error('broken'))
  await assert.rejects(first, /broken/)
  await turn()
  end(1)
  assert.equal(await second, '2')
})
