// What undici may do and a server cannot make it do on demand: go on while it is asked to pause.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Exchange } from '../../../src/kit/http-exchange.ts'

const limits = { firstByteMs: 10_000, noProgressMs: 10_000 }

/** undici's side: takes what it is told, and heeds nothing of it. */
const controller = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => {},
  pause: () => {},
  resume: () => {},
}

/** An exchange whose reader holds its first piece until it is released; the answer has begun. */
async function begun(signal: AbortSignal) {
  const release = Promise.withResolvers<void>()
  const taken: string[] = []
  const exchange = new Exchange(signal, limits, 0, () => async (chunk) => {
    if (taken.length === 0) await release.promise
    taken.push(chunk.toString())
  })
  exchange.onRequestStart(controller)
  exchange.onResponseStart(controller, 200, {})
  await new Promise((resolve) => setImmediate(resolve))
  for (const piece of ['a', 'b', 'c']) exchange.onResponseData(controller, Buffer.from(piece))
  return { exchange, release, taken }
}

test('pieces that come while the reader is at one wait behind it', async () => {
  const { exchange, release, taken } = await begun(new AbortController().signal)
  exchange.onResponseEnd()
  release.resolve()
  assert.equal((await exchange.reply).status, 200)
  assert.deepEqual(taken, ['a', 'b', 'c'])
})

test('pieces that wait are given up with their request', async () => {
  const stop = new AbortController()
  const { exchange, release, taken } = await begun(stop.signal)
  const reason = new Error('enough')
  stop.abort(reason)
  release.resolve()
  await assert.rejects(exchange.reply, (error) => error === reason)
  assert.deepEqual(taken, ['a'])
})
