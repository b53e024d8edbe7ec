// Every kind of peer behind one service: after SUCCESS the origin ends, and nodes find every blob at the peer. Where a peer
// keeps nothing, the job is a FAILURE that says so.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { parseDigest } from '../../../src/model/digest.ts'
import { containerdMissing, startContainerd } from '../../support/containerd.ts'
import { startDaemon } from '../../support/dragonfly/daemon.ts'
import { startScheduler } from '../../support/dragonfly/scheduler.ts'
import { allTasks } from '../../support/fleet.ts'
import { digestOf, makeImage, mediaTypes } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { startService, type Job, type TestService } from '../../support/service.ts'
import { squidMissing, startSquid } from '../../support/squid.ts'
import { makeFiles } from '../../support/warmed.ts'
import { kinds } from '../peers/registry-mirror/kinds.ts'

const repository = 'library/app'
const image = makeImage({ platforms: ['linux/amd64', 'linux/arm64'], layers: [300_000, 1500] })

/** A distribution takes no wildcard for an index. */
const accept = `${Object.values(mediaTypes).join(', ')}, */*`

/** How a node asks a peer for what the origin has at this path. */
interface Asked {
  readonly address: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Started {
  /** Of a cluster, without its name. */
  readonly cluster: object
  readonly asked: (path: string) => Asked
}

interface Way {
  readonly name: string
  readonly skip: string | false
  readonly start: (origin: TestRegistry, keeps: boolean) => Promise<Started>
}

const open = new AsyncDisposableStack()

const mirrors = kinds.map((kind): Way => {
  const { name, skip } = kind
  return {
    name,
    skip,
    async start(origin, keeps) {
      const mirror = await (keeps ? kind.start(origin) : kind.startKeepingNothing(origin))
      open.defer(() => mirror.close())
      const settings = kind.settings(origin)
      const prefix = name.startsWith('Harbor') ? '/v2/proxied/' : '/v2/'
      const isDragonfly = settings['profile'] === 'dfdaemon'
      return {
        cluster: { driver: 'registry-mirror', ...settings, peers: [{ address: mirror.address }] },
        asked: (path) => ({
          address: mirror.address,
          path: path.replace('/v2/', prefix),
          ...(isDragonfly && { headers: { 'x-dragonfly-registry': origin.url } }),
        }),
      }
    },
  }
})

const squid: Way = {
  name: 'squid',
  skip: squidMissing(),
  async start(origin, keeps) {
    const proxy = await startSquid(keeps ? {} : { settings: ['cache deny all'] })
    open.defer(() => proxy.stop())
    return {
      cluster: { driver: 'http-proxy', peers: [{ address: proxy.address }] },
      asked: (path) => ({ address: proxy.address, path: origin.url + path }),
    }
  },
}

const dragonfly: Way = {
  name: 'dfdaemon (a fake one)',
  skip: false,
  async start(origin, keeps) {
    const scheduler = await startScheduler()
    open.defer(() => scheduler.close())
    const daemon = await startDaemon({ scheduler })
    open.defer(() => daemon.close())
    if (!keeps) daemon.store.keepsNothing = true
    return {
      cluster: { driver: 'dragonfly', schedulers: [scheduler.address], task_id: keeps ? 'auto' : 'blob-digest' },
      asked: (path) => ({
        address: `${daemon.host}:${daemon.proxyPort}`,
        path,
        headers: { 'x-dragonfly-registry': origin.url },
      }),
    }
  },
}

const ways = [...mirrors, squid, dragonfly]

let origin: TestRegistry
let service: TestService
const started = new Map<string, Started>()
const idOf = new Map<string, number>()

before(async () => {
  origin = await startRegistry()
  origin.push(repository, image, '1.0')
  const files = await makeFiles()
  open.defer(() => files.remove())
  const clusters: object[] = []
  for (const { name, skip, start } of ways) {
    if (skip !== false) continue
    for (const keeps of [true, false]) {
      const way = await start(origin, keeps)
      const cluster = `${name}, ${keeps ? 'keeps' : 'keeps nothing'}`
      started.set(cluster, way)
      idOf.set(cluster, clusters.length + 2)
      clusters.push({ name: cluster, ...way.cluster })
    }
  }
  service = await startService({ WARMFRONT_CONFIG: await files.settings({ clusters }) })
})
after(async () => {
  await service.stop()
  await origin.close()
  await open.disposeAsync()
})

async function preheated(cluster: string): Promise<Job> {
  const args = { type: 'image', url: `${origin.host}/${repository}:1.0`, platform: 'all', scope: 'all_peers' }
  const scheduler_cluster_ids = [idOf.get(cluster)]
  const answer = await service.call('POST', '/oapi/v1/jobs', { type: 'preheat', args, scheduler_cluster_ids })
  assert.equal(answer.status, 200, answer.text)
  return service.settled((answer.json as Job).id)
}

async function got({
  address,
  path,
  headers = {},
}: Asked): Promise<{ readonly status: number; readonly body: Buffer }> {
  const [host, port] = address.split(':')
  const asking = request({ host, port, path, headers: { accept, ...headers }, agent: false })
  asking.end()
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  return { status: response.statusCode ?? 0, body: await buffer(response) }
}

for (const { name, skip } of ways) {
  test(`${name}: a peer that keeps nothing is a FAILURE that says so`, { skip }, async () => {
    const job = await preheated(`${name}, keeps nothing`)
    assert.equal(job.state, 'FAILURE')
    const failed = await allTasks(service, job.id, '&state=failed')
    assert.ok(
      failed.some(({ error }) => error?.message.includes('not cached by the peer')),
      JSON.stringify(job.error),
    )
    assert.equal((await allTasks(service, job.id, '&state=warm')).length, 0)
  })
}

/** What each job warmed, to be looked for once the origin is gone. */
const warmed = new Map<string, readonly string[]>()

for (const { name, skip } of ways) {
  test(`${name}: a preheat succeeds, each task with its proof`, { skip }, async () => {
    const job = await preheated(`${name}, keeps`)
    assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
    const tasks = await allTasks(service, job.id)
    assert.ok(tasks.every(({ state, proof }) => state === 'warm' && proof !== null))
    const digests = new Set(tasks.map(({ blob }) => blob.digest))
    for (const digest of image.blobs.keys()) assert.ok(digests.has(digest), `${digest} is no task`)
    warmed.set(
      name,
      tasks.map(({ blob }) => new URL(blob.url).pathname),
    )
  })
}

test('the origin ends', () => origin.close())

for (const { name, skip } of ways) {
  test(`${name}: with the origin gone, every blob is there`, { skip }, async () => {
    const { asked } = started.get(`${name}, keeps`) ?? assert.fail()
    const paths = warmed.get(name) ?? assert.fail()
    assert.ok(paths.length >= image.blobs.size)
    for (const path of paths) {
      const { status, body } = await got(asked(path))
      assert.equal(status, 200, path)
      assert.equal(digestOf(body), parseDigest(path.split('/').at(-1) ?? ''), path)
    }
  })
}

const pulled = mirrors.filter(({ name }) => name.startsWith('docker-registry') || name.startsWith('nginx with proxy'))

for (const { name, skip } of pulled) {
  test(
    `${name}: containerd pulls the whole image through it, with the origin gone`,
    { skip: skip || containerdMissing() },
    async (t) => {
      const { asked } = started.get(`${name}, keeps`) ?? assert.fail()
      const containerd = await startContainerd()
      t.after(() => containerd.stop())
      const mirror = `http://${asked('/v2/').address}`
      const { ok, output } = await containerd.fetch(`${origin.host}/${repository}@${image.top.digest}`, mirror)
      assert.ok(ok, output)
      const digests = new Set<string>(await containerd.digests())
      for (const digest of image.blobs.keys()) assert.ok(digests.has(digest))
    },
  )
}
