// One blob at one mirror: the requests that may be made for it, and what their answers must be.

import { createHash, type Hash } from 'node:crypto'
import type { Blob, ImageName } from '../../model/blob.ts'
import { algorithmOf, hexOf, shortDigest, type Digest } from '../../model/digest.ts'
import { Failure, type FailureCode } from '../../model/failure.ts'
import type { BlobContext } from '../../model/driver.ts'
import type { PeerAnswer, PeerAsk, PeerDoor, PeerEndpoint } from '../../model/peer-http.ts'
import type { Clock } from '../../model/ports.ts'
import type { Presence, Warmed } from '../../model/driver.ts'
import type { Proof } from '../../model/task.ts'
import { confirmed } from './confirm.ts'
import { isPage, refusalOf } from './refusal.ts'
import { pathOf, type Place } from './upstreams.ts'

/** What all visits of a driver share. */
export interface Manner {
  readonly door: PeerDoor
  readonly clock: Clock
  /** Until a peer begins to answer that fetches the blob first. */
  readonly answerWithinMs: number
  /** How long after its answer a peer may take to have stored the blob; as long as the answer took comes on top. */
  readonly settleMs: number
}

export interface VisitOptions extends Manner {
  readonly endpoint: PeerEndpoint
  readonly place: Place
  readonly image: ImageName
  readonly blob: Blob
  readonly digest: Digest
  readonly context: BlobContext
  /** With which the peer may fetch it from the origin. */
  readonly authorization: () => Promise<string | undefined>
  /** Hears how many bytes of the blob have come. */
  readonly progress: (bytes: number) => void
}

type Headers = PeerAnswer['headers']

export class Visit {
  readonly isDocument: boolean
  readonly #options: VisitOptions
  readonly #begunMs: number
  /** Of the blob; null until somebody has said it. */
  #size: number | null

  constructor(options: VisitOptions) {
    const { blob, clock } = options
    this.#options = options
    this.#begunMs = clock.now()
    this.#size = blob.size
    this.isDocument = blob.kind === 'manifest' || blob.kind === 'index'
  }

  get options(): VisitOptions {
    return this.#options
  }

  /** The same for every visit that asks the same peer for the same. */
  get key(): string {
    return `${this.#options.endpoint.address}${this.#path}`
  }

