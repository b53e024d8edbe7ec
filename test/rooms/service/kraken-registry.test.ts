// A real registry that notifies the service: what is pushed to it is warm, with no further call.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { dockerRegistryMissing, startDockerRegistry } from '../../support/docker-registry.ts'
import { digestOf, makeImage } from '../../support/image.ts'
import { adminToken, startService, type Job, type TestService } from '../../support/service.ts'

const skip = dockerRegistryMissing()
const endsWithinMs = 60_000
let service: TestService
before(async () => {
  if (skip === false) service = await startService()
})
after(() => service?.stop())

/** The jobs for images of this registry, once there are so many and none is under way. */
async function settled(host: string, many: number): Promise<readonly Job[]> {
  const until = AbortSignal.timeout(endsWithinMs)
  for (;;) {
    const all = (await service.call('GET', '/oapi/v1/jobs?per_page=50')).json as readonly Job[]
    const jobs = all.filter(({ args }) => args.url.includes(host))
    if (jobs.length >= many && jobs.every(({ state }) => state !== 'PENDING')) return jobs
    if (until.aborted) throw new Error(`there are ${JSON.stringify(jobs)}\n${service.output()}`)
    await pause(25)
  }
}

const pushes = [
  {
    name: 'an image for one platform, notified of with a bearer',
    image: makeImage({ layers: [300_000, 1000] }),
    jobs: 1,
    headers: { Authorization: `Bearer ${adminToken}` },
    before: '',
  },
  {
    name: 'an index for two platforms, notified of with a token in the path',
    image: makeImage({ platforms: ['linux/amd64', 'linux/arm64'], layers: [300_000, 1000] }),
    // Each of its images is pushed by digest before it.
    jobs: 3,
    headers: {},
    before: `/t/${adminToken}`,
  },
]

for (const { name, image, jobs, headers, before: inPath } of pushes) {
  test(`a push makes warm: ${name}`, { skip }, async (t) => {
    const url = `${service.url}${inPath}/registry/notifications`
    const registry = await startDockerRegistry({ notifies: { url, headers } })
    t.after(() => registry.stop())

    await registry.push(image, 'library/app:1.0')
    const made = await settled(registry.host, jobs)
    assert.deepEqual(
      made.map(({ state, error }) => error?.message ?? state),
      Array.from({ length: jobs }, () => 'SUCCESS'),
    )
    await registry.stop()

    const read = async (path: string) => {
      const answer = await fetch(`${service.url}/v2/library/app/${path}?ns=${registry.host}`)
      assert.equal(answer.status, 200, path)
      return digestOf(await answer.bytes())
    }
    assert.equal(await read('manifests/1.0'), image.top.digest)
    for (const { digest } of image.documents) assert.equal(await read(`manifests/${digest}`), digest)
    for (const digest of image.blobs.keys()) assert.equal(await read(`blobs/${digest}`), digest)
  })
}
