// Talks to one registry (or web server) for one request: sends, meets its 401, sends again; follows its redirects.

import type { Lanes } from '../kit/gate.ts'
import type { HttpClient, HttpRequest } from '../kit/http.ts'
import { headerOf, type Reply, type Take, type Taker } from '../kit/http-exchange.ts'
import type { Throttle } from '../kit/throttle.ts'
import { Failure } from '../model/failure.ts'
import type { PeerAnswer, PeerAsk, PeerEndpoint } from '../model/peer-http.ts'
import { Admission, type AdmissionOptions, type Pass } from './admission.ts'
import { quotaName } from './credentials.ts'
import type { Manners } from './manners.ts'
import { peerAnswerOf } from './peer-answer.ts'
import { peerFaultOf } from './fault.ts'
import { isRedirect, judgeRedirect } from './redirect.ts'
import { faultOf } from './fault.ts'
import { retryAfterOf, type Answer, type Where } from './refusal.ts'

export interface ConversationOptions extends AdmissionOptions {
  readonly http: HttpClient
  readonly manners: Manners
  readonly lanes: Lanes
  /** The origin's own. */
  readonly lane: string
  /** For the bytes of blobs and files; undefined: as fast as they come. */
  readonly throttle: Throttle | undefined
  /** The client's, lower case, without its `authorization`. They and our credentials go to `home` and no other origin. */
  readonly headers: Readonly<Record<string, string>>
  /** For a forward proxy itself; absent: none. */
  readonly proxyHeaders?: (proxy: PeerEndpoint) => Readonly<Record<string, string>>
}

export interface Ask {
  readonly method: 'GET' | 'HEAD'
  /** At home. */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly where: Where
  /** Default: the outgoing client's own. */
  readonly firstByteMs?: number
}

/** How requests go out. */
interface Road {
  readonly send: (request: HttpRequest) => Promise<Reply>
  readonly faultOf: (error: unknown, where: Where, host: string) => unknown
  /** Only where a proxy is asked for others, whose quotas and pace are not ours to keep: what its cache is told. */
  readonly caching?: Readonly<Record<string, string>>
  /** As in Origin.authorization. */
  readonly guarded?: boolean
}

/** Answers of any status come back as they are; throws Failure where there is no answer, or the signal's reason. */
export class Conversation {
  readonly #options: ConversationOptions
  readonly #admission: Admission
  readonly #unverified = new Set<string>()
  /** Addresses that redirected when a proxy was asked for them. Of one request's blobs, which bounds them. */
  readonly #moved = new Set<string>()

  constructor(options: ConversationOptions) {
    this.#options = options
    this.#admission = new Admission(options)
  }

  /** What a person should know about how the answers were got. */
  get warnings(): readonly string[] {
    const unverified = [...this.#unverified].map(
      (host) => `The certificate of ${host} was not verified: insecure_skip_verify is set.`,
    )
    const { warning } = this.#admission
    return warning === undefined ? unverified : [...unverified, warning]
  }

  /** A 2xx body beyond `cap` bytes is the Failure registry.too-large. */
  read(ask: Ask, cap: number, signal: AbortSignal): Promise<Answer> {
    return this.#inLane(ask, signal, (request) => this.#options.http.read(request, cap))
  }

  /** `take` sees only the 200 or 206 that the whole exchange led to. */
  stream(ask: Ask, take: Take, signal: AbortSignal): Promise<Answer> {
    const throttled = this.#throttled(take, signal)
    return this.#inLane(ask, signal, (request) => this.#options.http.stream(request, goodOnly(throttled)))
  }

  /** The Authorization that the next request would bear. Throws as an answer of 401 in the end would. */
  async authorization(where: Where, signal: AbortSignal, guarded: boolean): Promise<string | undefined> {
    const pass = await this.#admission.pass(undefined, where, signal)
    if (guarded) this.#guard(pass, where)
    return pass.authorization
  }

  /**
   * As Origin.askThrough. A cache rarely keeps a redirect, so Cache-Control does not go to an address that is known to
   * give one, but to where it leads.
   */
  async through(proxy: PeerEndpoint, ask: Omit<Ask, 'method' | 'headers'>, how: PeerAsk): Promise<PeerAnswer> {
    const { method, firstByteMs, signal, take, guarded = false } = how
    const { 'cache-control': caching, ...headers } = how.headers
    const peer = { who: `The peer ${proxy.address}`, what: ask.where.what }
    const throttled = this.#throttled(() => take, signal)
    const { http, proxyHeaders } = this.#options
    const forProxy = proxyHeaders?.(proxy)
    const road: Road = {
      send: ({ headers: forOrigin, ...request }) =>
        http.stream(
          { ...request, headers: { ...forOrigin, ...forProxy }, via: proxy, firstByteMs },
          goodOnly(throttled),
        ),
      faultOf: (error) => peerFaultOf(error, peer, proxy.address),
      caching: caching === undefined ? {} : { 'cache-control': caching },
      guarded,
    }
    return peerAnswerOf(await this.#converse({ ...ask, method, headers }, road, signal))
  }

  #throttled(take: Take, signal: AbortSignal): Take {
    const { throttle } = this.#options
    if (throttle === undefined) return take
    const slowed =
      (taker: Taker): Taker =>
      async (chunk) => {
        await throttle.pass(chunk.length, signal)
        await taker(chunk)
      }
    return async (head) => {
      const taker = await take(head)
      return taker && slowed(taker)
    }
  }

