// A job that cannot succeed ends with its cause named, in both contracts.

import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { makeCertificate } from '../../support/certificates.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { requires } from '../../support/requires.ts'
import { startService, type TestService } from '../../support/service.ts'

let service: TestService
let registry: TestRegistry
before(async () => {
  registry = await startRegistry({ auth: { kind: 'basic', users: { u: 'right' } } })
  registry.push('library/app', makeImage(), '1.0')
  service = await startService()
})
after(async () => {
  await service.stop()
  await registry.close()
})

const noOpenssl = requires('openssl', 'openssl')

async function nobodyListens(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : ''
}

async function causeOf(args: Readonly<Record<string, unknown>>): Promise<{ code: string; message: string }> {
  const settled = await service.settled((await service.preheat({ type: 'image', ...args })).id)
  assert.equal(settled.state, 'FAILURE')
  assert.ok(settled.error)
  // Harbor's user sees this text and nothing else.
  assert.equal(settled.result?.job_states[0]?.error, `${settled.error.message} ${settled.error.hint}`)
  const supernode = await service.call('GET', `/api/preheat/${settled.id}`)
  assert.deepEqual(supernode.json, {
    code: 200,
    data: { taskId: String(settled.id), status: 'FAIL' },
    msg: `${settled.error.message} ${settled.error.hint}`,
  })
  return settled.error
}

test('causes: an image that does not exist', async () => {
  const { code, message } = await causeOf({ url: `${registry.host}/library/app:2.0`, username: 'u', password: 'right' })
  assert.equal(code, 'registry.not-found')
  assert.match(message, /library\/app/)
})

test('causes: a wrong credential, which is nowhere to be read', async () => {
  const args = { url: `${registry.host}/library/app:1.0`, username: 'u', password: 'wr0ng-passw0rd' }
  const { code, message } = await causeOf(args)
  assert.equal(code, 'registry.denied')
  assert.match(message, new RegExp(registry.host))
  assert.equal(service.output().includes('wr0ng-passw0rd'), false)
})

test('causes: a host where nobody answers', async () => {
  const host = await nobodyListens()
  const { code, message } = await causeOf({ url: `${host}/library/app:1.0` })
  assert.equal(code, 'registry.unreachable')
  assert.match(message, new RegExp(host))
})

test('causes: a name that does not resolve', async () => {
  assert.equal((await causeOf({ url: 'no-such-registry.invalid/library/app:1.0' })).code, 'registry.unreachable')
})

test('causes: a certificate of an unknown authority', { skip: noOpenssl }, async (t) => {
  const secure = await startRegistry({ tls: await makeCertificate() })
  t.after(() => secure.close())
  const { code } = await causeOf({ url: `https://${secure.host}/v2/library/app/manifests/1.0` })
  assert.equal(code, 'registry.tls-unknown-authority')
})

test('causes: an address that the egress policy denies', async () => {
  assert.equal((await causeOf({ url: 'http://169.254.169.254/v2/library/app/manifests/1.0' })).code, 'egress.denied')
})

test('causes: a registry that answers nonsense', async (t) => {
  const broken = await startRegistry()
  t.after(() => broken.close())
  broken.push('library/app', makeImage(), '1.0')
  broken.fault({ path: /manifests/, body: '{"schemaVersion":2,' })
  assert.equal((await causeOf({ url: `${broken.host}/library/app:1.0` })).code, 'registry.invalid')
})

test('causes: a job that takes too long ends at its deadline, and says how far it was', async (t) => {
  const slow = await startRegistry()
  t.after(() => slow.close())
  slow.push('library/app', makeImage(), '1.0')
  const held = Promise.withResolvers<void>()
  t.after(() => held.resolve())
  slow.fault({ path: /blobs/, held: held.promise })
  const { code, message } = await causeOf({ url: `${slow.host}/library/app:1.0`, timeout: 1_500_000_000 })
  assert.equal(code, 'job.deadline')
  assert.match(message, /\d of 4 tasks were done/)
})

test('causes: a cancelled job ends at once', async (t) => {
  const slow = await startRegistry()
  t.after(() => slow.close())
  slow.push('library/app', makeImage(), '1.0')
  const held = Promise.withResolvers<void>()
  t.after(() => held.resolve())
  slow.fault({ path: /blobs/, held: held.promise })
  const job = await service.preheat({ type: 'image', url: `${slow.host}/library/app:1.0` })
  assert.equal((await service.call('POST', `/oapi/v1/jobs/${job.id}/cancel`)).status, 200)
  const settled = await service.settled(job.id)
  assert.equal(settled.phase, 'cancelled')
  assert.equal(settled.error?.code, 'job.cancelled')
})
