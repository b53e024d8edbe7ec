// Talks to one registry (or web server) for one request: sends, meets its 401, sends again; follows its redirects.

import type { Purpose } from '../kit/egress.ts'
import type { Lanes } from '../kit/gate.ts'
import type { HttpClient, HttpRequest } from '../kit/http.ts'
import { headerOf, type Reply, type Take } from '../kit/http-exchange.ts'
import type { TlsSettings } from '../kit/tls.ts'
import { Failure } from '../model/failure.ts'
import { parseChallenges, type Challenge } from './challenge.ts'
import type { Credential } from './endpoint.ts'
import { isRedirect, judgeRedirect } from './redirect.ts'
import { faultOf, type Where } from './refusal.ts'
import { basic, type Tokens } from './token.ts'

/** Without a credential, with a kept token that turns out to be void, and with a new one. */
const mostTries = 3

export interface ConversationOptions {
  readonly http: HttpClient
  readonly tokens: Tokens
  /** One per origin host. */
  readonly lanes: Lanes
  /** Credentials and the client's headers go to this origin and no other. */
  readonly home: URL
  readonly purpose: Purpose
  readonly tlsOf: (url: URL) => TlsSettings
  /** Asked for where a Bearer challenge names no scope. */
  readonly scope: string
  readonly credential: Credential | undefined
  /** The client's, lower case. Its `authorization` goes before the credential, until the registry refuses it. */
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
  /** The client's own headers but Authorization. */
  readonly #headers: Readonly<Record<string, string>>
  /** The client's Authorization; undefined without one, or once it was refused. */
  #handedIn: string | undefined
  /** How the registry wants to be spoken to, known after its first 401. */
  #challenge: Challenge | undefined

  constructor(options: ConversationOptions) {
    this.#options = options
    const { authorization, ...headers } = options.headers
    this.#headers = headers
    this.#handedIn = authorization
  }

  /** A 2xx body beyond `cap` bytes is the Failure registry.too-large. */
  read(ask: Ask, cap: number, signal: AbortSignal): Promise<Reply> {
    return this.#inLane(ask, signal, (request) => this.#options.http.read(request, cap))
  }

  /** `take` sees only the 200 or 206 that the whole exchange led to. */
  stream(ask: Ask, take: Take, signal: AbortSignal): Promise<Reply> {
    const takeGood: Take = (head) => (head.status === 200 || head.status === 206 ? take(head) : undefined)
    return this.#inLane(ask, signal, (request) => this.#options.http.stream(request, takeGood))
  }

  #inLane(ask: Ask, signal: AbortSignal, send: Send): Promise<Reply> {
    return this.#options.lanes.with(ask.url.host, signal, () => this.#converse(ask, send, signal))
  }

  async #converse(ask: Ask, send: Send, signal: AbortSignal): Promise<Reply> {
    let authorization =
      this.#handedIn ??
      (this.#challenge === undefined ? undefined : await this.#authorize(this.#challenge, undefined, ask, signal))
    for (let tries = 1; ; tries++) {
      const { reply, atHome } = await this.#follow(ask, authorization, send, signal)
      if (reply.status !== 401 || !atHome || tries === mostTries) return reply
      const next = await this.#answer(reply, authorization, ask, signal)
      if (next === undefined || next === authorization) return reply
      authorization = next
    }
  }

  /** The next Authorization to try; undefined where there is none. */
  async #answer(reply: Reply, refused: string | undefined, ask: Ask, signal: AbortSignal): Promise<string | undefined> {
    if (refused === this.#handedIn) this.#handedIn = undefined
    const challenges = parseChallenges(reply.headers['www-authenticate'])
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'))
    const challenge = bearer ?? challenges.find(({ scheme }) => scheme === 'basic')
    if (challenge === undefined) return undefined
    this.#challenge = challenge
    return this.#authorize(challenge, refused, ask, signal)
  }

  async #authorize(challenge: Challenge, refused: string | undefined, ask: Ask, signal: AbortSignal) {
    const { tokens, home, purpose, tlsOf, scope, credential } = this.#options
    if (challenge.scheme === 'basic') return credential === undefined ? undefined : basic(credential)
    const request = { challenge, registry: home, usualScope: scope, credential, purpose, tlsOf, where: ask.where }
    return tokens.authorization(request, refused, signal)
  }

  async #follow(ask: Ask, authorization: string | undefined, send: Send, signal: AbortSignal) {
    const { purpose, tlsOf } = this.#options
    const forHome = { ...this.#headers, ...(authorization === undefined ? {} : { authorization }) }
    let { url } = ask
    let atHome = true
    for (let hops = 0; ; hops++) {
      const headers = { ...(atHome ? forHome : {}), ...ask.headers }
      const { host } = url
      const reply = await send({ method: ask.method, url, headers, purpose, tls: tlsOf(url), signal }).catch(
        (error: unknown) => {
          throw faultOf(error, ask.where, host)
        },
      )
      if (!isRedirect(reply.status)) return { reply, atHome }
      const verdict = judgeRedirect(url, headerOf(reply, 'location'), hops)
      if ('refuse' in verdict) {
        throw new Failure('registry.invalid', `${ask.where.who} could not give ${ask.where.what}: ${verdict.refuse}.`)
      }
      atHome &&= verdict.sameOrigin
      url = verdict.follow
    }
  }
}
