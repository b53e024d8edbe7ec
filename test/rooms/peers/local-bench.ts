// The embedded peer on a directory of its own, before the test registry.

import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../src/kit/clock.ts'
import type { Blob } from '../../../src/model/blob.ts'
import { Failure } from '../../../src/model/failure.ts'
import type { Peer } from '../../../src/model/peer.ts'
import type { WarmContext } from '../../../src/model/driver.ts'
import type { Clock, Origin } from '../../../src/model/ports.ts'
import { openCache } from '../../../src/peers/local/cache.ts'
import type { Cache, CacheOptions } from '../../../src/peers/local/cache.ts'
import { LocalDriver } from '../../../src/peers/local/driver.ts'
import { warm as warmAt } from '../../conformance/peer-driver.cases.ts'
import { bytesOf, digestOf } from '../../support/image.ts'
import { startRegistry } from '../../support/registry.ts'
import type { TestRegistry } from '../../support/registry.ts'

export const peer: Peer = {
  id: 'local',
  clusterId: 1,
  hostname: 'here',
  ip: '127.0.0.1',
  address: '',
  location: '',
  seed: true,
  ordinary: true,
}

/** Reads blobs by their url, with one credential. */
export class HttpOrigin implements Origin {
  readonly #authorization: string | undefined

  constructor(authorization?: string) {
    this.#authorization = authorization
  }

  async read(...[blob, from, sink, signal]: Parameters<Origin['read']>): Promise<void> {
    const response = await this.#ask(blob.url, from, signal)
    const { statusCode = 0 } = response
    if (statusCode !== 200 && statusCode !== 206) {
      response.destroy()
      throw new Failure(codes[statusCode] ?? 'registry.invalid', `The test's registry answered ${statusCode}.`)
    }
    try {
      const length = response.headers['content-length']
      const begins = statusCode === 206 ? from : 0
      await sink.begin(begins, length === undefined ? null : begins + Number(length))
      for await (const chunk of response as AsyncIterable<Uint8Array>) await sink.write(chunk)
    } catch (thrown) {
      throw thrown instanceof Failure ? thrown : brokenOff(signal)
    }
  }

  async authorization(): Promise<string | undefined> {
    return this.#authorization
  }

  askThrough(): never {
    throw new Error('the embedded peer asks no proxy')
  }

  async #ask(url: string, from: number, signal: AbortSignal): Promise<IncomingMessage> {
    const headers = {
      ...(from > 0 ? { range: `bytes=${from}-` } : {}),
      ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
    }
    const asking = request(url, { agent: false, headers, signal })
    asking.end()
    try {
      const [response] = (await once(asking, 'response')) as [IncomingMessage]
      return response
    } catch {
      throw brokenOff(signal)
    }
  }
}

const codes: Readonly<Record<number, 'registry.denied' | 'registry.not-found'>> = {
  401: 'registry.denied',
  404: 'registry.not-found',
}

function brokenOff(signal: AbortSignal): unknown {
  return signal.aborted ? signal.reason : new Failure('registry.broken-off', 'The connection broke.')
}

export interface LocalBench {
  readonly dir: string
  readonly registry: TestRegistry
  cache: Cache
  driver: LocalDriver
  /** Closes the driver and opens the same directory again. */
  restart(options?: Partial<CacheOptions>): Promise<void>
  close(): Promise<void>
}

export async function makeBench(options: Partial<CacheOptions> = {}): Promise<LocalBench> {
  const dir = await mkdtemp(join(tmpdir(), 'warmfront-cache-'))
  const registry = await startRegistry()
  const open = (more: Partial<CacheOptions>) =>
    openCache({ dir, sizeLimit: 2 ** 30, nameLifetimeMs: 3600_000, clock: systemClock, ...options, ...more })
  const cache = await open({})
  const bench: LocalBench = {
    dir,
    registry,
    cache,
    driver: new LocalDriver(cache),
    async restart(more = {}) {
      await bench.driver.stop()
      bench.cache = await open(more)
      bench.driver = new LocalDriver(bench.cache)
    },
    async close() {
      await bench.driver.stop()
      await registry.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
  return bench
}

/** A layer that the registry has. */
export function layer({ registry }: Pick<LocalBench, 'registry'>, size: number, seed = 'layer'): Blob {
  const bytes = bytesOf(size, seed)
  registry.pushBlob('app', bytes)
  return blobOf(registry, bytes)
}

export function blobOf(registry: TestRegistry, bytes: Uint8Array): Blob & { readonly size: number } {
  const digest = digestOf(bytes)
  const url = `${registry.url}/v2/app/blobs/${digest}`
  return { kind: 'layer', digest, size: bytes.length, mediaType: 'application/vnd.oci.image.layer.v1.tar', url }
}

export function warm(bench: Pick<LocalBench, 'driver'>, blob: Blob, context: Partial<WarmContext> = {}) {
  return warmAt({ driver: bench.driver, peer, origin: new HttpOrigin(), image: null }, blob, context)
}

/** The bytes that the cache serves; undefined on a miss. */
export async function read(cache: Cache, blob: Blob, from = 0, to?: number): Promise<Buffer | undefined> {
  const held = blob.digest === null ? undefined : await cache.open(blob.digest)
  if (held === undefined) return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of held.bytes(from, to ?? held.size - 1)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export const partials = ({ dir }: Pick<LocalBench, 'dir'>): Promise<string[]> => readdir(join(dir, 'partial'))

/** Goes only when told to. */
export class HandClock implements Clock {
  ms = Date.now()
  now(): number {
    return this.ms
  }
  async sleep(): Promise<void> {
    throw new Error('nobody sleeps here')
  }
}
