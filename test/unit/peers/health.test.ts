// How often a peer is looked at before it counts as down.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HealthState, Peer } from '../../../src/model/peer.ts'
import { lookAt } from '../../../src/peers/health.ts'
import { AskingDriver } from '../../support/watched-peers.ts'

const peer: Peer = {
  id: 'asking-2@a:1',
  clusterId: 2,
  hostname: 'a',
  ip: '',
  address: 'a:1',
  location: '',
  seed: false,
  ordinary: true,
}
const { signal } = new AbortController()

/** Answers with these, one after the other. */
function answering(...states: readonly HealthState[]) {
  const driver = new AskingDriver({})
  const left = [...states]
  driver.health = async () => ({
    state: left.shift() ?? assert.fail('asked too often'),
    detail: '',
    version: null,
    diskFree: null,
    held: null,
  })
  return { driver, left }
}

for (const [before, states, after] of [
  ['up', ['up'], 'up'],
  ['up', ['down', 'up'], 'up'],
  ['up', ['down', 'degraded'], 'degraded'],
  ['up', ['down', 'down'], 'down'],
  ['degraded', ['down', 'up'], 'up'],
  ['unknown', ['down', 'down'], 'down'],
  ['down', ['down'], 'down'],
  ['down', ['up'], 'up'],
] as const) {
  test(`health: one that was ${before} and answers ${states.join(', then ')} is ${after}`, async () => {
    const { driver, left } = answering(...states)
    const { state } = await lookAt(peer, before, { driver, withinMs: 60_000, signal })
    assert.equal(state, after)
    assert.deepEqual(left, [])
  })
}

test('health: a driver that throws, and one that does not hear its signal, have a peer that is down', async () => {
  const driver = new AskingDriver({})
  driver.health = () => Promise.reject(new Error('no route'))
  const detailOf = async () => {
    const { state, detail } = await lookAt(peer, 'down', { driver, withinMs: 20, signal })
    return [state, detail]
  }
  assert.deepEqual(await detailOf(), ['down', 'no route'])
  driver.health = () => new Promise(() => {})
  assert.deepEqual(await detailOf(), ['down', 'no answer within 0.02 s'])
})

test('health: who is stopped hears the reason, and asks nobody any more', async () => {
  const { driver } = answering()
  const look = { driver, withinMs: 60_000, signal: AbortSignal.abort(new Error('enough')) }
  await assert.rejects(lookAt(peer, 'up', look), { message: 'enough' })
})
