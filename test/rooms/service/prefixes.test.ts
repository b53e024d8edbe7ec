// A path prefix that is bound to clusters: what comes in below it is for these, through every contract.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startService, type TestService } from '../../support/service.ts'

let service: TestService
before(async () => {
  service = await startService({ WARMFRONT_PATH_PREFIXES: '/edge=2,/all' })
  assert.equal((await service.call('POST', '/oapi/v1/clusters', { name: 'edge' })).status, 200)
})
after(() => service.stop())

const image = { type: 'image', url: 'registry.example.com/library/app:1.0' }
const pushed = {
  action: 'push',
  target: { mediaType: 'application/vnd.oci.image.manifest.v1+json', url: image.url },
}

const ways: readonly (readonly [contract: string, path: string, body: unknown, idOf: (json: never) => number])[] = [
  ['supernode', '/api/preheat', image, (json: { data: { taskId: string } }) => Number(json.data.taskId)],
  ['preheats', '/preheats', image, (json: { ID: string }) => Number(json.ID)],
  ['open-api', '/oapi/v1/jobs', { type: 'preheat', args: image }, (json: { id: number }) => json.id],
  ['kraken', '/registry/notifications', { events: [pushed] }, (json: { accepted: string[] }) => Number(json.accepted)],
]

for (const [contract, path, body, idOf] of ways) {
  test(`prefixes: ${contract} asks for the clusters that its prefix is bound to, and otherwise for all`, async () => {
    for (const [prefix, clusters] of [
      ['/edge', [2]],
      ['/all', [1, 2]],
      ['', [1, 2]],
    ] as const) {
      const answer = await service.call('POST', prefix + path, body)
      const job = await service.job(idOf(answer.json as never))
      assert.deepEqual(
        job.scheduler_clusters.map(({ id }) => id),
        clusters,
        prefix,
      )
    }
  })
}
