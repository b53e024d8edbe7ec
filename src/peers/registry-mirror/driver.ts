// Registries that cache what they are asked for, as peers: each is asked for every blob as a node will ask.

import { Share } from '../../kit/share.ts'
import type { TlsSettings } from '../../kit/tls.ts'
import type { Blob } from '../../model/blob.ts'
import { Failure, isAskersOwn } from '../../model/failure.ts'
import type { Peer, PeerHealth } from '../../model/peer.ts'
import type { BlobContext, Capabilities, PeerDriver, Presence } from '../../model/driver.ts'
import type { PeerEndpoint } from '../../model/peer-http.ts'
import type { WarmContext, Warmed } from '../../model/driver.ts'
import { healthOf } from './health.ts'
import type { Profile } from './profile.ts'
import { profiles } from './profiles.ts'
import type { MirrorSettings } from './settings.ts'
import { placeOf, type Upstreams } from './upstreams.ts'
import { Visit, type Manner } from './visit.ts'

export class MirrorDriver implements PeerDriver {
  readonly kind = 'registry-mirror'
  readonly can: Capabilities
  readonly #manner: Manner
  readonly #upstreams: Upstreams
  readonly #tls: (() => TlsSettings) | undefined
  readonly #profile: Profile
  /** By peer and blob: two jobs that want the same fill it once. */
  readonly #fills = new Share<Warmed>(isAskersOwn)

  constructor(manner: Manner, { profile, upstreams, hit }: MirrorSettings, tls: (() => TlsSettings) | undefined) {
    this.#manner = manner
    this.#upstreams = upstreams
    this.#tls = tls
    this.#profile = profiles[profile](hit)
    this.can = this.#profile.can
  }

  health(peer: Peer, signal: AbortSignal): Promise<Omit<PeerHealth, 'checkedAtMs'>> {
    return healthOf(this.#manner.door, this.#endpointOf(peer), signal)
  }

  async probe(peer: Peer, blob: Blob, context: BlobContext): Promise<Presence> {
    if (this.#profile.probe === undefined) return 'unknown'
    return this.#profile.probe(this.#visit(peer, blob, context, {}))
  }

  async warm(peer: Peer, blob: Blob, context: WarmContext): Promise<Warmed> {
    const { origin, progress, signal } = context
    const { key, isDocument } = this.#visit(peer, blob, context, {})
    if (isDocument && !this.can.documents)
      throw new Failure('peer.unsupported', `The peer ${peer.address} does not keep manifests in a way that shows.`)
    const { result, led } = await this.#fills.join(key, signal, (stop) => {
      const authorization = () => origin.authorization(blob, stop)
      return this.#profile.warm(this.#visit(peer, blob, { ...context, signal: stop }, { authorization, progress }))
    })
    if (led) return result
    // To who joined, it is there already: the origin sent it for another.
    const { bytes, source } = result
    progress(bytes)
    return source === null || bytes === 0
      ? { ...result, moved: {} }
      : { ...result, source: 'local', moved: { local: bytes } }
  }

  async foresee({ image }: BlobContext): Promise<readonly string[]> {
    const isServed = image === null || this.#upstreams === undefined || this.#upstreams.has(image.namespace)
    return isServed ? [] : [`The peers of this cluster serve ${this.#served}, and not ${image.namespace}.`]
  }

  async close(): Promise<void> {}

  get #served(): string {
    return [...(this.#upstreams?.keys() ?? [])].join(', ')
  }

  #endpointOf({ address }: Peer): PeerEndpoint {
    return { address, tls: this.#tls?.() }
  }

  #visit(peer: Peer, blob: Blob, context: BlobContext, warming: Warming): Visit {
    const { image } = context
    const { digest } = blob
    if (image === null || digest === null)
      throw new Failure('peer.unsupported', `The peer ${peer.address} is a registry, and takes images only.`)
    const place = placeOf(image, blob, this.#upstreams)
    if (place === undefined) {
      const sentence = `The peer ${peer.address} serves ${this.#served}, and not ${image.namespace}.`
      throw new Failure('peer.misconfigured', sentence)
    }
    const { authorization = async () => undefined, progress = () => {} } = warming
    const endpoint = this.#endpointOf(peer)
    return new Visit({ ...this.#manner, endpoint, place, image, blob, digest, context, authorization, progress })
  }
}

type Warming = Partial<Pick<ConstructorParameters<typeof Visit>[0], 'authorization' | 'progress'>>