  /** To the same peer, for what the name of the image led to. */
  ofImage(signal: AbortSignal): Visit {
    const { image, context } = this.#options
    const { digest, mediaType } = image
    const blob: Blob = { kind: 'manifest', digest, size: null, mediaType, url: this.#options.blob.url }
    return new Visit({ ...this.#options, blob, digest, context: { ...context, signal }, progress: () => {} })
  }

  /** Of the blob, which may take as long as fetching it takes. An answer of any status. */
  head(): Promise<PeerAnswer> {
    return this.#ask({ method: 'HEAD', headers: this.#accepting })
  }

  /** By a HEAD: for peers where that asks nobody else. */
  async presence(): Promise<Presence> {
    const answer = await this.head()
    if (answer.status === 404) return 'absent'
    this.expect(answer)
    return 'present'
  }

  /**
   * A GET for one byte, or for the whole, that is broken off once its headers are there: what holds the blob has little
   * to send, and what does not has hardly begun to fetch it.
   */
  async look(at: 'first byte' | 'last byte' | 'whole', headers: Headers = {}): Promise<PeerAnswer> {
    const size = this.#size ?? 1
    const byte = at === 'first byte' ? 0 : size - 1
    const range: Headers = at === 'whole' || size === 0 ? {} : { range: `bytes=${byte}-${byte}` }
    return this.#ask({ method: 'GET', headers: { ...this.#accepting, ...headers, ...range } })
  }

  /** Reads it to its end and drops it. Throws Failure where it is refused, or its bytes are not those of its digest. */
  async read(headers: Headers = {}): Promise<PeerAnswer> {
    const { digest, progress } = this.#options
    const reader = new Reader(digest, this.#size, progress)
    const answer = await this.#ask({
      method: 'GET',
      headers: { ...this.#accepting, ...headers },
      take: (chunk) => {
        reader.take(chunk)
        if (reader.isTooLong) throw this.wrong('more bytes than it has')
      },
    })
    this.expect(answer)
    this.#size ??= reader.bytes
    if (reader.bytes < this.#size) throw this.failure('peer.broken', `ended after ${reader.bytes} bytes when asked for`)
    const isProven = isSigned(this.#options.blob)
      ? answer.headers['docker-content-digest'] === digest
      : reader.isRight()
    if (!isProven) throw this.wrong(`bytes that have another digest (${reader.bytes} of them)`)
    return answer
  }

  /** Throws Failure unless it is a 200 or 206 that can be an answer for this blob. */
  expect(answer: PeerAnswer): void {
    const { status, headers } = answer
    if (status !== 200 && status !== 206) throw this.refused(answer)
    if (isPage(headers)) throw this.failure('peer.misconfigured', 'answers with a web page when asked for')
    const said = headers['docker-content-digest']
    if (said !== undefined && said !== this.#options.digest) throw this.wrong('another digest')
    const size = status === 200 ? wholeNumber(headers['content-length']) : totalOf(headers['content-range'])
    if (size === undefined) return
    if (this.#size !== null && size !== this.#size) throw this.wrong(`${size} bytes where ${this.#size} were expected`)
    this.#size = size
  }

  /** Whether `look` says yes before the peer has had as long again as it took for its answer, and the usual time. */
  settled(look: () => Promise<boolean>): Promise<boolean> {
    const { clock, settleMs, context } = this.#options
    const ms = clock.now() - this.#begunMs + settleMs
    return confirmed(look, { ms, clock, signal: context.signal })
  }

  /** `from`: where its bytes came from, as far as the peer says. */
  warmed(from: 'origin' | 'local' | null, proof: Proof): Warmed {
    const { digest, progress } = this.#options
    if (this.#size === null) throw this.failure('peer.misconfigured', 'does not say the size of')
    const bytes = this.#size
    progress(bytes)
    return { digest, bytes, moved: from === null || bytes === 0 ? {} : { [from]: bytes }, source: from, proof }
  }

  refused(answer: PeerAnswer): Failure {
    return refusalOf(answer, this.#asked, this.#options.clock.now())
  }

  /** `how` ends before the blob's name. */
  failure(code: FailureCode, how: string): Failure {
    const { who, what } = this.#asked
    return new Failure(code, `${who} ${how} ${what}.`)
  }

  /** `why` goes on after `which`. */
  notCached(why: string): Failure {
    const { address } = this.#options.endpoint
    return new Failure('peer.not-cached', `${this.#asked.what} is not cached by the peer ${address}, which ${why}.`)
  }

  wrong(gave: string): Failure {
    const { who, what } = this.#asked
    return new Failure('registry.wrong-digest', `${who} gave ${gave} for ${what}.`)
  }

  get #asked() {
    const { endpoint, digest, image } = this.#options
    return { who: `The peer ${endpoint.address}`, what: `${shortDigest(digest)} of ${image.repository}` }
  }

  /** As containerd asks: what a cache keeps for it is what it will be asked for. */
  get #accepting(): Headers {
    return this.isDocument ? { accept: `${this.#options.blob.mediaType}, */*` } : {}
  }

  #ask(ask: Pick<PeerAsk, 'method' | 'headers' | 'take'>): Promise<PeerAnswer> {
    const { door, endpoint, answerWithinMs, context } = this.#options
    return door.ask(endpoint, this.#path, { ...ask, firstByteMs: answerWithinMs, signal: context.signal })
  }

  get #path(): string {
    return pathOf(this.#options.place, this.isDocument, this.#options.digest)
  }
}

/** The digest of a signed docker manifest (schema 1) is that of a part of it. */
const isSigned = ({ mediaType }: Blob): boolean => mediaType.endsWith('.manifest.v1+prettyjws')

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

const totalOf = (range: string | undefined): number | undefined =>
  wholeNumber(/^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(range ?? '')?.[1])

/** Counts and hashes what comes. */
class Reader {
  bytes = 0
  readonly #digest: Digest
  readonly #size: number | null
  readonly #hash: Hash
  readonly #progress: (bytes: number) => void

  constructor(digest: Digest, size: number | null, progress: (bytes: number) => void) {
    this.#digest = digest
    this.#size = size
    this.#hash = createHash(algorithmOf(digest))
    this.#progress = progress
  }

  get isTooLong(): boolean {
    return this.#size !== null && this.bytes > this.#size
  }

  take(chunk: Uint8Array): void {
    this.bytes += chunk.length
    this.#hash.update(chunk)
    if (!this.isTooLong) this.#progress(this.bytes)
  }

  /** To be asked once, at the end. */
  isRight(): boolean {
    return this.#hash.digest('hex') === hexOf(this.#digest)
  }
}
