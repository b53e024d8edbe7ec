// What Kraken's clients send: Harbor's provider, and registries that notify a webhook. No credential for the registry
// comes along.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeImage, type MadeImage } from '../../support/image.ts'
import type { Job } from '../../support/service.ts'
import { eventOf, layerEventOf, type Pushed } from '../clients/distribution.ts'
import type { Image } from '../harbor/client.ts'
import type { Stage } from '../stage.ts'
import { everyVersion } from './harbor-jobs.ts'
import { ends } from './waiting.ts'

export function notifications(stage: () => Stage): void {
  test("every Harbor's kraken: accepted is success, and the image is warmed with our own credential", async () => {
    await everyVersion(async (version) => {
      const harbor = stage().harbor(version, 'kraken')
      const image = pushKnown(stage(), `library/kraken-${version}`)
      const { status, taskId } = await harbor.run(image)
      assert.equal(status, 'Success')
      assert.match(taskId, /^[a-zA-Z0-9]{32}$/)
      const job = await settledJob(stage(), image.repository)
      assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
    })
  })

  test("every Harbor's kraken: an index is warmed, though the event calls it a manifest", async () => {
    await everyVersion(async (version) => {
      const image = pushKnown(stage(), `library/kraken-index-${version}`, ['linux/amd64', 'linux/arm64'])
      assert.equal((await stage().harbor(version, 'kraken').run(image)).status, 'Success')
      const { state, progress } = await settledJob(stage(), image.repository)
      assert.deepEqual({ state, warm: progress.warm }, { state: 'SUCCESS', warm: 9 })
    })
  })

  test("Harbor's kraken hears of success even where the job fails, and the Open API has the reason", async () => {
    const image = { ...pushKnown(stage(), 'library/kraken-there'), repository: 'library/kraken-absent' }
    assert.equal((await stage().harbor('v2.15.2', 'kraken').run(image)).status, 'Success')
    const { state, error } = await settledJob(stage(), image.repository)
    assert.equal(state, 'FAILURE')
    assert.equal(error?.code, 'registry.not-found')
  })

  test("Harbor's kraken: the same event twice is two successes", async () => {
    const image = pushKnown(stage(), 'library/kraken-twice')
    const harbor = stage().harbor('v2.1.0', 'kraken')
    for (const { status } of await Promise.all([harbor.run(image), harbor.run(image)])) assert.equal(status, 'Success')
    assert.equal((await settledJob(stage(), image.repository)).state, 'SUCCESS')
  })

  test("Harbor's kraken: a notification without events is refused, as Harbor's own mock does", async () => {
    assert.equal((await stage().service.call('POST', '/registry/notifications', { Events: [] })).status, 400)
  })

  test('distribution: a pushed tag is warmed, among pulls and pushed layers that mean nothing', async () => {
    const registry = stage().distribution()
    const pushed = pushedTo(stage(), 'library/distribution')
    const pulled = pushedTo(stage(), 'library/distribution-pulled')
    const accepted = await registry.notify(
      eventOf('pull', pulled),
      layerEventOf({ ...pulled, repository: 'library/distribution-layer' }),
      eventOf('push', pushed),
    )
    assert.ok(accepted)
    assert.equal((await settledJob(stage(), pushed.repository)).state, 'SUCCESS')
    assert.deepEqual(await jobsFor(stage(), pulled.repository), [])
    assert.deepEqual(await jobsFor(stage(), 'library/distribution-layer'), [])
  })

  test('distribution: an envelope without anything to warm is accepted, or it would come again for ever', async () => {
    const registry = stage().distribution()
    assert.ok(await registry.notify(eventOf('pull', pushedTo(stage(), 'library/distribution-only-pulled'))))
  })

  test('distribution: several pushes in one envelope are as many jobs', async () => {
    const registry = stage().distribution()
    const all = ['one', 'two', 'three'].map((name) => pushedTo(stage(), `library/distribution-${name}`))
    assert.ok(await registry.notify(...all.map((pushed) => eventOf('push', pushed))))
    for (const { repository } of all) assert.equal((await settledJob(stage(), repository)).state, 'SUCCESS')
  })
}

function pushKnown({ known }: Stage, repository: string, platforms?: readonly string[]): Image {
  const image = imageFor(repository, platforms)
  known.push(repository, image, '1.0')
  return { registry: known.url, repository, tag: '1.0', digest: image.top.digest, authorization: 'not sent' }
}

function pushedTo({ known }: Stage, repository: string): Pushed {
  const { top } = imageFor(repository)
  known.push(repository, imageFor(repository), '1.0')
  const { digest, mediaType, bytes } = top
  return { registry: known.url, repository, tag: '1.0', digest, mediaType, size: bytes.length }
}

const imageFor = (seed: string, platforms?: readonly string[]): MadeImage =>
  makeImage(platforms === undefined ? { seed } : { seed, platforms })

/** Of the newest hundred, newest first. */
async function jobsFor(stage: Stage, repository: string): Promise<readonly Job[]> {
  const jobs = await stage.rest().ok<readonly Job[]>('GET', '/oapi/v1/jobs?per_page=100')
  return jobs.filter(({ args }) => args.url.includes(`/${repository}/`))
}

async function settledJob(stage: Stage, repository: string): Promise<Job> {
  const [job] = await ends(
    () => jobsFor(stage, repository),
    (jobs) => jobs[0] !== undefined && jobs[0].state !== 'PENDING',
  )
  if (job === undefined) throw new Error('unreachable')
  return stage.service.job(job.id)
}
