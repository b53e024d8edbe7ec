// Nobody makes the registry room talk to an address that the policy denies: not by name, not by redirect, not by realm.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test, type TestContext } from 'node:test'
import { makeImage } from '../../support/image.ts'
import { asNamed, Collected, fileRequest, imageRequest, makeOrigins, testSignal } from '../../support/origins.ts'
import { startRegistry } from '../../support/registry.ts'

/** Ways to write an address that must not be reached. */
const spellings = [
  '169.254.169.254',
  '169.254.169.254:80',
  '0xa9fea9fe',
  '2852039166',
  '0251.0376.0251.0376',
  '169.254.43518',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[::169.254.169.254]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:a9fe:a9fe::]',
  '[fd00:ec2::254]',
  '[fe80::1]',
  '0.0.0.0',
  '[::]',
  '[::1]',
  '224.0.0.1',
  '169%E3%80%82254%E3%80%82169%E3%80%82254',
  '169.254.169.254.',
]

async function bench(t: TestContext) {
  const registry = await startRegistry()
  registry.push('library/app', makeImage(), 'latest')
  const room = makeOrigins()
  t.after(async () => {
    await room.http.close()
    await registry.close()
  })
  return { registry, ...room, name: `${registry.host}/library/app` }
}

for (const host of spellings) {
  test(`a redirect to ${host} is not followed`, async (t) => {
    const { registry, origins, name } = await bench(t)
    registry.fault({
      path: /latest/,
      status: 307,
      headers: { location: `http://${host}/latest/meta-data/` },
    })
    await assert.rejects(origins.resolve(imageRequest(name), {}, asNamed, testSignal()), { code: 'egress.denied' })
  })

  test(`a realm at ${host} is not asked`, async (t) => {
    const { registry, origins, name } = await bench(t)
    const challenge = `Bearer realm="http://${host}/token"`
    registry.fault({ path: /latest/, status: 401, headers: { 'www-authenticate': challenge } })
    await assert.rejects(origins.resolve(imageRequest(name), {}, asNamed, testSignal()), { code: 'egress.denied' })
  })
}

test('loopback is denied unless it is allowed, for images and for files', async (t) => {
  const { registry, name } = await bench(t)
  const { origins, http } = makeOrigins({}, { allow: [] })
  t.after(() => http.close())
  const denied = { code: 'egress.denied' }
  await assert.rejects(origins.resolve(imageRequest(name), {}, asNamed, testSignal()), denied)
  await assert.rejects(origins.resolve(fileRequest([`${registry.url}/x`]), {}, asNamed, testSignal()), denied)
  assert.equal(registry.requests.length, 0)
})

test('a name is judged by what it resolves to, each time a connection is made', async (t) => {
  const { registry } = await bench(t)
  let means = '127.0.0.1'
  const lookup = async () => [{ address: means, family: 4 }]
  const { origins, http } = makeOrigins({}, { lookup })
  t.after(() => http.close())
  const request = imageRequest(`http://rebinding.example.com:${registry.port}/library/app`)
  const { artifact, origin } = await origins.resolve(request, {}, asNamed, testSignal())
  const layer = artifact.blobs.find(({ kind }) => kind === 'layer')
  assert.ok(layer)
  const { connections } = registry
  means = '169.254.169.254'
  const reads = Array.from({ length: 4 }, () => origin.read(layer, 0, new Collected(), testSignal()))
  const failed = (await Promise.allSettled(reads)).filter((read) => read.status === 'rejected')
  assert.ok(failed.length >= 3) // one may go over the connection that is open and was judged
  for (const { reason } of failed) assert.equal(reason.code, 'egress.denied')
  assert.equal(registry.connections, connections)
})

test('of several addresses only those that pass are tried', async (t) => {
  const { registry } = await bench(t)
  const forbidden = createServer((socket) => void socket.destroy())
  await once(forbidden.listen(registry.port, '127.0.0.2'), 'listening')
  t.after(() => forbidden.close())
  const connected = t.mock.fn()
  forbidden.on('connection', connected)
  const lookup = async () => [
    { address: '127.0.0.2', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]
  const { origins, http } = makeOrigins({}, { lookup, allow: ['127.0.0.1'] })
  t.after(() => http.close())
  const request = imageRequest(`http://both.example.com:${registry.port}/library/app`)
  assert.ok(await origins.resolve(request, {}, asNamed, testSignal()))
  assert.equal(connected.mock.callCount(), 0)
})

test('private networks are for registries, not for files', async (t) => {
  const lookup = async () => [{ address: '10.0.0.1', family: 4 }]
  const { origins, http } = makeOrigins(
    {},
    { lookup, allow: [], timeouts: { connectMs: 200, firstByteMs: 200, noProgressMs: 200 } },
  )
  t.after(() => http.close())
  const file = fileRequest(['http://files.example.com/x'])
  await assert.rejects(origins.resolve(file, {}, asNamed, testSignal()), {
    code: 'egress.denied',
    message: /may not be reached/,
  })
})

test('a name that nobody knows, and a port where nobody listens, are registry.unreachable', async (t) => {
  const lookup = async () => {
    throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
  }
  const { origins, http } = makeOrigins({}, { lookup })
  const registry = await startRegistry()
  await registry.close()
  t.after(() => http.close())
  const unknown = origins.resolve(imageRequest('registry.example.com/a'), {}, asNamed, testSignal())
  await assert.rejects(unknown, { code: 'registry.unreachable', message: /registry\.example\.com cannot be resolved/ })
  const refused = origins.resolve(imageRequest(`${registry.host}/a`), {}, asNamed, testSignal())
  await assert.rejects(refused, { code: 'registry.unreachable', message: /refused the connection/ })
})
