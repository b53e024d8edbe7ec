import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachAtMost } from '../../../src/kit/each.ts'
import { Gate, Lanes } from '../../../src/kit/gate.ts'

const never = new AbortController().signal

test('gate: no more than its width are inside, and who waits comes in order', async () => {
  const gate = new Gate(2)
  const doors = [0, 1, 2, 3].map(() => Promise.withResolvers<void>())
  const entered: number[] = []
  const all = doors.map(({ promise }, n) =>
    gate.with(never, () => {
      entered.push(n)
      return promise
    }),
  )
  await new Promise(setImmediate)
  assert.deepEqual(entered, [0, 1])
  doors[1]?.resolve()
  await all[1]
  await new Promise(setImmediate)
  assert.deepEqual(entered, [0, 1, 2])
  for (const { resolve } of doors) resolve()
  await Promise.all(all)
  assert.deepEqual(entered, [0, 1, 2, 3])
})

test('gate: who stops waiting gives the place to the next', async () => {
  const gate = new Gate(1)
  const first = Promise.withResolvers<void>()
  const inside = gate.with(never, () => first.promise)
  const impatient = new AbortController()
  const waiting = gate.with(impatient.signal, async () => 'in')
  const next = gate.with(never, async () => 'next')
  impatient.abort(new Error('gone'))
  await assert.rejects(waiting, /gone/)
  first.resolve()
  await inside
  assert.equal(await next, 'next')
})

test('lanes: one key never waits for another', async () => {
  const lanes = new Lanes(1)
  const held = Promise.withResolvers<void>()
  const slow = lanes.with('a', never, () => held.promise)
  assert.equal(await lanes.with('b', never, async () => 'b'), 'b')
  held.resolve()
  await slow
})

test('each: the first error stops what was not begun, after what runs has ended', async () => {
  const begun: number[] = []
  const ended: number[] = []
  const run = async (n: number): Promise<void> => {
    begun.push(n)
    await new Promise(setImmediate)
    if (n === 1) throw new Error('one')
    await new Promise(setImmediate)
    ended.push(n)
  }
  await assert.rejects(eachAtMost([0, 1, 2, 3, 4, 5], 2, never, run), /one/)
  assert.deepEqual(
    ended,
    begun.filter((n) => n !== 1),
  )
  assert.ok(begun.length < 6)
})
