import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Share } from '../../../src/kit/share.ts'

const never = new AbortController().signal

test('share: who asks for what is under way joins it', async () => {
  const share = new Share<string>()
  const door = Promise.withResolvers<string>()
  let flights = 0
  const fly = (): Promise<string> => {
    flights++
    return door.promise
  }
  const both = [share.join('k', never, fly), share.join('k', never, fly)]
  door.resolve('there')
  assert.deepEqual(await Promise.all(both), [
    { result: 'there', led: true },
    { result: 'there', led: false },
  ])
  assert.equal(flights, 1)
  await share.join('k', never, fly)
  assert.equal(flights, 2)
})

test("share: one caller's cancel leaves the flight to the others, the last one's stops it", async () => {
  const share = new Share<string>()
  const stopped = Promise.withResolvers<unknown>()
  const fly = (signal: AbortSignal): Promise<string> =>
    new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        stopped.resolve(signal.reason)
        reject(signal.reason)
      }),
    )
  const [one, two] = [new AbortController(), new AbortController()]
  const first = share.join('k', one.signal, fly)
  const second = share.join('k', two.signal, fly)
  one.abort(new Error('one'))
  await assert.rejects(first, /one/)
  two.abort(new Error('two'))
  await assert.rejects(second, /two/)
  assert.match(String(await stopped.promise), /two/)
})
