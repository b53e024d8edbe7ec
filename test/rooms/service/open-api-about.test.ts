// Who is asking, what is installed, and what a token was last used for.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { components } from '../../../openapi/open-api.ts'
import { adminToken, startService, type TestService } from '../../support/service.ts'

type Caller = components['schemas']['Caller']
type Token = components['schemas']['Token']

const tokens = '/oapi/v1/personal-access-tokens'
const later = '2036-01-01T00:00:00.000Z'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

let service: TestService
before(async () => {
  service = await startService({
    WARMFRONT_PATH_PREFIXES: '/edge=2,/all',
    WARMFRONT_CONTRACTS: 'preheats,open-api,kraken,mirror,ops',
    WARMFRONT_PLATFORMS: 'linux/arm64,linux/arm/v7',
    WARMFRONT_JOB_TIMEOUT: '90s',
  })
})
after(() => service.stop())

async function mint(name: string, more: object = {}): Promise<Token> {
  const answer = await service.call('POST', tokens, { name, expired_at: later, ...more })
  assert.equal(answer.status, 200, answer.text)
  return answer.json as Token
}
const get = async (id: number) => (await service.call('GET', `${tokens}/${id}`)).json as Token

test('the administrator of the settings is nobody that ends', async () => {
  const { status, json } = await service.call('GET', '/oapi/v1/whoami')
  assert.equal(status, 200)
  const { scopes, ...rest } = json as Caller
  assert.deepEqual(rest, { token_id: null, name: 'administrator', user_id: 1, expired_at: null })
  assert.deepEqual(scopes, ['job', 'job:read', 'cluster', 'cluster:read', 'personal-access-token'])
})

test('any token may ask who it is and what is installed, whatever its scopes', async () => {
  for (const scope of ['job', 'job:read', 'cluster', 'cluster:read', 'personal-access-token']) {
    const { id, token } = await mint(`only ${scope}`, { scopes: [scope], user_id: 9 })
    const { status, json } = await service.call('GET', '/oapi/v1/whoami', undefined, bearer(token))
    assert.equal(status, 200)
    assert.deepEqual(json, { token_id: id, name: `only ${scope}`, user_id: 9, scopes: [scope], expired_at: later })
    assert.equal((await service.call('GET', `/t/${token}/edge/oapi/v1/service`, undefined, {})).status, 200)
  }
})

test('without a right token nobody is told anything', async () => {
  for (const path of ['/oapi/v1/whoami', '/oapi/v1/service']) {
    assert.equal((await service.call('GET', path, undefined, {})).status, 401)
    assert.equal((await service.call('GET', path, undefined, bearer(`${adminToken}x`))).status, 401)
    assert.equal((await service.call('POST', path)).status, 405)
    assert.equal((await service.call('HEAD', path)).status, 200)
  }
})

test('what is installed is what the settings say', async () => {
  const { version, ...rest } = (await service.call('GET', '/oapi/v1/service')).json as components['schemas']['Service']
  const welcome = (await service.call('GET', '/')).json as { readonly version: string }
  assert.equal(version, welcome.version)
  assert.deepEqual(rest, {
    contracts: ['preheats', 'open-api', 'kraken', 'mirror', 'ops'],
    legacy_auth: 'required',
    path_prefixes: [
      { path: '/edge', cluster_ids: [2] },
      { path: '/all', cluster_ids: [] },
    ],
    drivers: ['local', 'dragonfly', 'registry-mirror', 'http-proxy'],
    platforms: ['linux/arm64', 'linux/arm/v7'],
    job_timeout: 90_000_000_000,
    job_timeout_max: 86_400_000_000_000,
  })
})

const basic = (token: string) => ({
  authorization: `Basic ${Buffer.from(`node:${token}`).toString('base64')}`,
})
const firstCalls: readonly {
  readonly who: string
  readonly path: (token: string) => string
  readonly headers?: (token: string) => Readonly<Record<string, string>>
  readonly client: string
  readonly use: readonly [contract: string, operation: string]
}[] = [
  {
    who: 'Harbor 2.1 to 2.11 that tries its endpoint out',
    path: (token) => `/t/${token}/_ping`,
    client: 'Go-http-client/1.1',
    use: ['preheats', 'ping'],
  },
  {
    who: 'Harbor 2.12 that tries its endpoint out',
    path: () => '/healthy',
    headers: bearer,
    client: 'Go-http-client/2.0',
    use: ['open-api', 'healthy'],
  },
  {
    who: "Harbor's Kraken provider that tries its endpoint out",
    path: (token) => `/edge/t/${token}/health`,
    client: 'Go-http-client/1.1',
    use: ['kraken', 'health'],
  },
  {
    who: 'a node that pulls',
    path: () => '/v2/',
    headers: basic,
    client: 'containerd/v2.0.0',
    use: ['mirror', 'getVersion'],
  },
  {
    who: 'a client that may not do what it asks for',
    path: () => '/oapi/v1/clusters',
    headers: bearer,
    client: 'curl/8.0',
    use: ['open-api', 'listClusters'],
  },
]
for (const { who, path, headers, client, use } of firstCalls) {
  test(`the first call of a token is noted at once: ${who}`, async () => {
    const { id, token, last_used_at: never, last_used_for: nothing } = await mint(who, { scopes: ['job:read'] })
    assert.deepEqual([never, nothing], [null, null])
    await service.call('GET', path(token), undefined, { 'user-agent': client, ...headers?.(token) })
    const { last_used_at, last_used_for } = await get(id)
    assert.ok(Math.abs(Date.parse(last_used_at ?? '') - Date.now()) < 60_000)
    const [contract, operation] = use
    assert.deepEqual(last_used_for, { contract, operation, client })
    assert.equal(JSON.stringify(last_used_for), JSON.stringify({ contract, operation, client }), 'in this order')
  })
}

test('a client that says its token in User-Agent has it masked', async () => {
  const { id, token } = await mint('talkative')
  const said = { 'user-agent': `curl/8.0 ${token}`, 'x-api-key': token }
  assert.equal((await service.call('GET', '/_ping', undefined, said)).status, 200)
  assert.deepEqual((await get(id)).last_used_for, { contract: 'preheats', operation: 'ping', client: 'curl/8.0 ***' })
})

test('the use of a token that opens nothing any more is not noted', async () => {
  const { id, token } = await mint('revoked')
  await service.call('PATCH', `${tokens}/${id}`, { state: 'inactive' })
  assert.equal((await service.call('GET', '/healthy', undefined, bearer(token))).status, 401)
  assert.deepEqual([(await get(id)).last_used_at, (await get(id)).last_used_for], [null, null])
})
