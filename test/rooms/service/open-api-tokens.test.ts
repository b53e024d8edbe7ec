// The personal access tokens of the Open API.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { components } from '../../../openapi/open-api.ts'
import { startService, type Answered, type TestService } from '../../support/service.ts'

type Token = components['schemas']['Token']

const path = '/oapi/v1/personal-access-tokens'
const later = '2036-01-01T00:00:00.000Z'

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.stop())

const tokenOf = ({ status, json, text }: Answered): Token => {
  assert.equal(status, 200, text)
  return json as Token
}
const create = async (body: object): Promise<Token> =>
  tokenOf(await service.call('POST', path, { expired_at: later, ...body }))
const get = async (id: number): Promise<Token> => tokenOf(await service.call('GET', `${path}/${id}`))
const withToken = (token: string, method: string, at: string, body?: unknown) =>
  service.call(method, at, body, { authorization: `Bearer ${token}` })

test("a token has Dragonfly's keys in Dragonfly's order, our own after them, and itself only once", async () => {
  const answer = await service.call('POST', path, { name: 'first', expired_at: later, user_id: 5, bio: 'b' })
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const made = tokenOf(answer)
  assert.equal(
    Object.keys(made).join(' '),
    'id created_at updated_at is_del name bio token scopes state expired_at user_id user last_used_at last_used_for',
  )
  assert.match(made.token, /^wf_[A-Za-z0-9_-]{43}$/)
  const { id, created_at: _, updated_at: __, token: ___, user, ...rest } = made
  assert.deepEqual(rest, {
    is_del: 0,
    name: 'first',
    bio: 'b',
    scopes: ['job', 'cluster'],
    state: 'active',
    expired_at: later,
    user_id: 5,
    last_used_at: null,
    last_used_for: null,
  })
  assert.equal(user.id, 5)
  assert.deepEqual(await get(id), { ...made, token: '' })
})

for (const { given, means } of [
  { given: '2036-01-01T00:00:00+08:00', means: '2035-12-31T16:00:00.000Z' },
  { given: '2036-01-01T00:00:00-05:30', means: '2036-01-01T05:30:00.000Z' },
  { given: '2036-01-01t00:00:00.123456789z', means: '2036-01-01T00:00:00.123Z' },
]) {
  test(`the time ${given} is ${means}`, async () => {
    const { id } = await create({ name: given, expired_at: given })
    assert.equal((await get(id)).expired_at, means)
  })
}

test('a change keeps what is left out, the scopes among it', async () => {
  const { id, user_id: own } = await create({ name: 'changing', scopes: ['job'], bio: 'first' })
  const rows: readonly (readonly [body: object, shows: Partial<Token>])[] = [
    [{ bio: 'x' }, { bio: 'x', scopes: ['job'], state: 'active', expired_at: later }],
    [{}, { bio: 'x', scopes: ['job'], user_id: own }],
    [
      { bio: null, scopes: null, state: null, expired_at: null, user_id: null },
      { bio: 'x', scopes: ['job'] },
    ],
    [
      { state: '', user_id: 0 },
      { state: 'active', user_id: own },
    ],
    [{ state: 'inactive' }, { state: 'inactive', scopes: ['job'] }],
    [
      { state: 'active', scopes: ['job:read', 'cluster:read'] },
      { state: 'active', scopes: ['job:read', 'cluster:read'] },
    ],
    [{ expired_at: '2037-01-01T02:00:00+02:00' }, { expired_at: '2037-01-01T00:00:00.000Z' }],
    [
      { bio: '', user_id: 8 },
      { bio: '', user_id: 8, token: '' },
    ],
  ]
  for (const [body, shows] of rows) {
    const changed = tokenOf(await service.call('PATCH', `${path}/${id}`, body))
    assert.deepEqual({ ...changed, ...shows }, changed, JSON.stringify(body))
    assert.deepEqual(await get(id), changed)
  }
})

test('a token notes when it was last used, and for what', async () => {
  const { id, token } = await create({ name: 'used', scopes: ['job:read'] })
  assert.equal((await withToken(token, 'GET', '/oapi/v1/jobs')).status, 200)
  const { last_used_at, last_used_for } = await get(id)
  assert.match(last_used_at ?? '', /^\d{4}-/)
  assert.deepEqual([last_used_for?.contract, last_used_for?.operation], ['open-api', 'listJobs'])
})

