// What is decided about access tokens, on the tables that keep them.

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { AccessTokens } from '../../../src/auth/access-tokens.ts'
import { Identify } from '../../../src/auth/identify.ts'
import { systemClock } from '../../../src/kit/clock.ts'
import type { TokenUse } from '../../../src/model/ports.ts'
import { permissions, type Permission, type Principal } from '../../../src/model/principal.ts'
import { openDatabase, type Database } from '../../../src/store/database.ts'
import { Tokens } from '../../../src/store/tokens.ts'
import { databaseKinds, withDatabase } from '../../support/database.ts'
import { onEachDatabase } from './bench.ts'

const holding = (...held: readonly Permission[]): Principal => ({
  tokenId: 1,
  name: 'ann',
  userId: 7,
  permissions: held,
  expiresAtMs: null,
})
const use: TokenUse = { contract: 'open-api', operation: 'listJobs', client: 'curl/8.0' }
const administrator = holding(...permissions)

const tomorrow = Date.now() + 24 * 3_600_000
const asked = { name: 'ci', bio: 'for the pipeline', permissions: null, expiresAtMs: tomorrow, userId: null }

const make = (database: Database) => {
  const tokens = new Tokens(database)
  return {
    access: new AccessTokens(tokens, systemClock),
    identify: new Identify(tokens, undefined, systemClock),
  }
}

onEachDatabase((database) => {
  test('a minted token identifies its holder, and is kept nowhere', async () => {
    const { access, identify } = make(database())
    const { record, token } = await access.mint(asked, administrator)
    assert.match(token, /^wf_[\w-]{43}$/)
    assert.deepEqual([record.permissions, record.userId], [['job', 'cluster'], 7])
    const principal = await identify.token(token, use)
    const { id, expiresAtMs } = record
    assert.deepEqual(principal, { tokenId: id, name: 'ci', userId: 7, permissions: ['job', 'cluster'], expiresAtMs })
    const kept = await database().run((db) =>
      db.raw<{ rows: { row: string }[] }>('select row_to_json(tokens)::text as row from tokens'),
    )
    assert.doesNotMatch(kept.rows.map(({ row }) => row).join(), new RegExp(token.slice(3)))
    const { lastUsedAtMs, lastUsedFor } = await access.get(record.id)
    assert.notEqual(lastUsedAtMs, null)
    assert.deepEqual(lastUsedFor, use)
  })

  test('a token belongs to the user who is named, and to the caller where nobody is', async () => {
    const { access } = make(database())
    const users = [null, 0, 12]
    const records = await Promise.all(
      users.map((userId) => access.mint({ ...asked, name: `for ${userId}`, userId }, administrator)),
    )
    assert.deepEqual(
      records.map(({ record }) => record.userId),
      [7, 7, 12],
    )
  })

  test('nobody gives a permission that they do not hold', async () => {
    const { access } = make(database())
    const { record } = await access.mint(asked, administrator)
    const manager = holding('personal-access-token', 'job')
    const refused = [
      { given: null, names: /cluster/ },
      { given: ['job', 'cluster:read'], names: /cluster:read/ },
    ] as const
    for (const { given, names } of refused) {
      const denied = { code: 'auth.denied', message: names }
      await assert.rejects(access.mint({ ...asked, name: 'other', permissions: given }, manager), denied)
    }
    await assert.rejects(access.change(record.id, { permissions: ['cluster'] }, manager), { code: 'auth.denied' })
    assert.deepEqual(await access.get(record.id), record)
    const { record: lesser } = await access.mint({ ...asked, name: 'other', permissions: ['job:read'] }, manager)
    assert.deepEqual(lesser.permissions, ['job:read'])
    assert.deepEqual((await access.change(lesser.id, { permissions: ['job'] }, manager)).permissions, ['job'])
  })

  test('a token expires in the future, and nothing is made of one that does not', async () => {
    const { access } = make(database())
    const { record } = await access.mint(asked, administrator)
    for (const expiresAtMs of [0, Date.now() - 1, Number.NaN]) {
      const invalid = { code: 'request.invalid' }
      await assert.rejects(access.mint({ ...asked, name: 'other', expiresAtMs }, administrator), invalid)
      await assert.rejects(access.change(record.id, { expiresAtMs }, administrator), invalid)
    }
    assert.deepEqual((await access.list({}, 1, 9)).rows, [record])
  })

  test('what is not there is not found, and a name that is taken is refused', async () => {
    const { access } = make(database())
    const missing = { code: 'request.not-found', message: 'There is no access token 4000.' }
    await assert.rejects(access.get(4000), missing)
    await assert.rejects(access.change(4000, { bio: 'x' }, administrator), missing)
    await assert.rejects(access.remove(4000), missing)
    await access.mint(asked, administrator)
    await assert.rejects(access.mint(asked, administrator), { code: 'request.conflict' })
  })

  test('a token that is revoked, has been given back or is removed holds from the next call on', async () => {
    const { access, identify } = make(database())
    const { record, token } = await access.mint(asked, administrator)
    await access.change(record.id, { active: false }, administrator)
    assert.equal(await identify.token(token, use), undefined)
    await access.change(record.id, { active: true }, administrator)
    assert.equal((await identify.token(token, use))?.tokenId, record.id)
    await access.remove(record.id)
    assert.equal(await identify.token(token, use), undefined)
  })

  test('the first start makes one token for an administrator, and says when it was made', async () => {
    const { access, identify } = make(database())
    const token = await identify.firstToken()
    assert.ok(token)
    assert.equal(await identify.firstToken(), undefined)
    assert.deepEqual((await identify.token(token, use))?.permissions, permissions)
    assert.equal((await access.list({}, 1, 1)).rows[0]?.bio, 'Made on the first start')
  })
})

suite('two replicas', { skip: databaseKinds.find(({ kind }) => kind === 'postgresql')?.skip ?? false }, () => {
  const withTwo = (run: (one: Database, two: Database) => Promise<void>): Promise<void> =>
    withDatabase('postgresql', async ({ database, options }) => {
      const second = await openDatabase(options)
      await run(database, second).finally(() => second.close())
    })

  test('both see a revocation at once, also in the middle of a crowd', () =>
    withTwo(async (one, two) => {
      const { access } = make(one)
      const { identify } = make(two)
      const { record, token } = await access.mint(asked, administrator)
      const crowd = Array.from({ length: 100 }, () => identify.token(token, use))
      await access.change(record.id, { active: false }, administrator)
      const late = await Promise.all(Array.from({ length: 100 }, () => identify.token(token, use)))
      assert.deepEqual(new Set(late), new Set([undefined]))
      await Promise.all(crowd)
    }))

  test('that start for the first time at once make one token', () =>
    withTwo(async (one, two) => {
      const made = await Promise.all([one, two, one, two].map((database) => make(database).identify.firstToken()))
      assert.equal(made.filter((token) => token !== undefined).length, 1)
    }))
})
