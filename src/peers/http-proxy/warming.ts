// One warming of one blob at one proxy: read through it to the end, and then proven to have been kept.

import { hostOf, type Blob } from '../../model/blob.ts'
import { shortDigest, type Digest } from '../../model/digest.ts'
import { Failure } from '../../model/failure.ts'
import type { WarmContext } from '../../model/driver.ts'
import type { PeerAnswer, PeerAsk, PeerEndpoint } from '../../model/peer-http.ts'
import type { Proof } from '../../model/task.ts'
import { isMarked, isSquidHit, whyNotKept, type HitMark } from './hit.ts'
import { Reader } from './reader.ts'
import { refusalOf, type Asked } from './refusal.ts'

export const onlyIfCached = { 'cache-control': 'only-if-cached' } as const

export interface WarmingOptions {
  readonly endpoint: PeerEndpoint
  readonly blob: Blob
  readonly context: WarmContext
  /** undefined: the proxy knows `only-if-cached`. */
  readonly mark: HitMark | undefined
  readonly answerWithinMs: number
  readonly now: () => number
}

export interface Present {
  readonly digest: Digest
  readonly bytes: number
  readonly proof: Proof
  readonly source: 'origin' | 'local'
}

interface Read {
  readonly headers: PeerAnswer['headers']
  readonly bytes: number
  /** undefined: these are not the bytes that were asked for. */
  readonly digest: Digest | undefined
}

export class Warming {
  readonly #options: WarmingOptions
  readonly #asked: Asked
  #told = 0

  constructor(options: WarmingOptions) {
    const { endpoint, blob, context } = options
    this.#options = options
    this.#asked = askedOf(endpoint.address, blob, context.image?.repository)
  }

  /** Throws Failure, or the signal's reason. */
  async run(): Promise<Present> {
    const { mark } = this.#options
    const held = mark === undefined ? await this.#read('only-if-cached') : undefined
    const first = held ?? (await this.#fetched())
    const isHit = held !== undefined || (mark === undefined ? isSquidHit(first.headers) : isMarked(first.headers, mark))
    // A cache that holds wrong bytes would give them forever.
    const isSpoiled = isHit && first.digest === undefined
    const { digest, bytes, headers } = isSpoiled ? await this.#fetched('no-cache') : first
    if (digest === undefined) throw this.#wrong(`${bytes} bytes that are not its own`)
    await this.#confirm(headers, bytes)
    const source = isHit && !isSpoiled ? 'local' : 'origin'
    const proof = mark !== undefined ? 'peer-header' : source === 'local' ? 'digest' : 'peer-status'
    return { digest, bytes, proof, source }
  }

  async #fetched(caching?: 'no-cache'): Promise<Read> {
    const read = await this.#read(caching)
    if (read !== undefined) return read
    throw new Failure('peer.misconfigured', `The peer ${this.#asked.peer} answers as if it fetched nothing for others.`)
  }

  /** undefined: it was to be given only from the cache, and is not there. */
  async #read(caching?: 'only-if-cached' | 'no-cache'): Promise<Read | undefined> {
    const { blob } = this.#options
    const signed = isSigned(blob)
    const reader = new Reader(signed ? { ...blob, digest: null, size: null } : blob)
    const answer = await this.#ask('GET', caching === undefined ? {} : { 'cache-control': caching }, (chunk) => {
      reader.take(chunk)
      if (reader.isTooLong) throw this.#wrong('more bytes than it has')
      this.#tell(reader.bytes)
    })
    const { status, headers } = answer
    if (caching === 'only-if-cached' && isAbsent(answer)) return undefined
    if (status !== 200) throw this.#refused(answer)
    const isNamed = headers['docker-content-digest'] === blob.digest
    const digest = signed ? (isNamed ? (blob.digest ?? undefined) : undefined) : reader.result()
    return { headers, bytes: reader.bytes, digest }
  }

  /** Asks once more, for the headers only: by now the proxy has the whole, if it keeps it at all. */
  async #confirm(headers: PeerAnswer['headers'], bytes: number): Promise<void> {
    const { mark, context, blob } = this.#options
    const answer = await this.#ask('HEAD', mark === undefined ? onlyIfCached : {})
    const isAway = mark === undefined && isAbsent(answer)
    if (!isAway && answer.status !== 200) throw this.#refused(answer)
    if (mark === undefined ? !isAway : isMarked(answer.headers, mark)) return
    const authorized = (await context.origin.authorization(blob, context.signal)) !== undefined
    const { peer, what } = this.#asked
    const why = whyNotKept(headers, bytes, authorized)
    throw new Failure('peer.not-cached', `${what} is not cached by the peer ${peer}, which passed it on: ${why}.`)
  }

  #ask(method: 'GET' | 'HEAD', caching: PeerAsk['headers'], take?: (chunk: Uint8Array) => void): Promise<PeerAnswer> {
    const { endpoint, blob, context, answerWithinMs } = this.#options
    const ask = { method, firstByteMs: answerWithinMs, signal: context.signal, ...(take === undefined ? {} : { take }) }
    return context.origin.askThrough(endpoint, blob, { ...ask, headers: { ...acceptOf(blob), ...caching } })
  }

  /** A second reading begins anew, which is nobody's loss. */
  #tell(bytes: number): void {
    if (bytes <= this.#told) return
    this.#told = bytes
    this.#options.context.progress(bytes)
  }

  #refused(answer: PeerAnswer): Failure {
    return refusalOf(answer, this.#asked, this.#options.now())
  }

  #wrong(gave: string): Failure {
    const { peer, what, origin } = this.#asked
    return new Failure('registry.wrong-digest', `The peer ${peer} gave ${gave} for ${what} from ${origin}.`)
  }
}

export const askedOf = (peer: string, blob: Blob, repository: string | undefined): Asked => ({
  peer,
  what: blob.digest === null ? blob.url : `${shortDigest(blob.digest)} of ${repository ?? blob.url}`,
  origin: hostOf(blob),
})

/** As containerd asks: an origin whose answers vary by it is kept apart by it. */
export const acceptOf = ({ kind, mediaType }: Blob): PeerAsk['headers'] =>
  kind === 'manifest' || kind === 'index' ? { accept: `${mediaType}, */*` } : {}

/** What `only-if-cached` is answered with (RFC 9111 section 5.2.1.7). Squid names its other reasons for a 504. */
export const isAbsent = ({ status, headers }: PeerAnswer): boolean =>
  status === 504 && (headers['x-squid-error'] ?? absence).startsWith(absence)
const absence = 'ERR_ONLY_IF_CACHED_MISS'

/** The digest of a signed docker manifest (schema 1) is that of a part of it. */
const isSigned = ({ mediaType }: Blob): boolean => mediaType.endsWith('.manifest.v1+prettyjws')
