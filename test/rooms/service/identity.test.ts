// Who may call: every route of every contract, and every way in which a client can send its token.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { databaseKinds, openTestDatabase } from '../../support/database.ts'
import { operations, type Operation } from '../../support/operations.ts'
import { adminToken, startService, type TestService } from '../../support/service.ts'

const wrongToken = 'wf_wrong-0123456789abcdefghijklmnopqrstuvwxyz'
const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString()
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
})

interface Minted {
  readonly id: number
  readonly token: string
}

let service: TestService
before(async () => {
  service = await startService({ WARMFRONT_RATE_LIMIT_FAILED_AUTH: '0', WARMFRONT_MIRROR_ALLOW: '192.0.2.1' })
})
after(() => service.stop())

async function mint(from: TestService, name: string, scopes: readonly string[]): Promise<Minted> {
  const asked = { name, scopes, expired_at: inMinutes(60) }
  const answer = await from.call('POST', '/oapi/v1/personal-access-tokens', asked)
  assert.equal(answer.status, 200, answer.text)
  return answer.json as Minted
}

/** With a body where one is expected, so that nothing but the token can be the reason of a refusal. */
const callOf = ({ method, path }: Operation, headers: Readonly<Record<string, string>>, before = '') =>
  service.call(method, before + path, method === 'POST' || method === 'PATCH' ? {} : undefined, headers)

const all = operations()

test('every contract has operations, and only health, probes, documents and the console are open', () => {
  assert.ok(all.length > 30, `there are ${all.length}`)
  const open = all.filter((operation) => operation.open).map(({ path }) => path)
  const known = /^\/$|^\/(?:healthy|health|_ping|api\/v1\/_ping|api\/check|livez|readyz|openapi.*|docs.*|console.*)$/
  assert.deepEqual(
    open.filter((path) => !known.test(path)),
    [],
  )
})

for (const operation of all) {
  const name = `${operation.method} ${operation.path}`

  test(`${name} ${operation.open ? 'needs no token' : 'is refused without a token'}`, async () => {
    const { status, headers } = await callOf(operation, {})
    if (operation.open) assert.notEqual(status, 401)
    else {
      assert.equal(status, 401)
      assert.ok(headers.get('www-authenticate'))
    }
  })

  test(`${name} is refused with a wrong token, in the header and in the path`, async () => {
    assert.equal((await callOf(operation, bearer(wrongToken))).status, 401)
    assert.equal((await callOf(operation, {}, `/t/${wrongToken}`)).status, 401)
  })

  test(`${name} is refused with a token in the query, and says why`, async () => {
    const { status, text } = await callOf({ ...operation, path: `${operation.path}?access_token=${adminToken}` }, {})
    assert.equal(status, 401)
    if (operation.method !== 'HEAD') assert.match(text, /token in the address/)
  })
}

test('a token opens what its scopes say, and nothing else', async () => {
  const scopes = ['job', 'job:read', 'cluster', 'cluster:read', 'personal-access-token']
  for (const scope of scopes) {
    const { token } = await mint(service, `only ${scope}`, [scope])
    const statusOf = async (method: string, path: string, body?: unknown) =>
      (await service.call(method, path, body, bearer(token))).status
    assert.equal(await statusOf('GET', '/oapi/v1/whoami'), 200, scope)
    const mayRead = (resource: string): boolean => scope === resource || scope === `${resource}:read`
    assert.equal(await statusOf('GET', '/oapi/v1/jobs'), mayRead('job') ? 200 : 403, scope)
    assert.equal(await statusOf('GET', '/oapi/v1/clusters'), mayRead('cluster') ? 200 : 403, scope)
    assert.equal(await statusOf('POST', '/oapi/v1/jobs', {}), scope === 'job' ? 422 : 403, scope)
    assert.equal(await statusOf('POST', '/preheats', {}), scope === 'job' ? 400 : 403, scope)
    assert.equal(await statusOf('DELETE', '/oapi/v1/clusters/404'), scope === 'cluster' ? 404 : 403, scope)
    const tokens = await statusOf('GET', '/oapi/v1/personal-access-tokens')
    assert.equal(tokens, scope === 'personal-access-token' ? 200 : 403, scope)
  }
})

const ways = (token: string): readonly (readonly [string, string, Readonly<Record<string, string>>])[] => [
  ['Bearer', '', bearer(token)],
  ['Basic, as the password', '', basic('anybody', token)],
  ["Basic from Harbor's form, which took the user name", '', basic('username', token)],
  ["Basic from Harbor's form, which took the password", '', basic('password', token)],
  ['X-Api-Key', '', { 'x-api-key': token }],
  ['the path', `/t/${token}`, {}],
]

