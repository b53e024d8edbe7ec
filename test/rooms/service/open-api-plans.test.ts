// Plans: what a job would do, asked of the service.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { components } from '../../../openapi/open-api.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { startService, type TestService } from '../../support/service.ts'

type Plan = components['schemas']['Plan']

const made = makeImage({ layers: [3000, 2000], platforms: ['linux/amd64', 'linux/arm64'] })

let registry: TestRegistry
let service: TestService
before(async () => {
  registry = await startRegistry({ auth: { kind: 'bearer', users: { ann: 'right' } } })
  registry.push('library/app', made, '1.0')
  registry.putFile('/tool.tar.gz', Buffer.alloc(1234))
  service = await startService()
})
after(async () => {
  await service.stop()
  await registry.close()
})

const plan = (args: object, more: object = {}) =>
  service.call('POST', '/oapi/v1/plans', { type: 'preheat', args, ...more })
const app = (more: object = {}) => ({
  type: 'image',
  url: `${registry.url}/v2/library/app/manifests/1.0`,
  username: 'ann',
  password: 'right',
  ...more,
})

test('a plan says what the job would do that is made of the same request, and no job is made of it', async () => {
  const answer = await plan(app({ platform: 'all' }))
  assert.equal(answer.status, 200, answer.text)
  const { digest, platforms, warnings, tasks, bytes, peers, blobs } = answer.json as Plan
  assert.equal(digest, made.top.digest)
  assert.deepEqual(platforms.toSorted(), ['linux/amd64', 'linux/arm64'])
  assert.deepEqual(warnings, [])
  assert.deepEqual(
    new Set(blobs.map((blob) => blob.digest)),
    new Set([...made.documents.map((document) => document.digest), ...made.blobs.keys()]),
  )
  assert.equal(peers.length, 1)
  assert.equal(tasks, blobs.length)
  assert.equal(
    bytes,
    blobs.reduce((sum, { size }) => sum + (size ?? 0), 0),
  )
  assert.deepEqual((await service.call('GET', '/oapi/v1/jobs')).json, [])
  assert.deepEqual(registry.asked(/\/blobs\//, 'GET'), [])

  const { id } = await service.preheat(app({ platform: 'all' }))
  const job = await service.settled(id)
  assert.deepEqual([job.digest, job.progress.tasks, job.progress.bytes_total], [digest, tasks, bytes])
})

test('a plan says what is warm already, and what is left to be moved', async () => {
  const { id } = await service.preheat(app({ platform: 'linux/amd64' }))
  assert.equal((await service.settled(id)).state, 'SUCCESS')
  const all = (await plan(app({ platform: 'linux/amd64' }))).json as Plan
  assert.deepEqual([all.warm, all.bytes_to_move], [all.tasks, 0])
  const [lost] = all.blobs.filter(({ kind }) => kind === 'layer')
  assert.ok(lost?.digest)
  const gone = await service.call('POST', '/oapi/v1/jobs', { type: 'delete_task', args: { task_id: lost.digest } })
  await service.settled((gone.json as { readonly id: number }).id)
  const fetched = registry.asked(/\/blobs\//, 'GET').length
  const part = (await plan(app({ platform: 'linux/amd64' }))).json as Plan
  assert.deepEqual([part.warm, part.bytes_to_move], [all.tasks - 1, lost.size])
  assert.equal(registry.asked(/\/blobs\//, 'GET').length, fetched, 'nothing is touched')
})

test('a plan names the peers that it leaves out, with the reason, and warns of those that are down', async (t) => {
  const peers = [1, 2].map((n) => ({ address: `127.0.0.1:${n}`, hostname: `cache-${n}`, ip: `192.0.2.${n}` }))
  const made = await service.call('POST', '/oapi/v1/clusters', {
    name: 'caches',
    driver: 'http-proxy',
    settings: { peers },
  })
  const { id } = made.json as { readonly id: number }
  t.after(() => service.call('DELETE', `/oapi/v1/clusters/${id}`))
  const here = { scheduler_cluster_ids: [id] }
  const refused = await plan(app(), here)
  assert.deepEqual([refused.status, (refused.json as { readonly code: string }).code], [422, 'peer.none'])
  assert.match(refused.text, /All 2 peers of cluster \d+ \(caches\) are down \(cache-1/)

  const named = (await plan(app({ ips: ['192.0.2.1'] }), here)).json as Plan
  assert.deepEqual(
    named.peers.map(({ hostname, address }) => [hostname, address]),
    [['cache-1', '127.0.0.1:1']],
  )
  assert.deepEqual(
    named.left_out.map(({ peer, why }) => [peer.hostname, why]),
    [['cache-2', 'Its ip is not among those that are named.']],
  )
  assert.ok(
    named.warnings.some((warning) => warning.includes('cache-1')),
    JSON.stringify(named.warnings),
  )

  // Holds nothing, and says so.
  const cache = createServer((_req, res) => res.writeHead(504).end())
  await once(cache.listen(0, '127.0.0.1'), 'listening')
  t.after(() => cache.close())
  const { port } = cache.address() as AddressInfo
  const alive = { address: `127.0.0.1:${port}`, hostname: 'cache-3', ip: '192.0.2.3' }
  await service.call('PATCH', `/oapi/v1/clusters/${id}`, { settings: { peers: [...peers, alive] } })
  const all = (await plan(app({ scope: 'all_peers' }), here)).json as Plan
  assert.deepEqual(
    all.peers.map(({ hostname }) => hostname),
    ['cache-3'],
  )
  assert.deepEqual(
    all.left_out.map(({ peer }) => peer.hostname),
    ['cache-1', 'cache-2'],
  )
  for (const { peer, why } of all.left_out) {
    assert.match(why, /^It is down: /)
    assert.ok(all.warnings.some((warning) => warning.includes(peer.hostname)))
  }
  assert.equal(all.warm, 0)
})

test('a plan of files names them and their sizes, and shows no signature', async () => {
  const answer = await plan({ type: 'file', url: `${registry.url}/tool.tar.gz?signature=s3cret` })
  const { digest, bytes, blobs } = answer.json as Plan
  assert.deepEqual([digest, bytes, blobs.length], [null, 1234, 1])
  assert.deepEqual([blobs[0]?.kind, blobs[0]?.url], ['file', `${registry.url}/tool.tar.gz?signature=***`])
})

interface Refused {
  readonly name: string
  readonly args: () => object
  readonly more?: object
  readonly status: number
  readonly code: string
}
const refused: readonly Refused[] = [
  { name: 'a wrong password', args: () => app({ password: 'wrong' }), status: 502, code: 'registry.denied' },
  {
    name: 'a tag that is not there',
    args: () => app({ url: `${registry.host}/library/app:2.0` }),
    status: 502,
    code: 'registry.not-found',
  },
  {
    name: 'a platform that is not there',
    args: () => app({ platform: 'linux/s390x' }),
    status: 422,
    code: 'registry.no-platform',
  },
  {
    name: 'a registry that is not there',
    args: () => ({ type: 'image', url: '127.0.0.1:1/library/app:1.0' }),
    status: 502,
    code: 'registry.unreachable',
  },
  {
    name: 'an address that may not be reached',
    args: () => ({ type: 'image', url: '169.254.169.254/library/app:1.0' }),
    status: 422,
    code: 'egress.denied',
  },
  { name: 'peers that are not there', args: () => app({ ips: ['192.0.2.1'] }), status: 422, code: 'peer.none' },
  {
    name: 'a cluster that is not there',
    args: app,
    more: { scheduler_cluster_ids: [77] },
    status: 422,
    code: 'cluster.unknown',
  },
  { name: 'no reference', args: () => ({ type: 'image', url: 'UPPER CASE' }), status: 422, code: 'reference.invalid' },
]

for (const { name, args, more, status, code } of refused) {
  test(`a plan is refused for ${name}`, async () => {
    const answer = await plan(args(), more)
    const { message, ...rest } = answer.json as Readonly<Record<string, string>>
    assert.deepEqual([answer.status, rest['code']], [status, code], message)
    assert.equal(rest['errors'], status === 422 ? message : undefined)
  })
}
