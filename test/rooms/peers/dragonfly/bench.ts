// Fake dfdaemons before the test registry, and the driver that speaks to them.

import { allowedAddresses } from '../../../../src/kit/dial.ts'
import { systemClock } from '../../../../src/kit/clock.ts'
import { EgressPolicy } from '../../../../src/kit/egress.ts'
import type { JsonObject } from '../../../../src/kit/fields.ts'
import { HttpClient } from '../../../../src/kit/http.ts'
import type { TlsSettings } from '../../../../src/kit/tls.ts'
import type { Blob, ImageName } from '../../../../src/model/blob.ts'
import type { Peer } from '../../../../src/model/peer.ts'
import type { BlobContext, PeerDriver, Presence, WarmContext, Warmed } from '../../../../src/model/driver.ts'
import type { Clock } from '../../../../src/model/ports.ts'
import { dragonflyKind } from '../../../../src/peers/dragonfly/kind.ts'
import { RegistryPeerDoor } from '../../../../src/registry/peer-door.ts'
import { contextOf, warm } from '../../../conformance/peer-driver.cases.ts'
import { startDaemon, type DaemonOptions, type FakeDaemon } from '../../../support/dragonfly/daemon.ts'
import { startScheduler, type FakeScheduler } from '../../../support/dragonfly/scheduler.ts'
import { bytesOf } from '../../../support/image.ts'
import { startRegistry, type TestRegistry } from '../../../support/registry.ts'
import { blobOf, HttpOrigin } from '../local-bench.ts'

export const mebibyte = 1024 * 1024

export interface BenchOptions {
  /** Default: ids by blob digest, which need not be learned. */
  readonly settings?: JsonObject
  readonly tls?: () => TlsSettings
  /** Default: loopback is. */
  readonly allow?: readonly string[]
  readonly clock?: Clock
  readonly rpcTimeoutMs?: number
  readonly answerWithinMs?: number
}

export class DragonflyBench {
  readonly registry: TestRegistry
  readonly scheduler: FakeScheduler
  readonly driver: PeerDriver
  readonly #http: HttpClient
  readonly #daemons: FakeDaemon[] = []

  constructor(registry: TestRegistry, scheduler: FakeScheduler, options: BenchOptions) {
    const { settings = { task_id: 'blob-digest' }, allow = ['127.0.0.0/8'], clock = systemClock, tls } = options
    this.registry = registry
    this.scheduler = scheduler
    const egress = new EgressPolicy({ allow })
    this.#http = new HttpClient({ egress, userAgent: 'warmfront/test' })
    const door = new RegistryPeerDoor({ http: this.#http, registries: {}, tls: {} })
    const resolve = (host: string, port: number) => allowedAddresses({ host, port, purpose: 'peer' }, egress)
    const kind = dragonflyKind({ ...options, resolve, door, clock })
    this.driver = kind.open({ id: 7, name: 'fleet' }, settings, tls)
  }

  /** A daemon that knows the others of the bench. */
  async daemon(options: DaemonOptions = {}): Promise<FakeDaemon> {
    const daemon = await startDaemon({ scheduler: this.scheduler, ...options })
    this.#daemons.push(daemon)
    return daemon
  }

  /** A layer that the registry has. */
  layer(size: number, seed = 'layer'): Blob & { readonly size: number } {
    const bytes = bytesOf(size, seed)
    this.registry.pushBlob('app', bytes)
    return blobOf(this.registry, bytes)
  }

  /** What the layers are part of. */
  get image(): ImageName {
    const { digest } = this.layer(10, 'manifest')
    if (digest === null) throw new Error('no digest')
    return { namespace: this.registry.host, repository: 'app', tag: 'latest', digest, mediaType: 'application/json' }
  }

  warm(daemon: FakeDaemon, blob: Blob, context: Partial<WarmContext> = {}): Promise<Warmed> {
    const { driver, image } = this
    return warm({ driver, image, peer: peerOf(daemon), origin: new HttpOrigin() }, blob, context)
  }

  probe(daemon: FakeDaemon, blob: Blob, context: Partial<BlobContext> = {}): Promise<Presence> {
    return this.driver.probe(peerOf(daemon), blob, { ...contextOf(this), ...context })
  }

  async evict(daemon: FakeDaemon, blob: Blob): Promise<boolean | undefined> {
    return this.driver.evict?.(peerOf(daemon), blob, contextOf(this))
  }

  /** How often the origin sent more than one byte of the blob. */
  reads(blob: Blob): number {
    const path = new URL(blob.url).pathname
    return this.registry.asked(path).filter(({ headers, status }) => headers.range !== 'bytes=0-0' && status < 300)
      .length
  }

  async close(): Promise<void> {
    await this.driver.close()
    await Promise.all(this.#daemons.map((daemon) => daemon.close()))
    await this.scheduler.close()
    await this.registry.close()
    await this.#http.close()
  }
}

export async function makeBench(options: BenchOptions = {}): Promise<DragonflyBench> {
  return new DragonflyBench(await startRegistry(), await startScheduler(), options)
}

/** With the scheduler of the bench in its settings. */
export async function makeScheduledBench(more: readonly string[] = []): Promise<DragonflyBench> {
  const scheduler = await startScheduler()
  const settings = { schedulers: [scheduler.address, ...more], task_id: 'blob-digest' }
  return new DragonflyBench(await startRegistry(), scheduler, { settings, rpcTimeoutMs: 2_000 })
}

export const peerOf = ({ hostname, host, address, seed }: FakeDaemon): Peer => ({
  id: `dragonfly-7@${address}`,
  clusterId: 7,
  hostname,
  ip: host,
  address,
  location: '',
  seed,
  ordinary: !seed,
})