test('a token may come in every way that a client has, to every contract', async () => {
  const { token } = await mint(service, 'every way', ['job'])
  for (const [way, before, headers] of ways(token)) {
    for (const path of ['/healthy', '/_ping', '/health', '/api/check', '/oapi/v1/jobs', '/preheats']) {
      assert.equal((await service.call('GET', before + path, undefined, headers)).status, 200, `${way} ${path}`)
    }
    const preheat = { type: 'image', url: 'registry.example.com/library/app:1.0' }
    const legacy = await service.call('POST', `${before}/api/preheat`, preheat, headers)
    assert.equal((legacy.json as { readonly code: number }).code, 200, way)
    const events = await service.call('POST', `${before}/registry/notifications`, { events: [] }, headers)
    assert.equal(events.status, 200, way)
  }
})

test('a token is printed nowhere: not in an answer but the one that made it, not in the log', async () => {
  const { id, token } = await mint(service, 'secret', ['job'])
  const answers = [
    await service.call('GET', `/oapi/v1/personal-access-tokens/${id}`),
    await service.call('GET', '/oapi/v1/personal-access-tokens?per_page=100'),
    await service.call('PATCH', `/oapi/v1/personal-access-tokens/${id}`, { bio: 'changed' }),
    await service.call('GET', `/t/${token}/nowhere`, undefined, {}),
    await service.call('PUT', `/t/${token}/oapi/v1/jobs`, undefined, {}),
    await service.call('GET', `/t/${token}/%E0%A4%A`, undefined, {}),
    await service.call('GET', `/healthy?access_token=${token}`, undefined, {}),
  ]
  for (const { text } of answers) assert.ok(!text.includes(token), text)
  assert.ok(!service.output().includes(token))
})

test('a token that was made inactive, has expired or was deleted opens nothing, from the next call on', async () => {
  const path = (id: number): string => `/oapi/v1/personal-access-tokens/${id}`
  const statusWith = async (token: string) =>
    (await service.call('GET', '/oapi/v1/jobs', undefined, bearer(token))).status
  const inactive = await mint(service, 'to be inactive', ['job'])
  assert.equal(await statusWith(inactive.token), 200)
  await service.call('PATCH', path(inactive.id), { state: 'inactive' })
  assert.equal(await statusWith(inactive.token), 401)
  await service.call('PATCH', path(inactive.id), { state: 'active' })
  assert.equal(await statusWith(inactive.token), 200)
  await service.call('DELETE', path(inactive.id))
  assert.equal(await statusWith(inactive.token), 401)

  const soon = { name: 'short', scopes: ['job'], expired_at: new Date(Date.now() + 500).toISOString() }
  const short = (await service.call('POST', '/oapi/v1/personal-access-tokens', soon)).json as Minted
  while ((await statusWith(short.token)) === 200) await new Promise(setImmediate)
  assert.equal(await statusWith(short.token), 401)
})

test('with open legacy contracts these need no token, and all others still do', async (t) => {
  const own = await startService({ WARMFRONT_LEGACY_AUTH: 'open' })
  t.after(() => own.stop())
  const statusOf = async (method: string, path: string, body?: unknown) =>
    (await own.call(method, path, body, {})).status
  const preheat = { type: 'image', url: 'registry.example.com/library/app:1.0' }
  assert.equal(await statusOf('POST', '/api/preheat', preheat), 200)
  assert.equal(await statusOf('POST', '/preheats', preheat), 200)
  assert.equal(await statusOf('POST', '/registry/notifications', { events: [] }), 200)
  assert.equal(await statusOf('GET', '/oapi/v1/jobs'), 401)
  assert.equal(
    (await own.call('GET', '/preheats/1', undefined, bearer(wrongToken))).status,
    401,
    'what is shown is checked',
  )
})

test(
  'a token that one replica revokes is refused by the other one at once',
  { skip: databaseKinds.find(({ kind }) => kind === 'postgresql')?.skip ?? false },
  async () => {
    await using cleanUp = new AsyncDisposableStack()
    const own = await openTestDatabase('postgresql')
    cleanUp.defer(() => own.close())
    const settings = { DATABASE_URL: own.options.url ?? '', WARMFRONT_SECRET_KEY: 'the-same-key-for-all-replicas-01' }
    const first = await startService(settings)
    cleanUp.defer(() => first.stop())
    const second = await startService(settings)
    cleanUp.defer(() => second.stop())
    const statusAt = async (replica: TestService, token: string) =>
      (await replica.call('GET', '/oapi/v1/jobs', undefined, bearer(token))).status
    for (let n = 0; n < 20; n++) {
      const { id, token } = await mint(first, `replicated ${n}`, ['job:read'])
      assert.equal(await statusAt(second, token), 200)
      assert.equal((await first.call('DELETE', `/oapi/v1/personal-access-tokens/${id}`)).status, 200)
      assert.equal(await statusAt(second, token), 401)
    }
  },
)
