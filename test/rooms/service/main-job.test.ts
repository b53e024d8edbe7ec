// The main job on real parts: a real registry, the service, a real containerd.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containerdMissing, startContainerd } from '../../support/containerd.ts'
import { dockerRegistryMissing, registryUser, startDockerRegistry } from '../../support/docker-registry.ts'
import { makeImage } from '../../support/image.ts'
import { startService, type TestService } from '../../support/service.ts'

const skip = dockerRegistryMissing() || containerdMissing()
const basic = `Basic ${Buffer.from(`${registryUser.username}:${registryUser.password}`).toString('base64')}`

interface Way {
  readonly name: string
  readonly auth: 'basic' | 'token'
  /** Asks for the image; resolves once it is warm. */
  preheat(service: TestService, host: string): Promise<void>
}

const ways: readonly Way[] = [
  {
    name: 'the Open API, Basic',
    auth: 'basic',
    async preheat(service, host) {
      const url = `http://${host}/v2/library/app/manifests/1.0`
      const job = await service.preheat({ type: 'image', url, ...registryUser })
      const settled = await service.settled(job.id)
      assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))
    },
  },
  {
    name: 'the Open API, Bearer token',
    auth: 'token',
    async preheat(service, host) {
      const job = await service.preheat({ type: 'image', url: `${host}/library/app:1.0`, ...registryUser })
      const settled = await service.settled(job.id)
      assert.equal(settled.state, 'SUCCESS', JSON.stringify(settled.error))
    },
  },
  {
    name: 'the supernode contract, Basic from its header',
    auth: 'basic',
    async preheat(service, host) {
      const body = { type: 'image', url: `${host}/library/app:1.0`, header: { Authorization: basic } }
      const { json } = await service.call('POST', '/api/preheat', body)
      const { data } = json as { readonly data: { readonly taskId: string } }
      await service.settled(Number(data.taskId))
      const status = await service.call('GET', `/api/preheat/${data.taskId}`)
      assert.deepEqual(status.json, { code: 200, data: { taskId: data.taskId, status: 'SUCCESS' } })
    },
  },
]

for (const way of ways) {
  test(
    `main job: preheated through ${way.name}, an image is pulled by containerd with the registry stopped`,
    { skip },
    async (t) => {
      const registry = await startDockerRegistry({ auth: way.auth })
      t.after(() => registry.stop())
      const service = await startService()
      t.after(() => service.stop())
      const containerd = await startContainerd()
      t.after(() => containerd.stop())
      const image = makeImage({ platforms: ['linux/amd64', 'linux/arm64'], layers: [200_000, 3_000_000, 70_000] })
      await registry.push(image, 'library/app:1.0')

      await way.preheat(service, registry.host)
      await registry.stop()

      const fetched = await containerd.fetch(`${registry.host}/library/app:1.0`, service.url)
      assert.ok(fetched.ok, fetched.output)
      const held = new Set(await containerd.digests())
      const wanted = [image.top, ...image.documents].map(({ digest }) => digest).concat([...image.blobs.keys()])
      assert.deepEqual(
        wanted.filter((digest) => !held.has(digest)),
        [],
      )
    },
  )
}
