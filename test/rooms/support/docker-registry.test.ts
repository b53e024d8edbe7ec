// The real registry is what other tests take it for: pushed as made, guarded, and exact about what it served.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Agent, request } from 'undici'
import { makeCertificate } from '../../support/certificates.ts'
import {
  type DockerRegistryOptions,
  dockerRegistryMissing,
  registryUser,
  startDockerRegistry,
} from '../../support/docker-registry.ts'
import { digestOf, makeImage, mediaTypes } from '../../support/image.ts'

const skip = dockerRegistryMissing()
const basic = `Basic ${Buffer.from(`${registryUser.username}:${registryUser.password}`).toString('base64')}`
const image = makeImage({ platforms: ['linux/amd64', 'linux/arm64'], layers: [100_000, 3] })
const path = '/v2/library/app/manifests/1.0'

async function pushed(t: TestContext, options: DockerRegistryOptions) {
  const registry = await startDockerRegistry(options)
  const agent = new Agent(options.tls === undefined ? {} : { connect: { ca: options.tls.ca } })
  t.after(async () => {
    await agent.close()
    await registry.stop()
  })
  await registry.push(image, 'library/app:1.0')
  const get = async (url: string, authorization?: string) => {
    const headers = { accept: mediaTypes.ociIndex, ...(authorization === undefined ? {} : { authorization }) }
    const answer = await request(new URL(url, registry.url), { dispatcher: agent, headers })
    return { ...answer, bytes: Buffer.from(await answer.body.arrayBuffer()) }
  }
  return { registry, get }
}

for (const tls of [false, true]) {
  test(`an image pushed over ${tls ? 'HTTPS' : 'HTTP'} keeps its digests`, { skip }, async (t) => {
    const { get } = await pushed(t, tls ? { tls: await makeCertificate() } : {})
    assert.equal(digestOf((await get(path)).bytes), image.top.digest)
    for (const digest of image.blobs.keys()) {
      assert.equal(digestOf((await get(`/v2/library/app/blobs/${digest}`)).bytes), digest)
    }
  })
}

test('a registry with Basic wants the password', { skip }, async (t) => {
  const { get } = await pushed(t, { auth: 'basic' })
  const refused = await get(path)
  assert.equal(refused.statusCode, 401)
  assert.equal(refused.headers['www-authenticate'], 'Basic realm="test registry"')
  assert.equal(digestOf((await get(path, basic)).bytes), image.top.digest)
})

test('a registry with tokens takes those of the server that it names', { skip }, async (t) => {
  const { get } = await pushed(t, { auth: 'token' })
  const refused = await get(path)
  assert.equal(refused.statusCode, 401)
  const challenge = String(refused.headers['www-authenticate'])
  const [, realm = '', service = '', scope = ''] =
    /^Bearer realm="(.+)",service="(.+)",scope="(.+)"$/.exec(challenge) ?? []
  const url = new URL(realm)
  url.search = String(new URLSearchParams({ service, scope }))
  const [, token] = /"token":"([^"]+)"/.exec(await (await request(url)).body.text()) ?? []
  assert.equal(digestOf((await get(path, `Bearer ${token}`)).bytes), image.top.digest)
  assert.equal((await request(url, { headers: { authorization: 'Basic d3Jvbmc6d3Jvbmc=' } })).statusCode, 401)
})

test('a stopped registry tells every request but those of its own pushes', { skip }, async (t) => {
  const { registry, get } = await pushed(t, {})
  const missing = '/v2/library/app/manifests/none?ns=docker.io'
  for (const url of [path, missing, path]) await get(url)
  const served = await registry.stop()
  const seen = served.map((one) => `${one.method} ${one.path} ${one.status}`)
  assert.deepEqual(seen.toSorted(), [`GET ${path} 200`, `GET ${path} 200`, `GET ${missing} 404`].toSorted())
})
