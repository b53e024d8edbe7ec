// How one request is let in at its registry: identity after identity, each in the way that the registry asks for.

import type { Purpose } from '../kit/egress.ts'
import type { Reply } from '../kit/http-exchange.ts'
import type { Recent } from '../kit/recent.ts'
import type { TlsSettings } from '../kit/tls.ts'
import { Failure } from '../model/failure.ts'
import { parseChallenges, type Challenge } from './challenge.ts'
import { basic, nobody, type Identity } from './credentials.ts'
import { expiryOf } from './expiry.ts'
import type { Where } from './refusal.ts'
import type { Tokens } from './token.ts'

export interface AdmissionOptions {
  readonly tokens: Tokens
  /** How registries wanted to be spoken to when they last said it, by repository: it saves the 401 of each job. */
  readonly challenges: Recent<Challenge>
  readonly home: URL
  readonly purpose: Purpose
  readonly tlsOf: (url: URL) => TlsSettings
  /** Asked for where a Bearer challenge names no scope. */
  readonly scope: string
  /** In the order in which they are tried; asked for anew each time, since what is configured may change. Never empty. */
  readonly identities: () => readonly Identity[]
  readonly now: () => number
}

/** One try to be let in. */
export interface Pass {
  readonly identity: Identity
  readonly place: number
  /** Who that is in a sentence, with whoever was refused before. */
  readonly called: string
  /** What is sent; undefined: nothing. */
  readonly authorization: string | undefined
  /** This is a renewed token, after another of the same identity was refused. */
  readonly renewed: boolean
}

export class Admission {
  readonly #options: AdmissionOptions
  /** Which identity we are at; those before it were refused. */
  #place = 0
  #challenge: Challenge | undefined
  /** The header that came with the request and was refused. */
  #refusedHeader: string | undefined

  constructor(options: AdmissionOptions) {
    this.#options = options
    this.#challenge = options.challenges.get(options.home.href)
  }

  /** `refused` is the pass that was refused just now, by this admission's word. Throws Failure where nothing is left. */
  async pass(refused: Pass | undefined, where: Where, signal: AbortSignal): Promise<Pass> {
    for (;;) {
      const place = this.#place
      const identity = this.#identities[place] ?? nobody
      const renewed = refused?.place === place && refused.authorization !== undefined
      try {
        const authorization = await this.#authorization(
          identity,
          renewed ? refused.authorization : undefined,
          where,
          signal,
        )
        const isRefused =
          identity.by === 'credential' && authorization !== undefined && authorization === this.#refusedHeader
        if (!isRefused || !this.#giveWay(place))
          return { identity, place, called: this.#called(identity), authorization, renewed }
      } catch (error) {
        if (!(error instanceof Failure && error.code === 'registry.denied')) throw error
        if (!this.#giveWay(place)) throw this.expired(where) ?? error
      }
    }
  }

  /**
   * A 401 was the answer. Whether there is another pass to try: each identity comes bare, with a token and with a renewed
   * one, and never again.
   */
  refused(pass: Pass, reply: Reply): boolean {
    this.#learn(reply, pass.authorization)
    return this.#hasMore(pass) || this.#giveWay(pass.place)
  }

  /** Says so where the token that came with the request had ended, which is why nobody let us in. */
  expired({ who, what }: Where): Failure | undefined {
    const endedMs = this.#headerEndedMs()
    if (endedMs === undefined) return undefined
    const ended = `the token that came with the request expired at ${new Date(endedMs).toISOString()}`
    return new Failure('registry.token-expired', `${who} denied ${what}: ${ended}, and nothing else opens it.`)
  }

  /** What a person should know about who we were in the end. */
  get warning(): string | undefined {
    if (this.#refusedHeader === undefined) return undefined
    const endedMs = this.#headerEndedMs()
    const why = endedMs === undefined ? 'was refused' : `expired at ${new Date(endedMs).toISOString()}`
    const instead = (this.#identities[this.#place] ?? nobody).called
    return `The token that came with the request ${why}, and ${instead} took its place.`
  }

  #called({ called }: Identity): string {
    return this.#refusedHeader === undefined ? called : `the token of the request and to ${called}`
  }

  get #identities(): readonly Identity[] {
    return this.#options.identities()
  }

  async #authorization(identity: Identity, refused: string | undefined, where: Where, signal: AbortSignal) {
    if (identity.by === 'header') return identity.authorization
    const challenge = this.#challenge
    if (challenge === undefined) return undefined
    const credential = identity.by === 'credential' ? identity.credential : undefined
    if (challenge.scheme === 'basic') return credential === undefined ? undefined : basic(credential)
    const { tokens, home, purpose, tlsOf, scope } = this.#options
    const called = this.#called(identity)
    const request = { challenge, registry: home, usualScope: scope, credential, called, purpose, tlsOf, where }
    return tokens.authorization(request, refused, signal)
  }

  /**
   * A Harbor asks who comes with a header for Basic, and offers Bearer only to who comes without: so Basic is believed
   * only when nothing was sent.
   */
  #learn(reply: Reply, sent: string | undefined): void {
    const challenges = parseChallenges(reply.headers['www-authenticate'])
    const bearer = challenges.find(({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'))
    const offered = bearer ?? (sent === undefined ? challenges.find(({ scheme }) => scheme === 'basic') : undefined)
    if (offered === undefined) return
    this.#challenge = offered
    this.#options.challenges.set(this.#options.home.href, offered)
  }

  /** Whether the same identity has something else to send: now that the challenge is known, or a renewed token. */
  #hasMore({ identity, authorization, renewed }: Pass): boolean {
    if (identity.by === 'header' || this.#challenge === undefined) return false
    if (this.#challenge.scheme === 'bearer') return !renewed
    return authorization === undefined && identity.by === 'credential'
  }

  /** On to the next identity; false where there is none. Another request of the same job may have gone on already. */
  #giveWay(from: number): boolean {
    if (this.#place > from) return true
    const identities = this.#identities
    if (from + 1 >= identities.length) return false
    const refused = identities[from]
    if (refused?.by === 'header') this.#refusedHeader = refused.authorization
    this.#place = from + 1
    return true
  }

  #headerEndedMs(): number | undefined {
    const endedMs = this.#refusedHeader === undefined ? undefined : expiryOf(this.#refusedHeader)
    return endedMs !== undefined && endedMs <= this.#options.now() ? endedMs : undefined
  }
}
