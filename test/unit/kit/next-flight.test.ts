import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NextFlight } from '../../../src/kit/next-flight.ts'

/** A value that changes, and loads of it that end when the test says so. Each sees the value of its beginning. */
function slowSource() {
  const source = {
    value: 'old',
    loads: [] as PromiseWithResolvers<void>[],
    load: async (): Promise<string> => {
      const ended = Promise.withResolvers<void>()
      source.loads.push(ended)
      const seen = source.value
      await ended.promise
      return seen
    },
  }
  return source
}

test('whoever comes during a load waits for the next one, and sees what changed before the call', async () => {
  const flights = new NextFlight<string>()
  const source = slowSource()
  const first = flights.run('key', source.load)
  source.value = 'new'
  const later = Array.from({ length: 300 }, () => flights.run('key', source.load))
  assert.equal(source.loads.length, 1, 'the next load waits for the end of the first')
  source.loads[0]?.resolve()
  assert.equal(await first, 'old')
  assert.equal(source.loads.length, 2)
  source.loads[1]?.resolve()
  assert.deepEqual(new Set(await Promise.all(later)), new Set(['new']))
  assert.equal(source.loads.length, 2, 'all who waited share one load')
})

test('whoever comes at the very end of a load does not get what it saw', async () => {
  const flights = new NextFlight<string>()
  const source = slowSource()
  const first = flights.run('key', source.load)
  source.loads[0]?.resolve()
  // The load has ended, and nobody has heard of it yet.
  source.value = 'new'
  const second = flights.run('key', source.load)
  assert.equal(await first, 'old')
  source.value = 'newer'
  const third = flights.run('key', source.load)
  source.loads[1]?.resolve()
  await Promise.resolve()
  assert.equal(await second, 'new')
  assert.equal(source.loads.length, 3)
  source.loads[2]?.resolve()
  assert.equal(await third, 'newer')
})

test('after the last load nothing is kept: the next call loads at once', async () => {
  const flights = new NextFlight<string>()
  const source = slowSource()
  for (const [turn, value] of ['one', 'two', 'three'].entries()) {
    source.value = value
    const asked = flights.run('key', source.load)
    assert.equal(source.loads.length, turn + 1)
    source.loads[turn]?.resolve()
    assert.equal(await asked, value)
  }
})

test('keys do not wait for each other', async () => {
  const flights = new NextFlight<string>()
  const source = slowSource()
  const slow = flights.run('slow', source.load)
  const quick = flights.run('quick', source.load)
  source.loads[1]?.resolve()
  assert.equal(await quick, 'old')
  source.loads[0]?.resolve()
  await slow
})

test('a load that fails is no loss to those who wait for the next one', async () => {
  const flights = new NextFlight<string>()
  const source = slowSource()
  const first = flights.run('key', source.load)
  const second = flights.run('key', source.load)
  source.loads[0]?.reject(new Error('the connection broke'))
  await assert.rejects(first, /the connection broke/)
  source.loads[1]?.resolve()
  assert.equal(await second, 'old')
  assert.equal(await flights.run('key', async () => 'anew'), 'anew')
})

test('a load that hangs keeps nobody but its own caller', async () => {
  const flights = new NextFlight<string>(1)
  const source = slowSource()
  void flights.run('key', source.load)
  const second = flights.run('key', source.load)
  while (source.loads.length < 2) await new Promise(setImmediate)
  source.loads[1]?.resolve()
  assert.equal(await second, 'old')
  const third = flights.run('key', source.load)
  source.loads[2]?.resolve()
  assert.equal(await third, 'old')
})
