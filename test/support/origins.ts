// The registry room as a test uses it: requests with the usual values, and readers of what it resolved.

import { createHash } from 'node:crypto'
import { EgressPolicy } from '../../src/kit/egress.ts'
import { HttpClient, type HttpClientOptions } from '../../src/kit/http.ts'
import type { Blob } from '../../src/model/blob.ts'
import type { FileRequest, ImageRequest } from '../../src/model/job.ts'
import type { ByteSink, Origin } from '../../src/model/ports.ts'
import { parseReference } from '../../src/model/reference.ts'
import { RegistryOrigins, type RegistryOptions } from '../../src/registry/resolver.ts'
import { usualRequest } from './requests.ts'

/** Nothing is pinned, and no cluster wishes anything. */
export const asNamed = { pinned: null, wish: [] } as const

/** Long enough for a busy machine, short enough to end a test that hangs. */
export const testSignal = (): AbortSignal => AbortSignal.timeout(30_000)

export interface TestOrigins {
  readonly origins: RegistryOrigins
  readonly http: HttpClient
}

/** Loopback is allowed unless `allow` says otherwise. */
export function makeOrigins(
  options: Partial<RegistryOptions> = {},
  client: Partial<HttpClientOptions> & { readonly allow?: readonly string[] } = {},
): TestOrigins {
  const { allow = ['127.0.0.0/8'], ...rest } = client
  const http = new HttpClient({ egress: new EgressPolicy({ allow }), userAgent: 'warmfront/test', ...rest })
  const platforms = ['linux/amd64', 'linux/arm64']
  return { http, origins: new RegistryOrigins({ http, registries: {}, tls: {}, platforms, ...options }) }
}

const common = {
  peers: { scope: 'all_peers', ips: null, count: null, percentage: null },
  ...usualRequest,
} as const

export function imageRequest(url: string, change: Partial<ImageRequest> = {}): ImageRequest {
  return { ...common, type: 'image', url, reference: parseReference(url), platforms: [], ...change }
}

export function fileRequest(urls: readonly string[], change: Partial<FileRequest> = {}): FileRequest {
  return { ...common, type: 'file', urls, ...change }
}

/** Remembers what it was given. */
export class Collected implements ByteSink {
  /** Where the bytes began, and the total that was announced. */
  readonly begun: (readonly [number, number | null])[] = []
  readonly #chunks: Uint8Array[] = []

  begin(from: number, total: number | null): void {
    this.begun.push([from, total])
  }

  write(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}

/** Reads a blob whole, and says what its bytes hash to. */
export async function sha256Of(origin: Origin, blob: Blob): Promise<string> {
  const sink = new Collected()
  await origin.read(blob, 0, sink, testSignal())
  return `sha256:${createHash('sha256').update(sink.bytes).digest('hex')}`
}