  #inLane(ask: Ask, signal: AbortSignal, send: Road['send']): Promise<Answer> {
    const { lanes, lane } = this.#options
    return lanes.with(lane, signal, () => this.#converse(ask, { send, faultOf }, signal))
  }

  async #converse(ask: Ask, road: Road, signal: AbortSignal): Promise<Answer> {
    const admission = this.#admission
    let pass: Pass | undefined
    for (;;) {
      pass = await admission.pass(pass, ask.where, signal)
      const { reply, atHome } = await this.#follow(ask, pass, road, signal)
      const answer = atHome ? { ...reply, to: pass.called } : reply
      if (reply.status !== 401 || !atHome) return answer
      if (admission.refused(pass, reply)) continue
      const expired = admission.expired(ask.where)
      if (expired !== undefined) throw expired
      return answer
    }
  }

  async #follow(ask: Ask, pass: Pass, road: Road, signal: AbortSignal) {
    const { manners, now } = this.#options
    const quota = road.caching === undefined ? this.#quotaOf(ask, pass) : undefined
    if (quota !== undefined) manners.heed(quota, ask.where)
    let { url } = ask
    let atHome = true
    for (let hops = 0; ; hops++) {
      const request = this.#request(ask, url, { atHome, pass, road }, signal)
      const { host } = url
      const reply = await road.send(request).catch((error: unknown) => {
        throw road.faultOf(error, ask.where, host)
      })
      if (reply.status === 429 && atHome && quota !== undefined) manners.pause(quota, retryAfterOf(reply, now()) ?? 0)
      if (!isRedirect(reply.status)) {
        // It gave no redirect this time, and so an answer that Cache-Control had no part in.
        if (road.caching !== undefined && this.#moved.delete(url.href)) continue
        return { reply, atHome }
      }
      const verdict = judgeRedirect(url, headerOf(reply, 'location'), hops)
      if ('refuse' in verdict) {
        throw new Failure('registry.invalid', `${ask.where.who} could not give ${ask.where.what}: ${verdict.refuse}.`)
      }
      if (road.caching !== undefined && hops === 0) this.#moved.add(url.href)
      atHome &&= verdict.sameOrigin
      url = verdict.follow
    }
  }

  #request(
    ask: Ask,
    url: URL,
    { atHome, pass, road }: { readonly atHome: boolean; readonly pass: Pass; readonly road: Road },
    signal: AbortSignal,
  ): HttpRequest {
    const { purpose, tlsOf } = this.#options
    const { method, firstByteMs } = ask
    if (road.guarded === true) this.#guard(pass, ask.where)
    const { authorization } = pass
    const forHome = { ...this.#options.headers, ...(authorization === undefined ? {} : { authorization }) }
    const caching = this.#moved.has(url.href) ? {} : road.caching
    const headers = { ...(atHome ? forHome : {}), ...ask.headers, ...caching }
    const tls = tlsOf(url)
    if (tls.insecureSkipVerify === true && url.protocol === 'https:') this.#unverified.add(url.host)
    return { method, url, headers, purpose, tls, signal, ...(firstByteMs === undefined ? {} : { firstByteMs }) }
  }

  /** Whoever may make clusters may name any peer, and shall not get a password of ours by it. */
  #guard({ identity, authorization }: Pass, { who, what }: Where): void {
    if (identity.isConfigured !== true || !/^basic /i.test(authorization ?? '')) return
    const why = 'the password that is configured is given to no peer of a cluster that was made through the API'
    throw new Failure('registry.denied', `${who} wants a password for ${what}, and ${why}.`)
  }

  /** What the registry counts together: Docker Hub counts the manifests of an account, and lets its blobs pass. */
  #quotaOf({ url }: Ask, { identity }: Pass): string {
    const kind = url.pathname.includes('/manifests/') ? 'manifests' : 'bytes'
    return `${this.#options.home.origin} ${kind} ${quotaName(identity)}`
  }
}

/** Only the bytes of an answer that has them are handed on; those of a refusal are read for its words. */
const goodOnly =
  (take: Take): Take =>
  (head) =>
    head.status === 200 || head.status === 206 ? take(head) : undefined
