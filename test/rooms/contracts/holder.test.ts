// Routes for whoever holds a token, through the whole door and over real connections.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeApp } from '../../../src/contracts/http/app.ts'
import type { Contract, Route } from '../../../src/contracts/http/route.ts'
import { listen } from '../../../src/contracts/http/server.ts'
import { Traffic } from '../../../src/contracts/http/traffic.ts'
import { asFailure } from '../../../src/model/failure.ts'
import type { HitStore, TokenUse } from '../../../src/model/ports.ts'
import type { Principal } from '../../../src/model/principal.ts'

const route = (operation: string, may: Route['may']): Route => ({
  operation,
  method: 'get',
  path: `/${operation}`,
  may,
  run: async ({ principal }) => ({ status: 200, body: principal?.name ?? null }),
})

/** It trusts whoever calls. */
const trusting: Contract = {
  name: 'trusting',
  routes: [route('open', 'anyone'), route('own', 'holder'), route('jobs', 'job')],
  refuse: (failure) => ({ status: 499, body: asFailure(failure).code }),
  trusts: () => true,
}

const holder: Principal = { tokenId: 7, name: 'ann', userId: 1, permissions: [], expiresAtMs: null }

test('a route for holders takes any token, no trust, and is counted', async (t) => {
  const uses: TokenUse[] = []
  const counted: string[] = []
  const hits: HitStore = {
    hit: async (key) => ({ hits: counted.push(key), resetsAtMs: Date.now() + 60_000 }),
    sweep: async () => {},
  }
  const app = makeApp({
    contracts: [trusting],
    identifies: async (token, use) => {
      uses.push(use)
      return token === 'right' ? holder : undefined
    },
    prefixes: [],
    limits: { hits, token: 2, address: 0, failedAuth: 0 },
    trustedProxies: [],
    traffic: new Traffic(),
    stopping: new AbortController().signal,
    onFault: (_where, error) => assert.fail(String(error)),
  })
  const listening = await listen(app, '127.0.0.1', 0)
  t.after(() => listening.close({ delayMs: 0, graceMs: 0 }))
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${listening.port}${path}`, { headers: { 'user-agent': 'a\tb', ...headers } })).json()

  assert.equal(await get('/jobs'), 'trusted')
  assert.equal(await get('/open'), null)
  assert.equal(await get('/own'), 'auth.missing')
  assert.deepEqual([uses, counted], [[], []])

  assert.equal(await get('/own', { authorization: 'Bearer right' }), 'ann')
  assert.equal(await get('/own', { 'x-api-key': 'wrong' }), 'auth.missing')
  assert.equal(await get('/jobs', { authorization: 'Bearer right' }), 'auth.denied')
  assert.equal(await get('/t/right/open'), 'ann')
  const use = (operation: string): TokenUse => ({ contract: 'trusting', operation, client: 'a b' })
  assert.deepEqual(uses, ['own', 'own', 'jobs', 'open'].map(use))
  assert.deepEqual(counted, ['token:7'])
  assert.equal(await get('/own', { authorization: 'Bearer right' }), 'ann')
  assert.equal(await get('/own', { authorization: 'Bearer right' }), 'request.too-many')
})
