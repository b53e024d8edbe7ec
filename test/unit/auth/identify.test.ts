import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Identify } from '../../../src/auth/identify.ts'
import { hashToken, mintToken } from '../../../src/auth/tokens.ts'
import { Secret } from '../../../src/kit/secret.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { TokenRecord, TokenUse } from '../../../src/model/ports.ts'

const now = Date.UTC(2030, 0, 1)
const clock = { now: () => now }
const token = mintToken()

const use: TokenUse = { contract: 'open-api', operation: 'listJobs', client: '' }

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
  lastUsedFor: null,
  createdAtMs: 0,
  updatedAtMs: 0,
  ...given,
})

/** What the database would answer. */
const answering = (find: (hash: string, use: TokenUse) => Promise<TokenRecord | undefined>) => ({
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
  const principal = { tokenId: 5, name: 'ci', userId: 3, permissions: ['job'], expiresAtMs: now + 1 }
  assert.deepEqual(await identify(record()).token(token, use), principal)
  assert.equal(await identify(record({ expiresAtMs: now })).token(token, use), undefined)
  assert.equal(await identify(record({ active: false })).token(token, use), undefined)
  assert.equal(await identify(undefined).token(token, use), undefined)
})

test('a record of another token is not believed', async () => {
  assert.equal(await identify(record({ hash: hashToken('another') })).token(token, use), undefined)
  assert.equal(await identify(record({ hash: '' })).token(token, use), undefined)
})

test('what cannot be a token is not looked up', async () => {
  const untouched = new Identify(answering(assert.fail), undefined, clock)
  assert.equal(await untouched.token('', use), undefined)
  assert.equal(await untouched.token('x'.repeat(1025), use), undefined)
})

test("the administrator's token of the settings needs no database", async () => {
  const settings = new Identify(answering(assert.fail), new Secret(token), clock)
  const { name, expiresAtMs } = (await settings.token(token, use)) ?? {}
  assert.deepEqual([name, expiresAtMs], ['administrator', null])
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
  const before = busy.token(token, use)
  current = record({ active: false })
  const after = Array.from({ length: 300 }, () => busy.token(token, use))
  lookups[0]?.resolve()
  assert.equal((await before)?.tokenId, 5)
  lookups[1]?.resolve()
  assert.deepEqual(new Set(await Promise.all(after)), new Set([undefined]))
  assert.equal(lookups.length, 2)
})

test('calls that share a lookup note the use of the one that it began with', async () => {
  const noted: string[] = []
  const lookups: PromiseWithResolvers<void>[] = []
  const find = async (_hash: string, { operation }: TokenUse) => {
    noted.push(operation)
    const ended = Promise.withResolvers<void>()
    lookups.push(ended)
    await ended.promise
    return record()
  }
  const busy = new Identify(answering(find), undefined, clock)
  const calls = ['ping', 'healthy', 'listJobs'].map((operation) => busy.token(token, { ...use, operation }))
  lookups[0]?.resolve()
  await calls[0]
  lookups[1]?.resolve()
  await Promise.all(calls)
  assert.deepEqual(noted, ['ping', 'healthy'])
})

test('two replicas that start for the first time at once make one token between them', async () => {
  assert.equal(await identify(undefined).firstToken(), undefined)
})
