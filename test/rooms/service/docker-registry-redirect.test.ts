// Blobs that a real registry keeps elsewhere: it redirects to an object store that refuses whoever shows a credential.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { hexOf, type Digest } from '../../../src/model/digest.ts'
import { dockerRegistryMissing, registryUser, startDockerRegistry } from '../../support/docker-registry.ts'
import { makeImage } from '../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { startService, type TestService } from '../../support/service.ts'
import { serves, succeeds } from '../../support/warmed.ts'

const skip = dockerRegistryMissing()
let store: TestRegistry
let service: TestService
before(async () => {
  store = await startRegistry({ refuseAuthorization: true })
  service = await startService()
})
after(async () => {
  await service.stop()
  await store.close()
})

/** Where the registry keeps a blob: this path is behind the address that it redirects to. */
const storagePath = (digest: Digest): string => {
  const hex = hexOf(digest)
  return `/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`
}

for (const auth of ['basic', 'token'] as const) {
  const way = auth === 'basic' ? 'Basic' : 'Bearer'
  test(`redirect: with ${way}, blobs come from a host that never sees the credential`, { skip }, async (t) => {
    const registry = await startDockerRegistry({ auth, redirectBlobsTo: store.url })
    t.after(() => registry.stop())
    const image = makeImage({ seed: auth, layers: [400_000, 90_000] })
    await registry.push(image, 'library/app:1.0')
    for (const [digest, bytes] of image.blobs) store.putFile(storagePath(digest), bytes)
    const [broken = ''] = [...image.blobs]
      .filter(([, { length }]) => length === 400_000)
      .map(([digest]) => storagePath(digest))
    store.fault({ path: broken, cutAfter: 150_000, times: 1 })

    await succeeds(service, { url: `${registry.host}/library/app:1.0`, ...registryUser })
    await registry.stop()
    await serves(service, 'library/app', image)
    for (const path of [...image.blobs.keys()].map(storagePath)) {
      const reads = store.asked(path, 'GET').map(({ status, headers: { range } }) => [status, range])
      const rest = path === broken ? [[206, 'bytes=150000-']] : []
      assert.deepEqual(reads, [[200, undefined], ...rest])
    }
  })
}

test('redirect: no request at the other host had a credential', { skip }, () => {
  assert.deepEqual(
    store.requests.filter(({ headers }) => headers.authorization !== undefined || headers.cookie !== undefined),
    [],
  )
})
