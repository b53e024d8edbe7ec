// An origin with an image, a mirror before it, and the driver that fills the mirror.

import { createServer } from 'node:http'
import { once } from 'node:events'
import { systemClock } from '../../../../src/kit/clock.ts'
import type { Blob } from '../../../../src/model/blob.ts'
import { parseDigest } from '../../../../src/model/digest.ts'
import type { JsonObject, Peer } from '../../../../src/model/peer.ts'
import type { PeerDriver } from '../../../../src/model/driver.ts'
import type { PeerAnswer } from '../../../../src/model/peer-http.ts'
import type { Resolved } from '../../../../src/model/ports.ts'
import { registryMirrorKind } from '../../../../src/peers/registry-mirror/kind.ts'
import { RegistryPeerDoor } from '../../../../src/registry/peer-door.ts'
import type { DriverBench, Trouble } from '../../../conformance/peer-driver.cases.ts'
import { freePort } from '../../../support/free-port.ts'
import { bytesOf, digestOf, makeImage } from '../../../support/image.ts'
import { asNamed, imageRequest, makeOrigins, testSignal } from '../../../support/origins.ts'
import { startRegistry, type RecordedRequest, type TestRegistry } from '../../../support/registry.ts'

/** What a mirror may take after its answer; short, since those that keep nothing are waited for as long. */
const settleMs = 400

export interface Mirror {
  readonly address: string
  /** `GET /v2/…`, where it is a stand-in. */
  readonly requests?: readonly string[]
  close(): Promise<void>
}

export interface Kind {
  /** Of the cluster. */
  readonly settings: (origin: TestRegistry) => JsonObject
  readonly start: (origin: TestRegistry) => Promise<Mirror>
  readonly startKeepingNothing: (origin: TestRegistry) => Promise<Mirror>
}

export interface MirrorBench extends DriverBench {
  readonly registry: TestRegistry
  readonly resolved: Resolved
  readonly mirror: Mirror
  /** What the image is made of, as far as the driver takes it. */
  readonly blobs: readonly Blob[]
  /** As a node would read it. */
  read(blob: Blob): Promise<{ readonly answer: PeerAnswer; readonly bytes: Buffer }>
}

export async function openBench(kind: Kind): Promise<MirrorBench> {
  const closing: (() => Promise<unknown>)[] = []
  const registry = await startRegistry()
  closing.push(() => registry.close())
  const image = makeImage({ platforms: ['linux/amd64', 'linux/arm64'], layers: [300_000, 1500] })
  registry.push('library/app', image, 'latest')
  const { origins, http } = makeOrigins()
  closing.push(() => http.close())
  const request = imageRequest(`${registry.host}/library/app:latest`)
  const resolved = await origins.resolve(request, {}, asNamed, testSignal())
  registry.requests.length = 0
  const mirror = await kind.start(registry)
  closing.push(() => mirror.close())

  const door = new RegistryPeerDoor({ http, registries: {}, tls: {} })
  const opened = registryMirrorKind({ door, answerWithinMs: 20_000, settleMs, clock: systemClock })
  const driver = opened.open({ id: 2, name: 'mirrors' }, kind.settings(registry), undefined)
  const peer = peerAt(mirror.address)
  const { artifact, origin } = resolved
  const blobs = artifact.blobs.filter((blob) => driver.can.documents || !isDocument(blob))
  const [layer] = blobs.filter(({ kind: what }) => what === 'layer')
  if (layer === undefined) throw new Error('the image has no layer')
  const endless = Promise.withResolvers<void>()
  closing.unshift(async () => endless.resolve())
  const made = plant(registry, layer, endless.promise)
  return {
    registry,
    resolved,
    mirror,
    blobs,
    driver,
    peer,
    origin,
    image: artifact.image,
    blob: layer,
    ...made,
    begun: () => registry.arrived(pathOf(made.endlessBlob), 1),
    reads: (blob) => registry.asked(pathOf(blob), 'GET').filter(isRead).length,
    async troubled(trouble) {
      if (trouble === 'unreachable') return peerAt(`127.0.0.1:${await freePort()}`)
      const other = trouble === 'keeps nothing' ? await kind.startKeepingNothing(registry) : await answering(trouble)
      closing.unshift(() => other.close())
      return peerAt(other.address)
    },
    read: (blob) => readThrough(driver, door, { peer, blob, settings: kind.settings(registry) }),
    async close() {
      for (const close of closing) await close()
    },
  }
}

