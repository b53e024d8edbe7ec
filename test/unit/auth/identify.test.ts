import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Identify } from '../../../src/auth/identify.ts'
import { hashToken, mintToken } from '../../../src/auth/tokens.ts'
import { Secret } from '../../../src/kit/secret.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { TokenRecord } from '../../../src/model/ports.ts'

const now = Date.UTC(2030, 0, 1)
const clock = { now: () => now }
const token = mintToken()

const record = (given: Partial<TokenRecord> = {}): TokenRecord => ({
  id: 5,
  name: 'ci',
  bio: '',
  hash: hashToken(token),
  permissions: ['job'],
  userId: 3,
  active: true,
  expiresAtMs: now + 1,
  lastUsedAtMs: null,
  createdAtMs: 0,
  updatedAtMs: 0,
  ...given,
})

/** What the database would answer. */
const answering = (find: () => Promise<TokenRecord | undefined>) => ({
  find,
  count: async () => 0,
  insert: async () => {
    throw new Failure('request.conflict', 'There is a token named "administrator" already.')
  },
})

const identify = (found: TokenRecord | undefined) =>
  new Identify(
    answering(async () => found),
    undefined,
    clock,
  )

test('a token becomes its principal until it expires', async () => {
  const principal = { tokenId: 5, name: 'ci', userId: 3, permissions: ['job'] }
  assert.deepEqual(await identify(record()).token(token), principal)
  assert.equal(await identify(record({ expiresAtMs: now })).token(token), undefined)
  assert.equal(await identify(record({ active: false })).token(token), undefined)
  assert.equal(await identify(undefined).token(token), undefined)
})

test('a record of another token is not believed', async () => {
  assert.equal(await identify(record({ hash: hashToken('another') })).token(token), undefined)
  assert.equal(await identify(record({ hash: '' })).token(token), undefined)
})

test('what cannot be a token is not looked up', async () => {
  const untouched = new Identify(answering(assert.fail), undefined, clock)
  assert.equal(await untouched.token(''), undefined)
  assert.equal(await untouched.token('x'.repeat(1025)), undefined)
})

test("the administrator's token of the settings needs no database", async () => {
  const settings = new Identify(answering(assert.fail), new Secret(token), clock)
  assert.deepEqual((await settings.token(token))?.name, 'administrator')
  assert.equal(await settings.firstToken(), undefined)
})

test('a revocation before a call is seen by that call, however many lookups are under way', async () => {
  let current = record()
  const lookups: PromiseWithResolvers<void>[] = []
  const find = async () => {
    const seen = current
    const ended = Promise.withResolvers<void>()
    lookups.push(ended)
    await ended.promise
    return seen
  }
  const busy = new Identify(answering(find), undefined, clock)
  const before = busy.token(token)
  current = record({ active: false })
  const after = Array.from({ length: 300 }, () => busy.token(token))
  lookups[0]?.resolve()
  assert.equal((await before)?.tokenId, 5)
  lookups[1]?.resolve()
  assert.deepEqual(new Set(await Promise.all(after)), new Set([undefined]))
  assert.equal(lookups.length, 2)
})

test('two replicas that start for the first time at once make one token between them', async () => {
  assert.equal(await identify(undefined).firstToken(), undefined)
})
