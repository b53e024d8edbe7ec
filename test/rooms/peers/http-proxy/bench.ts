// A registry, a squid in front of it, and the driver that warms the squid; all closed with the bench.

import { HttpProxyDoor } from '../../../../src/registry/proxy-door.ts'
import { httpProxyKind } from '../../../../src/peers/http-proxy/kind.ts'
import type { TlsSettings } from '../../../../src/kit/tls.ts'
import type { Blob } from '../../../../src/model/blob.ts'
import type { JobSecrets } from '../../../../src/model/job.ts'
import type { Peer } from '../../../../src/model/peer.ts'
import type { JsonObject } from '../../../../src/model/peer.ts'
import type { HttpClientOptions } from '../../../../src/kit/http.ts'
import type { RegistryOptions as RoomOptions } from '../../../../src/registry/resolver.ts'
import { bytesOf, digestOf, makeImage, type MadeImage } from '../../../support/image.ts'
import { asNamed, imageRequest, makeOrigins, testSignal } from '../../../support/origins.ts'
import { startRegistry, type RegistryOptions } from '../../../support/registry.ts'
import { startSquid, type Squid, type SquidOptions } from '../../../support/squid.ts'

export const repository = 'library/app'

export interface BenchOptions {
  readonly registry?: RegistryOptions
  readonly squid?: SquidOptions
  readonly image?: MadeImage
  readonly room?: (host: string, proxy: string) => Partial<RoomOptions>
  readonly client?: Partial<HttpClientOptions>
  readonly settings?: JsonObject
  readonly tls?: TlsSettings
  readonly secrets?: JobSecrets
}

export async function openBench(options: BenchOptions = {}) {
  const { image: made = makeImage({ platforms: ['linux/amd64', 'linux/arm64'] }), settings = {}, tls } = options
  const registry = await startRegistry(options.registry)
  registry.push(repository, made, 'latest')
  const squids: Squid[] = []
  const start = async (change?: SquidOptions): Promise<Peer> => {
    const squid = await startSquid(change)
    squids.push(squid)
    return peerAt(squid.address)
  }
  const peer = await start(options.squid)
  const room = { registries: {}, tls: {}, ...options.room?.(registry.host, peer.address) }
  const { origins, http } = makeOrigins(room, options.client)
  const kind = httpProxyKind({ door: new HttpProxyDoor({ http, ...room }), answerWithinMs: 10_000 })
  const driver = kind.open({ id: 1, name: 'edge' }, settings, tls && (() => tls))
  const url = `${registry.host}/${repository}`
  const request = imageRequest(url)
  const { artifact, origin } = await origins.resolve(request, options.secrets ?? {}, asNamed, testSignal())
  const layer = artifact.blobs.find(({ kind: what }) => what === 'layer')
  if (layer === undefined) throw new Error('an image has layers')
  return {
    registry,
    peer,
    origins,
    driver,
    origin,
    image: artifact.image,
    blobs: artifact.blobs,
    layer,
    startSquid: start,
    /** A layer of 300 KB: of less than 16 KB squid reads the rest although nobody waits for it. */
    addLayer: (seed: string, isThere = true): Blob => {
      const bytes = bytesOf(300_000, seed)
      if (isThere) registry.pushBlob(repository, bytes)
      const digest = digestOf(bytes)
      return { ...layer, digest, size: bytes.length, url: `${registry.url}/v2/${repository}/blobs/${digest}` }
    },
    /** GETs of its bytes that came to the registry, looks at one byte of it left out. */
    reads: (blob: Blob) =>
      registry.asked(new URL(blob.url).pathname, 'GET').filter(({ headers }) => headers.range === undefined).length,
    /** As a node would read it, and nothing of it came from the origin. */
    through: (blob: Blob, headers: Readonly<Record<string, string>> = {}) =>
      http.read(
        {
          method: 'GET',
          url: new URL(blob.url),
          headers,
          purpose: 'registry',
          tls: {},
          via: { address: peer.address, tls },
          signal: testSignal(),
        },
        8 * 1024 * 1024,
      ),
    close: async () => {
      await driver.close()
      await http.close()
      await Promise.all(squids.map((squid) => squid.stop()))
      await registry.close()
    },
  }
}

export type Bench = Awaited<ReturnType<typeof openBench>>

export const peerAt = (address: string): Peer => ({
  id: `http-proxy-1@${address}`,
  clusterId: 1,
  hostname: 'squid-1',
  ip: '127.0.0.1',
  address,
  location: '',
  seed: false,
  ordinary: true,
})