/** Of a blob in slices, the first one. One byte is no read: a look at a mirror may cost that, where it is passed on. */
const isRead = ({ status, headers: { range = 'bytes=0-' }, bytesSent }: RecordedRequest): boolean =>
  status < 300 && range.startsWith('bytes=0-') && bytesSent > 1

const isDocument = ({ kind }: Blob): boolean => kind === 'manifest' || kind === 'index'
const pathOf = (blob: Blob): string => new URL(blob.url).pathname

const peerAt = (address: string): Peer => ({
  id: `registry-mirror-2@${address}`,
  clusterId: 2,
  hostname: '127.0.0.1',
  ip: '127.0.0.1',
  address,
  location: '',
  seed: false,
  ordinary: true,
})

/** Blobs that go wrong, of the same repository. */
function plant(registry: TestRegistry, like: Blob, end: Promise<void>) {
  const named = (seed: string): Blob => {
    const bytes = bytesOf(200_000, seed)
    const digest = digestOf(bytes)
    registry.pushBlob('library/app', bytes)
    const url = like.url.replace(/[^/]+$/, digest)
    return { ...like, digest: parseDigest(digest) ?? null, size: bytes.length, url }
  }
  const wrongBlob = named('wrong')
  const endlessBlob = named('endless')
  const missing = digestOf(bytesOf(10, 'nobody has it'))
  const missingBlob: Blob = { ...like, digest: missing, size: 10, url: like.url.replace(/[^/]+$/, missing) }
  registry.fault({ path: pathOf(wrongBlob), body: bytesOf(200_000, 'other bytes') })
  registry.fault({ path: pathOf(endlessBlob), method: 'GET', stallAfter: { bytes: 100_000, until: end } })
  return { wrongBlob, endlessBlob, missingBlob }
}

const answers: Readonly<Record<Exclude<Trouble, 'unreachable' | 'keeps nothing'>, readonly [number, string]>> = {
  busy: [429, 'application/json'],
  denied: [401, 'application/json'],
  misconfigured: [200, 'text/html'],
  full: [507, 'application/json'],
}

/** Always the same. */
async function answering(trouble: keyof typeof answers): Promise<Mirror> {
  const [status, type] = answers[trouble]
  const server = createServer((_, response) => response.writeHead(status, { 'content-type': type }).end()).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const at = server.address()
  if (at === null || typeof at === 'string') throw new Error('no port')
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { address: `127.0.0.1:${at.port}`, close }
}

/** With what a node's configuration would add to its path and headers. */
async function readThrough(
  driver: PeerDriver,
  door: RegistryPeerDoor,
  { peer, blob, settings }: { readonly peer: Peer; readonly blob: Blob; readonly settings: JsonObject },
) {
  const prefix = JSON.stringify(settings).match(/"prefix":"([^"]+)"/)?.[1]
  const path = prefix === undefined ? pathOf(blob) : pathOf(blob).replace('/v2/', `/v2/${prefix}/`)
  const chunks: Uint8Array[] = []
  const headers = {
    accept: `${blob.mediaType}, */*`,
    ...(settings['profile'] === 'dfdaemon' ? { 'x-dragonfly-registry': new URL(blob.url).origin } : {}),
  }
  const take = (chunk: Uint8Array) => void chunks.push(chunk)
  const signal = testSignal()
  const answer = await door.ask({ address: peer.address, tls: undefined }, path, {
    method: 'GET',
    headers,
    take,
    firstByteMs: 20_000,
    signal,
  })
  return { answer, bytes: Buffer.concat(chunks) }
}