test('lists come in pages with Link, by state and user', async () => {
  const inactive = await create({ name: 'listed, inactive', user_id: 77 })
  await service.call('PATCH', `${path}/${inactive.id}`, { state: 'inactive' })
  const active = await create({ name: 'listed, active', user_id: 77 })
  const list = (query: string) => service.call('GET', `${path}?${query}`)
  const idsOf = ({ json }: Answered) => (json as readonly Token[]).map(({ id }) => id)
  assert.deepEqual(idsOf(await list('user_id=77')), [active.id, inactive.id])
  assert.deepEqual(idsOf(await list('user_id=77&state=')), [active.id, inactive.id])
  assert.deepEqual(idsOf(await list('user_id=77&state=active')), [active.id])
  assert.deepEqual(idsOf(await list('user_id=77&state=inactive&page=&per_page=')), [inactive.id])
  assert.equal((await list('user_id=78')).text, '[]')
  const page = await list('user_id=77&page=2&per_page=1')
  assert.deepEqual(idsOf(page), [inactive.id])
  assert.match(
    page.headers.get('link') ?? '',
    /^<\/oapi\/v1\/personal-access-tokens\?page=1&per_page=1&user_id=77>;rel=prev,/,
  )
  assert.equal((await list('state=expired')).status, 422)
})

test('a deleted token is gone', async () => {
  const { id } = await create({ name: 'to be deleted' })
  const deleted = await service.call('DELETE', `${path}/${id}`)
  assert.deepEqual([deleted.status, deleted.text], [200, ''])
  for (const method of ['GET', 'DELETE']) assert.equal((await service.call(method, `${path}/${id}`)).status, 404)
  assert.equal((await service.call('PATCH', `${path}/${id}`, { bio: 'x' })).status, 404)
})

test('nobody grants what they do not have', async () => {
  const { token } = await create({ name: 'keeper', scopes: ['personal-access-token', 'job:read'] })
  const ask = async (scopes: readonly string[] | null, name: string) =>
    (await withToken(token, 'POST', path, { name, scopes, expired_at: later })).status
  assert.equal(await ask(['job:read'], 'granted'), 200)
  assert.equal(await ask(['job'], 'more'), 403)
  assert.equal(await ask(null, 'the usual'), 403)
  const { id } = await create({ name: 'of somebody else', scopes: ['job:read'] })
  assert.equal((await withToken(token, 'PATCH', `${path}/${id}`, { scopes: ['cluster'] })).status, 403)
})

const refused: readonly {
  readonly name: string
  readonly body: object
  readonly status: number
  readonly says: RegExp
}[] = [
  { name: 'no name', body: { expired_at: later }, status: 422, says: /name/ },
  { name: 'an empty name', body: { name: '', expired_at: later }, status: 422, says: /name must NOT have fewer/ },
  { name: 'a name that is too long', body: { name: 'n'.repeat(101), expired_at: later }, status: 422, says: /name/ },
  { name: 'no end', body: { name: 'n' }, status: 422, says: /expired_at/ },
  { name: 'an end in the past', body: { name: 'n', expired_at: '2020-01-01T00:00:00Z' }, status: 422, says: /future/ },
  ...['2036-01-01', '2036-01-01T00:00:00', '2036-02-30T00:00:00Z', '2036-01-01T24:00:00Z', 'tomorrow', ''].map(
    (time) => ({
      name: `the end "${time}"`,
      body: { name: 'n', expired_at: time },
      status: 422,
      says: /expired_at/,
    }),
  ),
  {
    name: 'an unknown scope',
    body: { name: 'n', expired_at: later, scopes: ['job', 'admin'] },
    status: 422,
    says: /scopes\.1 .*: job, job:read, cluster, cluster:read, personal-access-token/,
  },
]
for (const { name, body, status, says } of refused) {
  test(`a token is refused with ${name}`, async () => {
    const answer = await service.call('POST', path, body)
    assert.equal(answer.status, status, answer.text)
    assert.match((answer.json as { readonly message: string }).message, says)
  })
}

test('a name that is taken is a conflict, and no scope at all is nothing to change to', async () => {
  const { id } = await create({ name: 'taken' })
  assert.equal((await service.call('POST', path, { name: 'taken', expired_at: later })).status, 409)
  assert.equal((await service.call('PATCH', `${path}/${id}`, { scopes: [] })).status, 422)
  assert.equal((await service.call('PATCH', `${path}/${id}`, { state: 'gone' })).status, 422)
  assert.equal((await service.call('PATCH', `${path}/${id}`, { expired_at: '2020-01-01T00:00:00Z' })).status, 422)
})
