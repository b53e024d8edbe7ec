// The main job, offline, before your eyes: `npm run demo`.
//
// A throw-away registry with a generated image, the service, one preheat through the legacy contract and one through the
// Open API; then the registry is stopped, and every blob is pulled from the peer by its digest.

import { createHash } from 'node:crypto'
import { makeImage } from '../test/support/image.ts'
import { startRegistry } from '../test/support/registry.ts'
import { startService, type Job, type TestService } from '../test/support/service.ts'
import { setTimeout as pause } from 'node:timers/promises'

const mib = 1024 * 1024
const inMib = (bytes: number): string => `${(bytes / mib).toFixed(1)} MiB`

async function show(service: TestService, id: number): Promise<Job> {
  for (;;) {
    const job = await service.job(id)
    const { warm, tasks, bytes_done: done, bytes_total: total } = job.progress
    const bytes = total === null ? '' : `, ${inMib(done)} of ${inMib(total)}`
    console.log(`   ${job.phase.padEnd(9)}  ${warm} of ${tasks} blobs${bytes}`)
    if (job.state === 'SUCCESS') return job
    if (job.state === 'FAILURE') throw new Error(job.error?.message ?? 'failed without a reason')
    await pause(150)
  }
}

async function pull(service: TestService, path: string, digest: string): Promise<number> {
  const response = await fetch(`${service.url}/v2/library/app/${path}/${digest}`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  if (response.status !== 200 || found !== digest) throw new Error(`${digest}: ${response.status}, found ${found}`)
  return bytes.length
}

const registry = await startRegistry()
const service = await startService()
try {
  const first = makeImage({
    layers: Array.from({ length: 6 }, () => 24 * mib),
    platforms: ['linux/amd64'],
    seed: 'first',
  })
  const second = makeImage({ layers: [16 * mib, 8 * mib], format: 'docker', seed: 'second' })
  registry.push('library/app', first, '1.0')
  registry.push('library/app', second, '2.0')
  console.log(`1. A registry on ${registry.host} has library/app:1.0 and :2.0; Warmfront runs on ${service.url}.`)

  console.log('2. POST /api/preheat (legacy) for 1.0:')
  const accepted = await service.call('POST', '/api/preheat', {
    type: 'image',
    url: `${registry.host}/library/app:1.0`,
  })
  console.log(`   ${accepted.text}`)
  const { data } = accepted.json as { readonly data: { readonly taskId: string } }
  await show(service, Number(data.taskId))
  console.log(`   ${(await service.call('GET', `/api/preheat/${data.taskId}`)).text}`)

  console.log('3. POST /oapi/v1/jobs (Open API) for 2.0:')
  const job = await service.preheat({ type: 'image', url: `http://${registry.host}/v2/library/app/manifests/2.0` })
  console.log(`   {"id":${job.id},"state":"${job.state}",…}`)
  await show(service, job.id)

  await registry.close()
  console.log('4. The registry is stopped. Pulling every blob from the peer, by digest:')
  let blobs = 0
  let bytes = 0
  for (const image of [first, second]) {
    for (const { digest } of image.documents) bytes += await pull(service, 'manifests', digest)
    for (const digest of image.blobs.keys()) bytes += await pull(service, 'blobs', digest)
    blobs += image.documents.length + image.blobs.size
  }
  console.log(`   ${blobs} of ${blobs} blobs pulled, ${inMib(bytes)}, every digest checked.`)
} finally {
  await service.stop()
  await registry.close()
}
