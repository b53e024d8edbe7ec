// How a request is let in where the usual ways fail: expired tokens, refresh tokens, docker's config, a Harbor's 401.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Secret } from '../../../src/kit/secret.ts'
import type { RegistryOptions as RoomOptions } from '../../../src/registry/resolver.ts'
import { asNamed, Collected, imageRequest, testSignal } from '../../support/origins.ts'
import { openRegistryRoom } from '../../support/registry-room.ts'
import type { RegistryAuth } from '../../support/registry-auth.ts'

const users = { ann: 'secret', robot$ci: 'r' }
const basicOf = (name: string, password: string) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
const jwt = (claims: object) => `Bearer h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`
const expired = jwt({ exp: 1_700_000_000 })
const sentence =
  /The registry 127\.0\.0\.1:\d+ denied library\/app:latest: the token that came with the request expired at 2023-11-14T22:13:20\.000Z/

async function bench(t: TestContext, auth: RegistryAuth, room: (host: string) => Partial<RoomOptions> = () => ({})) {
  const opened = await openRegistryRoom(t, { registry: { auth }, room })
  const shown = () => opened.registry.requests.map(({ headers }) => headers.authorization)
  return { ...opened, shown }
}

const dockerConfig = (host: string, entry: object) => ({
  dockerConfig: () => JSON.stringify({ auths: { [host]: entry } }),
})

for (const kind of ['basic', 'bearer'] as const) {
  test(`${kind}: a token that expired in the queue is named, where nothing else opens the registry`, async (t) => {
    const { resolve } = await bench(t, { kind, users, asksLikeHarbor: true })
    const failing = resolve({}, { headers: { authorization: expired } })
    await assert.rejects(failing, { code: 'registry.token-expired', message: sentence })
  })

  test(`${kind}: what is configured takes over from an expired token, and the job says so`, async (t) => {
    const configured = { username: 'robot$ci', password: new Secret('r') }
    const auth = { kind, users, asksLikeHarbor: true }
    const { resolve } = await bench(t, auth, (host) => ({ registries: { [host]: configured } }))
    const { artifact } = await resolve({}, { headers: { authorization: expired } })
    const [warning, ...more] = artifact.warnings
    assert.match(
      warning ?? '',
      /token that came with the request expired at 2023-11-14.*, and the configured credential took its place/,
    )
    assert.deepEqual(more, [])
  })

  test(`${kind}: a token that was refused before its end is a plain refusal`, async (t) => {
    const { resolve } = await bench(t, { kind, users })
    const headers = { authorization: jwt({ exp: 4_000_000_000 }) }
    await assert.rejects(resolve({}, { headers }), { code: 'registry.denied' })
  })

  test(`${kind}: a Basic header that is wrong is shown once, and what is configured takes over`, async (t) => {
    const configured = { username: 'ann', password: new Secret('secret') }
    const { resolve, shown } = await bench(t, { kind, users }, (host) => ({ registries: { [host]: configured } }))
    const wrong = basicOf('ann', 'wrong')
    const { artifact } = await resolve({}, { headers: { authorization: wrong } })
    assert.match(
      artifact.warnings.join(),
      /token that came with the request was refused, and the configured credential took its place/,
    )
    assert.equal(shown().filter((value) => value === wrong).length, kind === 'basic' ? 1 : 2, 'and once for a token')
  })

  test(`${kind}: docker's config is used after the settings, and read again when it has changed`, async (t) => {
    let entry: object = { auth: Buffer.from('ann:old').toString('base64') }
    const { resolve, registry } = await bench(t, { kind, users }, (host) => ({
      dockerConfig: () => JSON.stringify({ auths: { [host]: entry, 'other.io': { username: 'x', password: 'y' } } }),
    }))
    await assert.rejects(resolve({}), { code: 'registry.denied' })
    entry = { username: 'ann', password: 'secret' }
    assert.deepEqual((await resolve({})).artifact.warnings, [])
    assert.ok(registry.requests.every(({ headers }) => headers.authorization !== basicOf('x', 'y')))
  })
}

