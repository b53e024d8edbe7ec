// What a test wants of a preheat: that it ends as expected, and that the service then has the bytes without any registry.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Digest } from '../../src/model/digest.ts'
import type { MadeImage } from './image.ts'
import type { Job, TestService } from './service.ts'

type Args = Readonly<Record<string, unknown>>
type JobError = NonNullable<Job['error']>

/** The job, which must succeed. */
export async function succeeds(service: TestService, args: Args): Promise<Job> {
  const job = await service.settled((await service.preheat({ type: 'image', ...args })).id)
  assert.equal(job.state, 'SUCCESS', JSON.stringify(job.error))
  return job
}

/** Why the job fails, which it must. */
export async function fails(service: TestService, args: Args): Promise<JobError> {
  const job = await service.settled((await service.preheat({ type: 'image', ...args })).id)
  assert.ok(job.state === 'FAILURE' && job.error, `job ${job.id} is ${job.state}`)
  return job.error
}

/** For what comes into force at some time, such as a changed file: asked again and again until a job succeeds. */
export async function succeedsInTheEnd(service: TestService, args: Args): Promise<Job> {
  const until = AbortSignal.timeout(20_000)
  for (;;) {
    const job = await service.settled((await service.preheat({ type: 'image', ...args })).id)
    if (job.state === 'SUCCESS') return job
    if (until.aborted) throw new Error(`it does not succeed: ${JSON.stringify(job.error)}`)
  }
}

/** As `succeedsInTheEnd`, until one fails. */
export async function failsInTheEnd(service: TestService, args: Args): Promise<JobError> {
  const until = AbortSignal.timeout(20_000)
  for (;;) {
    const { error } = await service.settled((await service.preheat({ type: 'image', ...args })).id)
    if (error) return error
    if (until.aborted) throw new Error('it does not fail')
  }
}

/** Every document and blob of the image, byte for byte. */
export async function serves(service: TestService, repository: string, image: MadeImage): Promise<void> {
  const documents = image.documents.map(({ digest, bytes }) => ['manifests', digest, bytes] as const)
  const blobs = [...image.blobs].map(([digest, bytes]) => ['blobs', digest, bytes] as const)
  for (const [kind, digest, bytes] of [...documents, ...blobs]) {
    const answer = await fetch(`${service.url}/v2/${repository}/${kind}/${digest}`)
    assert.equal(answer.status, 200, `${repository} ${digest}`)
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes)
  }
}

/** Which of these the service holds. */
export async function held(service: TestService, digests: Iterable<Digest>): Promise<ReadonlySet<Digest>> {
  const there = new Set<Digest>()
  for (const digest of digests) {
    const answer = await fetch(`${service.url}/v2/any/app/blobs/${digest}`, { method: 'HEAD' })
    if (answer.status === 200) there.add(digest)
  }
  return there
}

export interface TestFiles {
  /** Writes or replaces a file, and gives its absolute path. */
  write(name: string, text: string): Promise<string>
  /** Writes `warmfront.yaml`, and gives its absolute path. */
  settings(value: object): Promise<string>
  remove(): Promise<void>
}

/** A directory for settings, certificates and the like. */
export async function makeFiles(): Promise<TestFiles> {
  const directory = await mkdtemp(join(tmpdir(), 'warmfront-files-'))
  const write = async (name: string, text: string) => {
    const path = join(directory, name)
    await writeFile(path, text)
    return path
  }
  return {
    write,
    settings: (value) => write('warmfront.yaml', stringify(value)),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}
