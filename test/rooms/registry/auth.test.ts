// How the registry room shows its credential: to whom, in which order, and what it does when it is refused.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { systemClock } from '../../../src/kit/clock.ts'
import { Secret } from '../../../src/kit/secret.ts'
import type { RegistryOptions as RoomOptions } from '../../../src/registry/resolver.ts'
import { asNamed, imageRequest, sha256Of, testSignal } from '../../support/origins.ts'
import { openRegistryRoom } from '../../support/registry-room.ts'
import type { RegistryAuth } from '../../support/registry-auth.ts'

const users = { ann: 'secret', robot$ci: 'r+b/t', AWS: 'x'.repeat(2000) }
const basicOf = (name: string, password: string) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

const bench = (t: TestContext, auth: RegistryAuth, room?: (host: string) => Partial<RoomOptions>) =>
  openRegistryRoom(t, { registry: { auth }, ...(room === undefined ? {} : { room }) })

for (const kind of ['basic', 'bearer'] as const) {
  for (const [username, password] of Object.entries(users)) {
    test(`${kind}: ${username} may pull`, async (t) => {
      const { origins, name } = await bench(t, { kind, users })
      const { artifact, origin } = await origins.resolve(
        imageRequest(name, { username }),
        { password },
        asNamed,
        testSignal(),
      )
      for (const blob of artifact.blobs) assert.equal(await sha256Of(origin, blob), blob.digest)
    })
  }

  test(`${kind}: a wrong password is registry.denied, after one try`, async (t) => {
    const { origins, name, registry } = await bench(t, { kind, users })
    const request = imageRequest(name, { username: 'ann' })
    await assert.rejects(origins.resolve(request, { password: 'wrong' }, asNamed, testSignal()), (error: Error) => {
      assert.ok('code' in error && error.code === 'registry.denied')
      assert.match(error.message, /library\/app:latest to the user of the request \(401/)
      return true
    })
    assert.equal(registry.requests.length, 2)
  })

  test(`${kind}: no credential is registry.denied`, async (t) => {
    const { origins, name } = await bench(t, { kind, users })
    await assert.rejects(origins.resolve(imageRequest(name), {}, asNamed, testSignal()), { code: 'registry.denied' })
  })

  test(`${kind}: the configured credential is used where the request has none`, async (t) => {
    const configured = { username: 'ann', password: new Secret('secret') }
    const { origins, name } = await bench(t, { kind, users }, (host) => ({ registries: { [host]: configured } }))
    assert.ok(await origins.resolve(imageRequest(name), {}, asNamed, testSignal()))
    const request = imageRequest(name, { username: 'ann' })
    await assert.rejects(origins.resolve(request, { password: 'wrong' }, asNamed, testSignal()), {
      code: 'registry.denied',
    })
  })

  test(`${kind}: an Authorization handed in goes first, and the configured credential takes over when it is refused`, async (t) => {
    const configured = { username: 'ann', password: new Secret('secret') }
    const { origins, name, registry } = await bench(t, { kind, users }, (host) => ({
      registries: { [host]: configured },
    }))
    const secrets = { headers: { AUTHORIZATION: 'Bearer expired-in-the-queue' } }
    const { artifact, origin } = await origins.resolve(imageRequest(name), secrets, asNamed, testSignal())
    for (const blob of artifact.blobs) assert.equal(await sha256Of(origin, blob), blob.digest)
    const shown = registry.requests.map(({ headers }) => headers.authorization)
    assert.deepEqual(shown.filter((value) => value === 'Bearer expired-in-the-queue').length, 1)
    assert.equal(shown[0], 'Bearer expired-in-the-queue')
  })
}

test('an Authorization handed in that is right is all that is needed', async (t) => {
  const { origins, name, registry } = await bench(t, { kind: 'basic', users })
  const secrets = { headers: { authorization: basicOf('ann', 'secret') } }
  assert.ok(await origins.resolve(imageRequest(name), secrets, asNamed, testSignal()))
  assert.deepEqual(new Set(registry.requests.map(({ status }) => status)), new Set([200]))
})

test('an anonymous pull with a Bearer token needs no account', async (t) => {
  const { origins, name, registry } = await bench(t, { kind: 'bearer', users, anonymous: true })
  assert.ok(await origins.resolve(imageRequest(name), {}, asNamed, testSignal()))
  const [asked] = registry.asked('/token')
  assert.deepEqual(asked?.query, { service: 'test-registry', scope: 'repository:library/app:pull' })
  assert.equal(asked?.headers.authorization, undefined)
})

test('a token is asked for with service, scope and account, once for many requests', async (t) => {
  const { origins, name, registry } = await bench(t, { kind: 'bearer', users, expiresIn: 300 })
  const one = async () => {
    const request = imageRequest(name, { username: 'ann' })
    const { artifact, origin } = await origins.resolve(request, { password: 'secret' }, asNamed, testSignal())
    await Promise.all(artifact.blobs.map((blob) => sha256Of(origin, blob)))
  }
  await Promise.all([one(), one(), one()])
  await one()
  const asked = registry.asked('/token')
  assert.equal(asked.length, 1)
  assert.deepEqual(asked[0]?.query, { service: 'test-registry', scope: 'repository:library/app:pull', account: 'ann' })
  assert.equal(asked[0]?.headers.authorization, basicOf('ann', 'secret'))
})

test('two accounts never share a token', async (t) => {
  const { origins, name, registry } = await bench(t, { kind: 'bearer', users })
  for (const [username, password] of Object.entries(users)) {
    await origins.resolve(imageRequest(name, { username }), { password }, asNamed, testSignal())
  }
  assert.equal(registry.asked('/token').length, 3)
  await assert.rejects(
    origins.resolve(imageRequest(name, { username: 'ann' }), { password: 'wrong' }, asNamed, testSignal()),
    { code: 'registry.denied' },
  )
})

test('a token is renewed shortly before it expires', async (t) => {
  let now = 1_000_000
  const { origins, name, registry } = await bench(
    t,
    { kind: 'bearer', users, anonymous: true, expiresIn: 300 },
    () => ({ clock: { ...systemClock, now: () => now } }),
  )
  const exchanges = async (atMs: number) => {
    now = 1_000_000 + atMs
    await origins.resolve(imageRequest(name), {}, asNamed, testSignal())
    return registry.asked('/token').length
  }
  assert.equal(await exchanges(0), 1)
  assert.equal(await exchanges(269_999), 1)
  assert.equal(await exchanges(270_000), 2)
})

test('a token that is void before its time is replaced in the middle of a job', async (t) => {
  const { origins, name, registry } = await bench(t, { kind: 'bearer', users, anonymous: true })
  const { artifact, origin } = await origins.resolve(imageRequest(name), {}, asNamed, testSignal())
  registry.guard?.revokeTokens()
  const layer = artifact.blobs.find(({ kind }) => kind === 'layer')
  assert.ok(layer)
  assert.equal(await sha256Of(origin, layer), layer.digest)
  assert.equal(registry.asked('/token').length, 2)
})

test('a registry that refuses every token is not asked without end', async (t) => {
  const { origins, name, registry } = await bench(t, { kind: 'bearer', users, anonymous: true })
  registry.fault({
    path: /\/v2\//,
    status: 401,
    headers: { 'www-authenticate': `Bearer realm="${registry.url}/token"` },
  })
  await assert.rejects(origins.resolve(imageRequest(name), {}, asNamed, testSignal()), { code: 'registry.denied' })
  assert.equal(registry.asked(/\/v2\//).length, 3)
})

test('of several challenges Bearer is answered, and a relative realm is one of the registry', async (t) => {
  const challenge = ['Negotiate', 'Basic realm="x", Bearer realm="/token",service="s \\"quoted\\""']
  const { origins, name, registry } = await bench(t, { kind: 'bearer', users, challenge })
  const request = imageRequest(name, { username: 'ann' })
  assert.ok(await origins.resolve(request, { password: 'secret' }, asNamed, testSignal()))
  assert.deepEqual(registry.asked('/token')[0]?.query, {
    service: 's "quoted"',
    scope: 'repository:library/app:pull', // the challenge names none
    account: 'ann',
  })
})

const challenges = ['', 'Negotiate', 'Bearer service="x"', 'Digest realm="x"']
for (const challenge of challenges) {
  test(`a 401 with the challenge ${JSON.stringify(challenge)} is registry.denied`, async (t) => {
    const { origins, name } = await bench(t, { kind: 'bearer', users, challenge })
    const request = imageRequest(name, { username: 'ann' })
    await assert.rejects(origins.resolve(request, { password: 'secret' }, asNamed, testSignal()), {
      code: 'registry.denied',
    })
  })
}

const realms = ['ftp://h/x', 'http://user:pass@127.0.0.1/x', 'http://[', 'file:///etc/passwd']
for (const realm of realms) {
  test(`the realm ${realm} is not asked`, async (t) => {
    const { origins, name } = await bench(t, { kind: 'bearer', users, realm })
    const request = imageRequest(name, { username: 'ann' })
    await assert.rejects(origins.resolve(request, { password: 'secret' }, asNamed, testSignal()), {
      code: 'registry.invalid',
    })
  })
}

/** What the token endpoint answers, and how the job ends. */
const answers = [
  ['500', { status: 500 }, 'registry.busy'],
  ['429', { status: 429, headers: { 'retry-after': '9' } }, 'registry.busy'],
  ['403', { status: 403 }, 'registry.denied'],
  ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, 'registry.invalid'],
  ['no JSON', { body: 'token' }, 'registry.invalid'],
  ['no token', { body: '{}' }, 'registry.invalid'],
  ['a token with a line end', { body: JSON.stringify({ token: 'a\r\nx: y' }) }, 'registry.invalid'],
  ['more than 1 MiB', { body: JSON.stringify({ token: 'x'.repeat(1024 * 1024) }) }, 'registry.too-large'],
] as const
for (const [name, fault, code] of answers) {
  test(`a token endpoint that answers ${name} is ${code}`, async (t) => {
    const { origins, name: image, registry } = await bench(t, { kind: 'bearer', users, anonymous: true })
    registry.fault({ path: '/token', ...fault })
    await assert.rejects(origins.resolve(imageRequest(image), {}, asNamed, testSignal()), { code })
  })
}

test('access_token is a token too', async (t) => {
  const { origins, name, registry } = await bench(t, { kind: 'basic', users, challenge: 'Bearer realm="/given"' })
  registry.putFile('/given', Buffer.from(JSON.stringify({ access_token: 'abc' })))
  await assert.rejects(origins.resolve(imageRequest(name), {}, asNamed, testSignal()), { code: 'registry.denied' })
  assert.equal(registry.asked(/latest/).at(-1)?.headers.authorization, 'Bearer abc')
})
