// The real containerd pulls through a mirror here, as it does on a node.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containerdMissing, startContainerd } from '../../support/containerd.ts'
import { dockerRegistryMissing, startDockerRegistry } from '../../support/docker-registry.ts'
import { makeImage } from '../../support/image.ts'

const skip = containerdMissing() || dockerRegistryMissing()

test('containerd fetches an image of a registry that nobody reaches through its mirror', { skip }, async (t) => {
  const mirror = await startDockerRegistry()
  t.after(() => mirror.stop())
  const containerd = await startContainerd()
  t.after(() => containerd.stop())
  const image = makeImage({ platforms: ['linux/amd64', 'linux/arm64'] })
  await mirror.push(image, 'library/app:1.0')

  const fetched = await containerd.fetch('registry.test/library/app:1.0', mirror.url)
  assert.ok(fetched.ok, fetched.output)
  const expected = [...image.documents.map(({ digest }) => digest), ...image.blobs.keys()]
  assert.deepEqual((await containerd.digests()).toSorted(), expected.toSorted())
  const served = await mirror.stop()
  assert.ok(served.length > 0)
  assert.ok(
    served.every(({ path }) => path.endsWith('?ns=registry.test')),
    JSON.stringify(served),
  )

  const again = await containerd.fetch('registry.test/library/other:1.0', mirror.url)
  assert.equal(again.ok, false, 'the mirror has ended')
})
