// One peer, looked at when somebody asks; and what the embedded one says that it holds.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { components } from '../../../openapi/open-api.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry } from '../../support/registry.ts'
import { startService, type Job, type TestService } from '../../support/service.ts'
import { watchedPeer } from '../../support/watched-peers.ts'

type Cluster = components['schemas']['Cluster']
type Peer = components['schemas']['ClusterPeer']

const clusters = '/oapi/v1/clusters'

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.stop())

const pathOf = (cluster: number, peer: string) => `${clusters}/${cluster}/peers/${encodeURIComponent(peer)}/check`
const check = async (cluster: number, peer: string): Promise<Peer> => {
  const { status, json, text } = await service.call('POST', pathOf(cluster, peer))
  assert.equal(status, 200, text)
  return json as Peer
}
const peersOf = async (cluster: number) =>
  (await service.call('GET', `${clusters}/${cluster}/peers`)).json as readonly Peer[]

test('a peer that has come back is up as soon as somebody looks, and stays so in the list', async (t) => {
  const peer = await watchedPeer(t)
  await peer.go()
  const asked = { name: 'watched', driver: 'http-proxy', settings: { peers: [{ address: peer.address }] } }
  const { id } = (await service.call('POST', clusters, asked)).json as Cluster
  const [before] = await peersOf(id)
  assert.equal(before?.health.state, 'down')
  await peer.come()
  const now = await check(id, before.id)
  assert.deepEqual({ ...now, health: before.health }, before)
  assert.deepEqual([now.health.state, now.health.detail, now.health.held], ['up', '', null])
  assert.ok(Date.parse(now.health.checked_at ?? '') > Date.parse(before.health.checked_at ?? ''))
  assert.deepEqual(await peersOf(id), [now])
})

test('a peer that nobody has asked for yet can be looked at', async (t) => {
  const peer = await watchedPeer(t)
  const asked = { name: 'fresh', driver: 'http-proxy', settings: { peers: [{ address: peer.address }] } }
  const { id } = (await service.call('POST', clusters, asked)).json as Cluster
  assert.equal((await check(id, `http-proxy-${id}@${peer.address}`)).health.state, 'up')
})

test('a peer that the cluster does not have is not found, however its id is written', async () => {
  for (const peer of ['nobody', 'a@[::1]:80', '100%', 'a/b', '//', 'local-1@a b', '%2F', '日本', '"']) {
    const { status, json, text } = await service.call('POST', pathOf(1, peer))
    assert.equal(status, 404, `${peer}: ${text}`)
    const { code, message } = json as components['schemas']['Refusal']
    assert.equal(code, 'request.not-found')
    assert.ok(message.startsWith(`Cluster 1 (local) has no peer ${JSON.stringify(peer)}.`), message)
  }
  const [own] = await peersOf(1)
  assert.equal((await service.call('POST', pathOf(404, own?.id ?? ''))).status, 404)
  assert.equal((await service.call('POST', pathOf(1, 'x'.repeat(513)))).status, 422)
  assert.equal((await service.call('GET', pathOf(1, own?.id ?? ''))).status, 405)
})

test('it takes the permission to change clusters', async () => {
  const asked = { name: 'reader', scopes: ['cluster:read', 'job'], expired_at: '2036-01-01T00:00:00Z' }
  const { token } = (await service.call('POST', '/oapi/v1/personal-access-tokens', asked)).json as { token: string }
  const [own] = await peersOf(1)
  const headers = { authorization: `Bearer ${token}` }
  assert.equal((await service.call('POST', pathOf(1, own?.id ?? ''), undefined, headers)).status, 403)
})

test('the embedded peer says how many blobs it holds, and how many bytes', async (t) => {
  const registry = await startRegistry()
  t.after(() => registry.close())
  const image = makeImage({ layers: [3000, 500], platforms: ['linux/amd64'] })
  registry.push('library/app', image, '1.0')
  const [own] = await peersOf(1)
  assert.ok(own)
  assert.deepEqual((await check(1, own.id)).health.held, { blobs: 0, bytes: 0 })
  const asked = {
    type: 'preheat',
    args: { type: 'image', url: `${registry.host}/library/app:1.0` },
    scheduler_cluster_ids: [1],
  }
  const { id } = (await service.call('POST', '/oapi/v1/jobs', asked)).json as Job
  const job = await service.settled(id)
  assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
  const { held, disk_free } = (await check(1, own.id)).health
  assert.ok(disk_free !== null && disk_free > 0)
  const sizes = [...image.documents.map(({ bytes }) => bytes), ...image.blobs.values()].map(({ length }) => length)
  assert.deepEqual(held, { blobs: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) })
  await service.restart('stopped')
  assert.deepEqual((await check(1, own.id)).health.held, held)
})
