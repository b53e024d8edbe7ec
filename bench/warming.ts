// Warming a large image, beside curl and sha256sum for the same blobs; and how soon SUCCESS can be read.

import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeImage } from '../test/support/image.ts'
import { startRegistry } from '../test/support/registry.ts'
import { startService, type TestService } from '../test/support/service.ts'
import { peakMemory } from './measure.ts'
import type { Order, Served } from './origin.ts'
import type { Figure } from './table.ts'

const mib = 1024 * 1024
const rounds = 5
const layers = 20
const run = promisify(execFile)

export async function measureWarming(): Promise<readonly Figure[]> {
  const large = await warmRounds(64 * mib, rounds)
  const small = await warmRounds(8 * mib, 2)
  return [
    {
      name: '20 layers of 64 MiB',
      unit: 's',
      runs: large.ours,
      reference: { name: 'curl ×8, then sha256sum', runs: large.curl },
      limit: { of: 'ratio', most: 1.3 },
    },
    { name: 'peak memory, 64 MiB layers', unit: 'MiB', runs: large.memory, limit: { of: 'figure', most: 350 } },
    { name: 'peak memory, 8 MiB layers', unit: 'MiB', runs: small.memory, limit: { of: 'figure', most: 350 } },
  ]
}

interface Rounds {
  readonly ours: readonly number[]
  readonly curl: readonly number[]
  readonly memory: readonly number[]
}

/**
 * Each round has an origin, a service and a cache that are new, and who begins changes from round to round. The first
 * is not counted: on a virtual machine, memory that was never used before costs whoever touches it first.
 */
async function warmRounds(layerBytes: number, times: number): Promise<Rounds> {
  const rounds: { ours: number[]; curl: number[]; memory: number[] } = { ours: [], curl: [], memory: [] }
  for (let n = 0; n <= times; n++) {
    const origin = fork(fileURLToPath(new URL('origin.ts', import.meta.url)))
    const ended = once(origin, 'exit')
    origin.send({ layers: Array.from({ length: layers }, () => layerBytes), seed: `round-${n}` } satisfies Order)
    const [served] = (await once(origin, 'message')) as [Served]
    const curlFirst = n % 2 === 0 ? await curlSeconds(served.urls) : undefined
    const { seconds, memory } = await ourRound(`${served.host}/library/app:round-${n}`)
    const curl = curlFirst ?? (await curlSeconds(served.urls))
    origin.kill()
    await ended
    if (n === 0) continue
    rounds.ours.push(seconds)
    rounds.memory.push(memory)
    rounds.curl.push(curl)
  }
  return rounds
}

async function ourRound(reference: string): Promise<{ readonly seconds: number; readonly memory: number }> {
  const service = await startService()
  try {
    return { seconds: await ourSeconds(service, reference), memory: await peakMemory(service.pid) }
  } finally {
    await service.stop()
  }
}

async function ourSeconds(service: TestService, reference: string): Promise<number> {
  const begun = performance.now()
  const settled = await service.settled((await service.preheat({ type: 'image', url: reference })).id)
  if (settled.state !== 'SUCCESS') throw new Error(JSON.stringify(settled.error))
  return (performance.now() - begun) / 1000
}

async function curlSeconds(urls: readonly string[]): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'warmfront-curl-'))
  const script = 'printf "%s\\n" "$@" | xargs -P 8 -n 1 curl --silent --fail --remote-name && sha256sum * >/dev/null'
  const begun = performance.now()
  await run('bash', ['-c', script, 'curl', ...urls], { cwd: directory })
  const seconds = (performance.now() - begun) / 1000
  await rm(directory, { recursive: true })
  return seconds
}

/** From the origin's last byte to the first answer that says SUCCESS, beside one poll of the same job. */
export async function measureSettling(): Promise<readonly Figure[]> {
  const registry = await startRegistry()
  const service = await startService()
  const runs: number[] = []
  const polls: number[] = []
  for (let n = 0; n < 20; n++) {
    registry.push('library/app', makeImage({ layers: [4 * mib, 4 * mib, 4 * mib], seed: `settle-${n}` }), `s${n}`)
    const lastByte = lastByteOf(registry, 4 * (n + 1))
    const job = await service.preheat({ type: 'image', url: `${registry.host}/library/app:s${n}` })
    while ((await service.job(job.id)).state === 'PENDING') await pause(1)
    runs.push(performance.now() - (await lastByte))
    const begun = performance.now()
    await service.job(job.id)
    polls.push(performance.now() - begun)
  }
  await service.stop()
  await registry.close()
  const reference = { name: 'reading a settled job', runs: polls }
  return [{ name: 'last byte to SUCCESS', unit: 'ms', runs, reference, limit: { of: 'figure', most: 200 } }]
}

async function lastByteOf(registry: Awaited<ReturnType<typeof startRegistry>>, blobs: number): Promise<number> {
  while (registry.asked(/blobs/).filter(({ ended }) => ended).length < blobs) await pause(1)
  return performance.now()
}