test('an expired token in front of a public image is a warning', async (t) => {
  const { resolve } = await bench(t, { kind: 'bearer', users, anonymous: true, asksLikeHarbor: true })
  const { artifact } = await resolve({}, { headers: { authorization: expired } })
  assert.match(artifact.warnings.join(), /expired at .*, and an anonymous pull took its place/)
})

test('a token that ends between two blobs gives way to what is configured', async (t) => {
  const configured = { username: 'ann', password: new Secret('secret') }
  const { origins, name, registry } = await bench(t, { kind: 'bearer', users, asksLikeHarbor: true }, (host) => ({
    registries: { [host]: configured },
  }))
  const [, own] =
    registry.guard?.token(new URL('http://x/token?scope=repository:library/app:pull'), basicOf('ann', 'secret')) ?? []
  const { token } = own as { readonly token: string }
  const secrets = { headers: { authorization: `Bearer ${token}` } }
  const { artifact, origin } = await origins.resolve(imageRequest(name), secrets, asNamed, testSignal())
  assert.deepEqual(registry.asked('/token'), [])
  registry.guard?.revokeTokens()
  const layers = artifact.blobs.filter(({ kind }) => kind === 'layer')
  await Promise.all(layers.map((layer) => origin.read(layer, 0, new Collected(), testSignal())))
  assert.equal(registry.asked('/token').length, 1)
})

test('the user in a Basic header gets a token where the registry wants Bearer', async (t) => {
  const { resolve, registry } = await bench(t, { kind: 'bearer', users })
  await resolve({}, { headers: { authorization: basicOf('ann', 'secret') } })
  assert.equal(registry.asked('/token')[0]?.headers.authorization, basicOf('ann', 'secret'))
})

test('an anonymous token that is void is replaced, though a Harbor then asks for Basic', async (t) => {
  const { origins, name, registry } = await bench(t, { kind: 'bearer', users, anonymous: true, asksLikeHarbor: true })
  const { artifact, origin } = await origins.resolve(imageRequest(name), {}, asNamed, testSignal())
  registry.guard?.revokeTokens()
  const layer = artifact.blobs.find(({ kind }) => kind === 'layer')
  assert.ok(layer)
  await origin.read(layer, 0, new Collected(), testSignal())
  assert.equal(registry.asked('/token').length, 2)
})

test('a password is posted where the token endpoint knows no GET', async (t) => {
  const { resolve, registry } = await bench(t, { kind: 'bearer', users, tokenMethod: 'POST' })
  await resolve({ username: 'robot$ci' }, { password: 'r' })
  const [got, posted] = registry.asked('/token')
  assert.deepEqual([got?.method, got?.status, posted?.method, posted?.status], ['GET', 405, 'POST', 200])
  assert.deepEqual(Object.fromEntries(posted?.form ?? []), {
    grant_type: 'password',
    username: 'robot$ci',
    password: 'r',
    client_id: 'warmfront',
    service: 'test-registry',
    scope: 'repository:library/app:pull',
  })
  assert.equal(posted?.headers.authorization, undefined)
})

for (const [name, entry] of Object.entries({
  'an identity token in docker’s config': { auth: Buffer.from('ann:').toString('base64'), identitytoken: 'refresh-me' },
  'the user <token> in docker’s config': { username: '<token>', password: 'refresh-me' },
})) {
  test(`${name} is exchanged by POST, and never shown as a password`, async (t) => {
    const auth = { kind: 'bearer', users, refreshToken: 'refresh-me' } as const
    const { resolve, registry, shown } = await bench(t, auth, (host) => dockerConfig(host, entry))
    await resolve({})
    const [posted, ...more] = registry.asked('/token')
    assert.deepEqual(more, [])
    assert.equal(posted?.form?.get('grant_type'), 'refresh_token')
    assert.equal(posted?.form?.get('refresh_token'), 'refresh-me')
    assert.ok(shown().every((value) => value === undefined || value.startsWith('Bearer token-')))
  })
}

