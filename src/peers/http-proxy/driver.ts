// Warms squid and other forward proxies, which keep what is read through them.

import { randomUUID } from 'node:crypto'
import { isRedacted } from '../../kit/redact.ts'
import { Recent } from '../../kit/recent.ts'
import { Share } from '../../kit/share.ts'
import type { TlsSettings } from '../../kit/tls.ts'
import type { Blob } from '../../model/blob.ts'
import { asFailure, Failure, isAskersOwn } from '../../model/failure.ts'
import type { Peer, PeerHealth } from '../../model/peer.ts'
import type { BlobContext, Capabilities, PeerDriver, Presence, WarmContext, Warmed } from '../../model/driver.ts'
import type { PeerAnswer, PeerAsk, PeerEndpoint, ProxyDoor } from '../../model/peer-http.ts'
import type { HitMark } from './hit.ts'
import { refusalOf } from './refusal.ts'
import { acceptOf, askedOf, isAbsent, onlyIfCached, Warming, type Present } from './warming.ts'

export interface HttpProxyOptions {
  readonly door: ProxyDoor
  readonly now: () => number
  /** Until a proxy begins to answer that fetches the blob first. */
  readonly answerWithinMs: number
  /** undefined: the proxies know `Cache-Control: only-if-cached`. */
  readonly mark: HitMark | undefined
  readonly tls: (() => TlsSettings) | undefined
}

/** A look into a cache asks nobody else. */
const lookWithinMs = 30_000
/** Whose behaviour is remembered. */
const mostPeers = 4096
/** Held by no cache and found by no resolver (RFC 2606), so that looking for it costs a proxy nothing. */
const nowhere = new URL('http://warmfront.invalid/')

export class HttpProxyDriver implements PeerDriver {
  readonly kind = 'http-proxy'
  readonly can: Capabilities
  readonly #options: HttpProxyOptions
  readonly #flights = new Share<Present>(isAskersOwn)
  /** The addresses of proxies that were seen to heed `only-if-cached`. */
  readonly #heeding = new Recent<true>(mostPeers)

  constructor(options: HttpProxyOptions) {
    this.#options = options
    this.can = {
      sharesPieces: false,
      bodyThroughUs: true,
      probe: options.mark === undefined ? 'exact' : 'none',
      cancel: 'stops',
      evict: false,
      documents: true,
      files: true,
      resumed: 'believed',
    }
  }

  /** Any answer will do: which addresses a proxy lets through is its own affair. */
  async health(peer: Peer, signal: AbortSignal): Promise<Omit<PeerHealth, 'checkedAtMs'>> {
    try {
      const answer = await this.#tryOut(peer, signal)
      const version = /squid\/[\w.-]+/.exec(answer.headers['via'] ?? answer.headers['server'] ?? '')?.[0] ?? null
      const detail = answer.status === 407 ? 'it wants a credential of its own' : ''
      const state = answer.status === 407 ? 'degraded' : 'up'
      return { state, detail, version, diskFree: null, held: null }
    } catch (error) {
      const detail = signal.aborted ? 'it did not answer in time' : asFailure(error).message
      return { state: 'down', detail, version: null, diskFree: null, held: null }
    }
  }

  async probe(peer: Peer, blob: Blob, context: BlobContext): Promise<Presence> {
    // What is marked by a header has to be asked for, which may fetch it; a signed address is not known here.
    if (this.#options.mark !== undefined || isRedacted(blob.url)) return 'unknown'
    if (!(await this.#heeds(peer, context.signal))) return 'unknown'
    const look = (method: 'GET' | 'HEAD', headers: PeerAsk['headers']) =>
      this.#look(peer, new URL(blob.url), {
        method,
        headers: { ...acceptOf(blob), ...onlyIfCached, ...headers },
        signal: context.signal,
      })
    const head = await look('HEAD', {})
    if (isAbsent(head)) return 'absent'
    if (head.status !== 200) throw this.#refused(head, peer, blob, context)
    if (blob.size === null || blob.size === 0) return 'present'
    // Squid has the headers of what it only begins to fetch for another, too. Its last byte it gives when all is there.
    const last = await look('GET', { range: `bytes=${blob.size - 1}-` })
    return last.status === 206 ? 'present' : isAbsent(last) ? 'absent' : 'partial'
  }

  async warm(peer: Peer, blob: Blob, context: WarmContext): Promise<Warmed> {
    // A proxy knows a blob by its address. Two files that look alike may differ for two credentials: nobody shares one.
    const key = `${peer.id} ${blob.url} ${blob.digest ?? randomUUID()}`
    const { result, led } = await this.#flights.join(key, context.signal, (signal) =>
      this.#lead(peer, blob, { ...context, signal }),
    )
    const { digest, bytes, proof } = result
    // To who joined, the bytes are there already: the origin sent them for another.
    const source = led ? result.source : 'local'
    context.progress(bytes)
    return { digest, bytes, moved: bytes === 0 ? {} : { [source]: bytes }, source, proof }
  }

  async foresee(_context: BlobContext, blobs: readonly Blob[]): Promise<readonly string[]> {
    if (!blobs.some(({ url }) => url.startsWith('https:'))) return []
    return [
      'A proxy gives nodes what it holds of an https origin only if it opens their TLS (squid: ssl_bump) and they trust it.',
    ]
  }

  async close(): Promise<void> {}

  async #lead(peer: Peer, blob: Blob, context: WarmContext): Promise<Present> {
    const { mark, answerWithinMs, now } = this.#options
    const endpoint = this.#endpointOf(peer)
    const present = await new Warming({ endpoint, blob, context, mark, answerWithinMs, now }).run()
    if (mark === undefined && !(await this.#heeds(peer, context.signal))) {
      const why = 'does not heed Cache-Control: only-if-cached, so that nobody can tell what it keeps'
      throw new Failure('peer.misconfigured', `The peer ${peer.address} ${why}: set hit_header for its cluster.`)
    }
    return present
  }

  /** Without that, its answer to a look would be the origin's. */
  async #heeds(peer: Peer, signal: AbortSignal): Promise<boolean> {
    if (!this.#heeding.has(peer.address)) await this.#tryOut(peer, signal)
    return this.#heeding.has(peer.address)
  }

  /** Squid heeds it always, and its own pages say that it is squid; of others only the right answer is a sign. */
  async #tryOut(peer: Peer, signal: AbortSignal): Promise<PeerAnswer> {
    const answer = await this.#look(peer, nowhere, { method: 'HEAD', headers: onlyIfCached, signal })
    if (isAbsent(answer) || answer.headers['x-squid-error'] !== undefined) this.#heeding.set(peer.address, true)
    return answer
  }

  #look(peer: Peer, url: URL, ask: Pick<PeerAsk, 'method' | 'headers' | 'signal'>): Promise<PeerAnswer> {
    return this.#options.door.ask(this.#endpointOf(peer), url, { ...ask, firstByteMs: lookWithinMs })
  }

  #refused(answer: PeerAnswer, { address }: Peer, blob: Blob, { image }: BlobContext): Failure {
    return refusalOf(answer, askedOf(address, blob, image?.repository), this.#options.now())
  }

  #endpointOf({ address }: Peer): PeerEndpoint {
    return { address, tls: this.#options.tls?.() }
  }
}
