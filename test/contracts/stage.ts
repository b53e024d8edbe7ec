// What the case books share: a service, its registries, and clients of every kind.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { settings as table } from '../../src/config/settings.ts'
import { type Conforms, makeConforms } from '../support/conform.ts'
import { type ImageOptions, makeImage } from '../support/image.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { adminToken, startService, type TestService } from '../support/service.ts'
import { DistributionRegistry } from './clients/distribution.ts'
import { PrereleaseDriver } from './clients/prerelease.ts'
import { RestClient } from './clients/rest.ts'
import { columnOf, type Column, type Seen } from './columns.ts'
import type { Ears } from './http-caller.ts'
import { Harbor, type Image, type Instance } from './harbor/client.ts'
import { rulesOf } from './harbor/versions.ts'

/** One or two of each kind of driver, the newest and the oldest among them. */
export const versions = ['v2.1.0', 'v2.3.0', 'v2.7.0', 'v2.8.0', 'v2.11.0', 'v2.12.0', 'v2.13.0', 'v2.15.2'] as const

export const isLegacy = (version: string): boolean => rulesOf(version).generation === 'legacy'

const users = { warmfront: 'right' }

export class Stage {
  readonly service: TestService
  /** Lets in who shows a token of its own; the service has no credential for it. */
  readonly registry: TestRegistry
  /** The service has a credential for this one. */
  readonly known: TestRegistry
  readonly #seen: Seen
  readonly #conforms: Conforms
  readonly #cleanUp: AsyncDisposableStack

  private constructor(parts: {
    service: TestService
    registry: TestRegistry
    known: TestRegistry
    seen: Seen
    conforms: Conforms
    cleanUp: AsyncDisposableStack
  }) {
    this.service = parts.service
    this.registry = parts.registry
    this.known = parts.known
    this.#seen = parts.seen
    this.#conforms = parts.conforms
    this.#cleanUp = parts.cleanUp
  }

  static async open(seen: Seen, settings: Readonly<Record<string, string>> = {}): Promise<Stage> {
    const conforms = makeConforms(
      table.contracts.read(settings['WARMFRONT_CONTRACTS'] ?? table.contracts.fallback ?? ''),
      table.path_prefixes.read(settings['WARMFRONT_PATH_PREFIXES'] ?? ''),
    )
    await using failing = new AsyncDisposableStack()
    const registry = await startRegistry({ auth: { kind: 'bearer', users } })
    failing.defer(() => registry.close())
    const known = await startRegistry({ auth: { kind: 'basic', users } })
    failing.defer(() => known.close())
    const config = configFor(known)
    failing.defer(() => config.remove())
    const service = await startService({ WARMFRONT_CONFIG: config.path, ...settings })
    failing.defer(() => service.stop())
    return new Stage({ service, registry, known, seen, conforms, cleanUp: failing.move() })
  }

  close(): Promise<void> {
    return this.#cleanUp.disposeAsync()
  }

  /** Pushes an image and names it as Harbor would: with a token that opens this repository, and no other. */
  push(repository: string, options: ImageOptions = {}): Image {
    const image = makeImage({ seed: repository, ...options })
    this.registry.push(repository, image, '1.0')
    return this.imageOf(repository, image.top.digest)
  }

  /** An image that may not be there. */
  imageOf(repository: string, digest = `sha256:${'0'.repeat(64)}`): Image {
    const url = new URL(`${this.registry.url}/token?scope=repository:${repository}:pull`)
    const credential = `Basic ${Buffer.from('warmfront:right').toString('base64')}`
    const [, given] = this.registry.guard?.token(url, credential) ?? []
    const { token } = given as { readonly token: string }
    return { registry: this.registry.url, repository, tag: '1.0', digest, authorization: `Bearer ${token}` }
  }

  /** Without `instance`: as our pages tell the user to make it. */
  harbor(version: string, provider: 'dragonfly' | 'kraken' = 'dragonfly', instance?: Instance): Harbor {
    const harbor = new Harbor(
      version,
      provider,
      instance ?? this.instanceFor(version),
      this.#ears(columnOf(version, provider)),
    )
    return this.#closing(harbor)
  }

  instanceFor(version: string): Instance {
    if (isLegacy(version)) return { endpoint: `${this.service.url}/t/${adminToken}` }
    return { endpoint: this.service.url, auth: { mode: 'OAUTH', info: { token: adminToken } } }
  }

  rest(): RestClient {
    return this.#closing(new RestClient(this.service.url, adminToken, this.#ears('REST')))
  }

  prerelease(): PrereleaseDriver {
    return this.#closing(new PrereleaseDriver(`${this.service.url}/t/${adminToken}`, this.#ears('supernode client')))
  }

  distribution(): DistributionRegistry {
    return this.#closing(new DistributionRegistry(this.service.url, adminToken, this.#ears('distribution')))
  }

  #ears(column: Column): Ears {
    return { answered: this.#conforms, accepted: this.#seen.by(column) }
  }

  #closing<T extends { close(): void }>(client: T): T {
    this.#cleanUp.defer(() => client.close())
    return client
  }
}

function configFor(registry: TestRegistry): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'warmfront-config-'))
  const path = join(folder, 'warmfront.yaml')
  writeFileSync(path, stringify({ registries: { [registry.host]: { username: 'warmfront', password: 'right' } } }))
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
