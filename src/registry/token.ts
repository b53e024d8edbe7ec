// Bearer tokens: fetched from the realm that a registry names, kept until shortly before they expire.
// Source: distribution, docs/content/spec/auth/token.md.

import { createHash } from 'node:crypto'
import type { Purpose } from '../kit/egress.ts'
import type { HttpClient } from '../kit/http.ts'
import { Share } from '../kit/share.ts'
import type { TlsSettings } from '../kit/tls.ts'
import { Failure } from '../model/failure.ts'
import type { Challenge } from './challenge.ts'
import type { Credential } from './endpoint.ts'
import { parseObject } from './json.ts'
import { faultOf, refusalOf, type Where } from './refusal.ts'

/** Tokens with many scopes make some KiB; Azure's and Google's make the most. */
const answerBytes = 1024 * 1024
/** What an answer means that says no expires_in. */
const usualLifeSeconds = 60
/** Renewed this long before it ends, or in the last quarter of a short life, so that no request carries a dying one. */
const marginMs = 30_000
/** Of tokens; the oldest goes first. */
const mostKept = 4096

export interface TokenRequest {
  readonly challenge: Challenge
  /** Of the registry: realms may be relative to it, and its scheme decides whether a plain one may have the credential. */
  readonly registry: URL
  /** Where the challenge names no scope. */
  readonly usualScope: string
  readonly credential: Credential | undefined
  readonly purpose: Purpose
  readonly tlsOf: (url: URL) => TlsSettings
  readonly where: Where
}

interface Token {
  readonly text: string
  readonly freshUntilMs: number
}

export class Tokens {
  readonly #http: HttpClient
  readonly #now: () => number
  readonly #flights = new Share<Token>()
  readonly #kept = new Map<string, Token>()

  constructor(http: HttpClient, now: () => number) {
    this.#http = http
    this.#now = now
  }

  /** An Authorization value, other than the one that was just refused. Throws Failure. */
  async authorization(request: TokenRequest, refused: string | undefined, signal: AbortSignal): Promise<string> {
    const url = this.#addressOf(request)
    const key = keyOf(url, request.credential)
    const kept = this.#kept.get(key)
    if (kept !== undefined && `Bearer ${kept.text}` !== refused && kept.freshUntilMs > this.#now()) {
      return `Bearer ${kept.text}`
    }
    const { result } = await this.#flights.join(key, signal, (stop) => this.#exchange(url, key, request, stop))
    return `Bearer ${result.text}`
  }

  #addressOf({ challenge, registry, usualScope, credential, where }: TokenRequest): URL {
    const realm = challenge.parameters.get('realm') ?? ''
    const invalid = (why: string) => new Failure('registry.invalid', `${where.who} ${why}.`)
    if (!URL.canParse(realm, registry.href)) throw invalid('names no address to get a token from')
    const url = new URL(realm, registry)
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw invalid('wants a token from something other than HTTP')
    if (url.username !== '' || url.password !== '') throw invalid('names a token address with a password in it')
    if (credential !== undefined && url.protocol !== 'https:' && url.protocol !== registry.protocol) {
      throw invalid('wants the credential sent over plain HTTP')
    }
    const service = challenge.parameters.get('service')
    if (service !== undefined) url.searchParams.append('service', service)
    const scopes = (challenge.parameters.get('scope') ?? usualScope).split(' ')
    for (const scope of scopes.filter((one) => one !== '')) url.searchParams.append('scope', scope)
    if (credential !== undefined) url.searchParams.append('account', credential.username)
    url.hash = ''
    return url
  }

  async #exchange(url: URL, key: string, request: TokenRequest, signal: AbortSignal): Promise<Token> {
    const { credential, purpose, tlsOf } = request
    const where = { who: request.where.who, what: `a token for ${request.where.what}` }
    const begunMs = this.#now()
    const headers = credential === undefined ? {} : { authorization: basic(credential) }
    const asked = { method: 'GET', url, headers, purpose, tls: tlsOf(url), signal } as const
    const reply = await this.#http.read(asked, answerBytes).catch((error: unknown) => {
      throw faultOf(error, where, url.host)
    })
    if (reply.status !== 200) throw refusalOf(reply, where, this.#now())
    const token = parseToken(reply.body, begunMs)
    if (token === undefined) throw new Failure('registry.invalid', `${where.who} gave ${where.what} that is none.`)
    this.#keep(key, token)
    return token
  }

  #keep(key: string, token: Token): void {
    this.#kept.delete(key)
    this.#kept.set(key, token)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest)
  }
}

export const basic = ({ username, password }: Credential): string =>
  `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`

/** The address holds realm, service and scope. The password goes in as a hash, for a key outlives its request. */
function keyOf(url: URL, credential: Credential | undefined): string {
  if (credential === undefined) return url.href
  return `${url.href} ${createHash('sha256').update(basic(credential)).digest('base64')}`
}

function parseToken(body: Buffer, begunMs: number): Token | undefined {
  const { token, access_token: accessToken, expires_in: expiresIn } = parseObject(body) ?? {}
  const text = token ?? accessToken
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) return undefined
  const lifeMs = 1000 * (typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn : usualLifeSeconds)
  return { text, freshUntilMs: begunMs + lifeMs - Math.min(marginMs, lifeMs / 4) }
}
