// Certificates: whom the registry room trusts, and that each way to fail has a cause of its own.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Secret } from '../../../src/kit/secret.ts'
import type { RegistryOptions as RoomOptions } from '../../../src/registry/resolver.ts'
import { makeCertificate, type Certificate } from '../../support/certificates.ts'
import { makeImage } from '../../support/image.ts'
import { asNamed, imageRequest, makeOrigins, sha256Of, testSignal } from '../../support/origins.ts'
import { startRegistry } from '../../support/registry.ts'
import { requires } from '../../support/requires.ts'

const skip = requires('openssl', 'openssl')

async function bench(t: TestContext, tls: Certificate, room: (host: string) => Partial<RoomOptions>) {
  const registry = await startRegistry({ tls })
  registry.push('library/app', makeImage(), 'latest')
  const { origins, http } = makeOrigins(room(registry.host))
  t.after(async () => {
    await http.close()
    await registry.close()
  })
  return {
    registry,
    resolve: () => origins.resolve(imageRequest(`${registry.url}/library/app`), {}, asNamed, testSignal()),
  }
}

test('the right authority is trusted, for the registry or for all', { skip }, async (t) => {
  const tls = await makeCertificate()
  const rooms = [
    (host: string) => ({ registries: { [host]: { caCert: tls.ca } } }),
    () => ({ tls: { caCert: tls.ca } }),
  ]
  for (const room of rooms) {
    const { artifact, origin } = await (await bench(t, tls, room)).resolve()
    for (const blob of artifact.blobs) assert.equal(await sha256Of(origin, blob), blob.digest)
  }
})

test('no authority, or another one, is registry.tls-unknown-authority', { skip }, async (t) => {
  const [tls, other] = [await makeCertificate(), await makeCertificate()]
  for (const room of [() => ({}), () => ({ tls: { caCert: other.ca } })]) {
    const { resolve } = await bench(t, tls, room)
    await assert.rejects(resolve(), { code: 'registry.tls-unknown-authority' })
  }
})

test('where verification is switched off any certificate will do', { skip }, async (t) => {
  const tls = await makeCertificate({ expired: true, names: 'DNS:other.example.com' })
  const skipping = { insecureSkipVerify: true }
  for (const room of [(host: string) => ({ registries: { [host]: skipping } }), () => ({ tls: skipping })]) {
    assert.ok(await (await bench(t, tls, room)).resolve())
  }
})

test("a registry's own settings switch verification on again", { skip }, async (t) => {
  const own = (host: string) => ({
    registries: { [host]: { insecureSkipVerify: false } },
    tls: { insecureSkipVerify: true },
  })
  const { resolve } = await bench(t, await makeCertificate(), own)
  await assert.rejects(resolve(), { code: 'registry.tls-unknown-authority' })
})

test('a connection that was opened without verification is not used with it', { skip }, async (t) => {
  const tls = await makeCertificate()
  const { registry, resolve } = await bench(t, tls, () => ({ tls: { insecureSkipVerify: true } }))
  await resolve()
  const http = makeOrigins().http
  t.after(() => http.close())
  const asked = {
    method: 'GET',
    url: new URL(registry.url),
    headers: {},
    purpose: 'registry',
    signal: testSignal(),
  } as const
  assert.ok(await http.read({ ...asked, tls: { insecureSkipVerify: true } }, 1000))
  await assert.rejects(http.read({ ...asked, tls: {} }, 1000), { kind: 'tls-unknown-authority' })
})

test('an expired certificate and one for another host have causes of their own', { skip }, async (t) => {
  const expired = await makeCertificate({ expired: true })
  const other = await makeCertificate({ names: 'DNS:other.example.com' })
  const first = await bench(t, expired, () => ({ tls: { caCert: expired.ca } }))
  await assert.rejects(first.resolve(), { code: 'registry.tls-expired' })
  const second = await bench(t, other, () => ({ tls: { caCert: other.ca } }))
  await assert.rejects(second.resolve(), { code: 'registry.tls-wrong-host' })
})

test('plain HTTP on a TLS port is registry.tls, and says so', async (t) => {
  const registry = await startRegistry()
  const { origins, http } = makeOrigins()
  t.after(async () => {
    await http.close()
    await registry.close()
  })
  const resolving = origins.resolve(imageRequest(`https://${registry.host}/library/app`), {}, asNamed, testSignal())
  await assert.rejects(resolving, { code: 'registry.tls', message: /speaks plain HTTP/ })
})

test('a registry behind TLS keeps its credential from a realm without', { skip }, async (t) => {
  const tls = await makeCertificate()
  const plain = await startRegistry()
  t.after(() => plain.close())
  const users = { ann: 'secret' }
  const registry = await startRegistry({ tls, auth: { kind: 'bearer', users, realm: `${plain.url}/token` } })
  const credential = { username: 'ann', password: new Secret('secret') }
  const { origins, http } = makeOrigins({ registries: { [registry.host]: credential }, tls: { caCert: tls.ca } })
  t.after(async () => {
    await http.close()
    await registry.close()
  })
  const resolving = origins.resolve(imageRequest(`${registry.url}/library/app`), {}, asNamed, testSignal())
  await assert.rejects(resolving, { code: 'registry.invalid', message: /plain HTTP/ })
  assert.equal(plain.requests.length, 0)
})

test('a registry behind TLS cannot redirect to a host without', { skip }, async (t) => {
  const tls = await makeCertificate()
  const { registry, resolve } = await bench(t, tls, () => ({ tls: { caCert: tls.ca } }))
  registry.fault({ path: /\/manifests\//, status: 302, headers: { location: 'http://127.0.0.1:1/x' } })
  await assert.rejects(resolve(), { code: 'registry.invalid', message: /from https to http/ })
})

test('a host that a registry leads to is verified as itself, and named', { skip }, async (t) => {
  const [tls, storage, expired] = [
    await makeCertificate(),
    await makeCertificate(),
    await makeCertificate({ expired: true }),
  ]
  const away = await startRegistry({ tls: storage })
  const ended = await startRegistry({ tls: expired })
  t.after(async () => {
    await away.close()
    await ended.close()
  })
  const { registry, resolve } = await bench(t, tls, (host) => ({
    registries: { [host]: { caCert: tls.ca, insecureSkipVerify: true }, [ended.host]: { caCert: expired.ca } },
  }))
  const led = (to: string) => {
    registry.healed()
    registry.fault({ path: /\/manifests\//, status: 307, headers: { location: `${to}/x` } })
    return resolve()
  }
  await assert.rejects(led(away.url), {
    code: 'registry.tls-unknown-authority',
    message: new RegExp(`certificate of ${away.host} `),
  })
  await assert.rejects(led(ended.url), {
    code: 'registry.tls-expired',
    message: new RegExp(`certificate of ${ended.host} `),
  })
  assert.deepEqual([...away.requests, ...ended.requests], [])
})
