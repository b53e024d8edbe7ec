// Talks to one registry (or web server) for one request: sends, meets its 401, sends again; follows its redirects.

import type { Lanes } from '../kit/gate.ts'
import type { HttpClient, HttpRequest } from '../kit/http.ts'
import { headerOf, type Reply, type Take, type Taker } from '../kit/http-exchange.ts'
import type { Throttle } from '../kit/throttle.ts'
import { Failure } from '../model/failure.ts'
import { Admission, type AdmissionOptions, type Pass } from './admission.ts'
import { quotaName } from './credentials.ts'
import type { Manners } from './manners.ts'
import { isRedirect, judgeRedirect } from './redirect.ts'
import { faultOf, retryAfterOf, type Answer, type Where } from './refusal.ts'

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
}

export interface Ask {
  readonly method: 'GET' | 'HEAD'
  /** At home. */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly where: Where
}

type Send = (request: HttpRequest) => Promise<Reply>

/** Answers of any status come back as they are; throws Failure where there is no answer, or the signal's reason. */
export class Conversation {
  readonly #options: ConversationOptions
  readonly #admission: Admission
  readonly #unverified = new Set<string>()

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
    const takeGood: Take = (head) => (head.status === 200 || head.status === 206 ? throttled(head) : undefined)
    return this.#inLane(ask, signal, (request) => this.#options.http.stream(request, takeGood))
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

  #inLane(ask: Ask, signal: AbortSignal, send: Send): Promise<Answer> {
    const { lanes, lane } = this.#options
    return lanes.with(lane, signal, () => this.#converse(ask, send, signal))
  }

  async #converse(ask: Ask, send: Send, signal: AbortSignal): Promise<Answer> {
    const admission = this.#admission
    let pass: Pass | undefined
    for (;;) {
      pass = await admission.pass(pass, ask.where, signal)
      const { reply, atHome } = await this.#follow(ask, pass, send, signal)
      const answer = atHome ? { ...reply, to: pass.called } : reply
      if (reply.status !== 401 || !atHome) return answer
      if (admission.refused(pass, reply)) continue
      const expired = admission.expired(ask.where)
      if (expired !== undefined) throw expired
      return answer
    }
  }

  async #follow(ask: Ask, pass: Pass, send: Send, signal: AbortSignal) {
    const { purpose, tlsOf, manners, now } = this.#options
    const quota = this.#quotaOf(ask, pass)
    manners.heed(quota, ask.where)
    const { authorization } = pass
    const forHome = { ...this.#options.headers, ...(authorization === undefined ? {} : { authorization }) }
    let { url } = ask
    let atHome = true
    for (let hops = 0; ; hops++) {
      const headers = { ...(atHome ? forHome : {}), ...ask.headers }
      const { host } = url
      const tls = tlsOf(url)
      if (tls.insecureSkipVerify === true && url.protocol === 'https:') this.#unverified.add(host)
      const reply = await send({ method: ask.method, url, headers, purpose, tls, signal }).catch((error: unknown) => {
        throw faultOf(error, ask.where, host)
      })
      if (reply.status === 429 && atHome) manners.pause(quota, retryAfterOf(reply, now()) ?? 0)
      if (!isRedirect(reply.status)) return { reply, atHome }
      const verdict = judgeRedirect(url, headerOf(reply, 'location'), hops)
      if ('refuse' in verdict) {
        throw new Failure('registry.invalid', `${ask.where.who} could not give ${ask.where.what}: ${verdict.refuse}.`)
      }
      atHome &&= verdict.sameOrigin
      url = verdict.follow
    }
  }

  /** What the registry counts together: Docker Hub counts the manifests of an account, and lets its blobs pass. */
  #quotaOf({ url }: Ask, { identity }: Pass): string {
    const kind = url.pathname.includes('/manifests/') ? 'manifests' : 'bytes'
    return `${this.#options.home.origin} ${kind} ${quotaName(identity)}`
  }
}