test('a refresh token with an account is shown as a password where the token endpoint knows no POST', async (t) => {
  const zero = '00000000-0000-0000-0000-000000000000'
  const auth = { kind: 'bearer', users: { [zero]: 'refresh-me' }, tokenMethod: 'GET' } as const
  const entry = { auth: Buffer.from(`${zero}:`).toString('base64'), identitytoken: 'refresh-me' }
  const { resolve, registry } = await bench(t, auth, (host) => dockerConfig(host, entry))
  await resolve({})
  assert.deepEqual(
    registry.asked('/token').map(({ method, status }) => [method, status]),
    [
      ['POST', 405],
      ['GET', 200],
    ],
  )
})

test("Azure's all-zero user and its refresh token work as a password", async (t) => {
  const zero = '00000000-0000-0000-0000-000000000000'
  const { resolve } = await bench(t, { kind: 'bearer', users: { [zero]: 'refresh-me' } })
  assert.ok(await resolve({ username: zero }, { password: 'refresh-me' }))
})

test("a registry token in docker's config is sent as it is", async (t) => {
  const { resolve, shown } = await bench(t, { kind: 'bearer', users }, (host) =>
    dockerConfig(host, { registrytoken: 'given' }),
  )
  await assert.rejects(resolve({}), { code: 'registry.denied' })
  assert.deepEqual(shown(), ['Bearer given'])
})

test('401 without end is answered a few times and is then a refusal', async (t) => {
  const { registry, resolve } = await bench(t, { kind: 'bearer', users, anonymous: true })
  let realm = 0
  const challenge = () => `Bearer realm="${registry.url}/token?${++realm}",service="s"`
  for (let time = 0; time < 100; time++) {
    registry.fault({ path: /latest/, status: 401, headers: { 'www-authenticate': challenge() }, times: 1 })
  }
  await assert.rejects(resolve({}, { headers: { authorization: basicOf('ann', 'secret') } }), {
    code: 'registry.denied',
  })
  assert.ok(registry.asked(/latest/).length <= 8)
})

test('the user <token> without a POST is refused, and its token is not shown', async (t) => {
  const auth = { kind: 'bearer', users, tokenMethod: 'GET' } as const
  const { resolve, registry } = await bench(t, auth)
  await assert.rejects(resolve({ username: '<token>' }, { password: 'refresh-me' }), { code: 'registry.refused' })
  assert.deepEqual(
    registry.asked('/token').map(({ method }) => method),
    ['POST'],
  )
})

const wrongToken = { headers: { authorization: 'Bearer wrong' } }
const wrongUser = { username: 'ann', password: new Secret('wrong') }
/** Who brings what, and to whom the registry is said to deny it. */
const denials: readonly (readonly [string, object, object, (host: string) => Partial<RoomOptions>])[] = [
  ['an anonymous pull', {}, {}, () => ({})],
  ['the token of the request and to an anonymous pull', {}, wrongToken, () => ({})],
  ['the user of the request', { username: 'ann' }, { password: 'wrong' }, () => ({})],
  ['the configured credential', {}, {}, (host) => ({ registries: { [host]: wrongUser } })],
  [
    'the token of the request and to the configured credential',
    {},
    wrongToken,
    (host) => ({ registries: { [host]: wrongUser } }),
  ],
  ["the credential in docker's config", {}, {}, (host) => dockerConfig(host, { username: 'ann', password: 'wrong' })],
]
for (const kind of ['basic', 'bearer'] as const) {
  for (const [to, request, secrets, room] of denials) {
    test(`${kind}: a refusal says that it was to ${to}`, async (t) => {
      const { resolve } = await bench(t, { kind, users }, room)
      await assert.rejects(resolve(request, secrets), (error: Error) => {
        assert.ok(error.message.includes(`library/app:latest to ${to} (401`), error.message)
        return true
      })
    })
  }
}
