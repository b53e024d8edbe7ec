// Bearer tokens: fetched from the realm that a registry names, kept until shortly before they expire.
// Source: distribution, docs/content/spec/auth/token.md and oauth.md.

import { createHash } from 'node:crypto'
import type { Purpose } from '../kit/egress.ts'
import type { HttpClient, HttpRequest } from '../kit/http.ts'
import type { Reply } from '../kit/http-exchange.ts'
import { Recent } from '../kit/recent.ts'
import { Share } from '../kit/share.ts'
import type { TlsSettings } from '../kit/tls.ts'
import { Failure } from '../model/failure.ts'
import type { Challenge } from './challenge.ts'
import { basic, isAccount, type Credential } from './credentials.ts'
import { parseObject } from './json.ts'
import { faultOf } from './fault.ts'
import { refusalOf, type Where } from './refusal.ts'

/** Tokens with many scopes make some KiB; Azure's and Google's make the most. */
const answerBytes = 1024 * 1024
/** Of the token itself: servers take some 8 to 64 KiB of headers. */
const tokenLength = 64 * 1024
/** What an answer means that says no expires_in. */
const usualLifeSeconds = 60
/** Renewed this long before it ends, or in the last quarter of a short life, so that no request carries a dying one. */
const marginMs = 30_000
/** Of tokens at the same time. */
const mostKept = 4096
/** Answers of endpoints that know one of the two methods only: 404 and 405 of most, 400 of Azure, 401 of Google. */
const notThisWay: readonly number[] = [404, 405, 501]
const notThisToken: readonly number[] = [...notThisWay, 400, 401]

export interface TokenRequest {
  readonly challenge: Challenge
  /** Of the registry: realms may be relative to it, and its scheme decides whether a plain one may have the credential. */
  readonly registry: URL
  /** Where the challenge names no scope. */
  readonly usualScope: string
  readonly credential: Credential | undefined
  /** Who that is, for a sentence. */
  readonly called: string
  readonly purpose: Purpose
  readonly tlsOf: (url: URL) => TlsSettings
  readonly where: Where
}

interface Token {
  readonly text: string
  readonly freshUntilMs: number
}

/** What is asked for, whichever way it is asked. */
interface Wish {
  readonly realm: URL
  readonly service: string | undefined
  readonly scopes: readonly string[]
  readonly credential: Credential | undefined
}

export class Tokens {
  readonly #http: HttpClient
  readonly #now: () => number
  readonly #flights = new Share<Token>()
  readonly #kept = new Recent<Token>(mostKept)

  constructor(http: HttpClient, now: () => number) {
    this.#http = http
    this.#now = now
  }

  /** An Authorization value, other than the one that was just refused. Throws Failure. */
  async authorization(request: TokenRequest, refused: string | undefined, signal: AbortSignal): Promise<string> {
    const wish = wishOf(request)
    const key = keyOf(wish)
    const kept = this.#kept.get(key)
    if (kept !== undefined && `Bearer ${kept.text}` !== refused && kept.freshUntilMs > this.#now()) {
      return `Bearer ${kept.text}`
    }
    const { result } = await this.#flights.join(key, signal, async (stop) => {
      const token = await this.#exchange(wish, request, stop)
      this.#kept.set(key, token)
      return token
    })
    return `Bearer ${result.text}`
  }

  async #exchange(wish: Wish, request: TokenRequest, signal: AbortSignal): Promise<Token> {
    const where = { who: request.where.who, what: `a token for ${request.where.what}` }
    const begunMs = this.#now()
    const { first, second } = waysOf(wish)
    let reply = await this.#send(first, request, where, signal)
    if (second?.on.includes(reply.status) === true) reply = await this.#send(second.ask, request, where, signal)
    if (reply.status !== 200) throw refusalOf({ ...reply, to: request.called }, where, this.#now())
    const token = parseToken(reply.body, begunMs)
    if (token === undefined) throw new Failure('registry.invalid', `${where.who} gave ${where.what} that is none.`)
    return token
  }

  async #send(ask: Asked, { purpose, tlsOf }: TokenRequest, where: Where, signal: AbortSignal): Promise<Reply> {
    try {
      return await this.#http.read({ ...ask, purpose, tls: tlsOf(ask.url), signal }, answerBytes)
    } catch (error) {
      throw faultOf(error, where, ask.url.host)
    }
  }
}

type Asked = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>

interface Ways {
  readonly first: Asked
  /** Where the first was answered with one of these statuses. */
  readonly second?: { readonly ask: Asked; readonly on: readonly number[] }
}

/** A password goes by GET, as docker sends it; an identity token goes by POST, which was made for it. */
function waysOf(wish: Wish): Ways {
  const { credential } = wish
  const get = byGet(wish)
  if (credential === undefined) return { first: get }
  const post = byPost(wish, credential)
  if (!credential.isIdentityToken) return { first: get, second: { ask: post, on: notThisWay } }
  return isAccount(credential.username) ? { first: post, second: { ask: get, on: notThisToken } } : { first: post }
}

function byGet({ realm, service, scopes, credential }: Wish): Asked {
  const url = new URL(realm)
  if (service !== undefined) url.searchParams.append('service', service)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  if (credential !== undefined) url.searchParams.append('account', credential.username)
  return { method: 'GET', url, headers: credential === undefined ? {} : { authorization: basic(credential) } }
}

function byPost({ realm, service, scopes }: Wish, { username, password, isIdentityToken }: Credential): Asked {
  const grant = isIdentityToken
    ? { grant_type: 'refresh_token', refresh_token: password.reveal() }
    : { grant_type: 'password', username, password: password.reveal() }
  const form = new URLSearchParams({ ...grant, client_id: 'warmfront', scope: scopes.join(' ') })
  if (service !== undefined) form.append('service', service)
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', url: realm, headers, body: form.toString() }
}

/** Throws Failure for a realm that may not be asked, or may not have the credential. */
function wishOf({ challenge, registry, usualScope, credential, where }: TokenRequest): Wish {
  const named = challenge.parameters.get('realm') ?? ''
  const invalid = (why: string) => new Failure('registry.invalid', `${where.who} ${why}.`)
  if (!URL.canParse(named, registry.href)) throw invalid('names no address to get a token from')
  const realm = new URL(named, registry)
  if (realm.protocol !== 'https:' && realm.protocol !== 'http:') {
    throw invalid('wants a token from something other than HTTP')
  }
  if (realm.username !== '' || realm.password !== '') throw invalid('names a token address with a password in it')
  if (credential !== undefined && realm.protocol !== 'https:' && realm.protocol !== registry.protocol) {
    throw invalid('wants the credential sent over plain HTTP')
  }
  realm.hash = ''
  const scopes = (challenge.parameters.get('scope') ?? usualScope).split(' ').filter((scope) => scope !== '')
  return { realm, service: challenge.parameters.get('service'), scopes, credential }
}

/** The secret goes in as a hash, for a key outlives its request. */
function keyOf({ realm, service, scopes, credential }: Wish): string {
  const account = credential === undefined ? [] : [credential.isIdentityToken, basic(credential)]
  return createHash('sha256')
    .update(JSON.stringify([realm.href, service, scopes, account]))
    .digest('base64')
}

function parseToken(body: Buffer, begunMs: number): Token | undefined {
  const { token, access_token: accessToken, expires_in: expiresIn } = parseObject(body) ?? {}
  const text = token ?? accessToken
  if (typeof text !== 'string' || text.length > tokenLength || !/^[\x21-\x7e]+$/.test(text)) return undefined
  const lifeMs = 1000 * (typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn : usualLifeSeconds)
  return { text, freshUntilMs: begunMs + lifeMs - Math.min(marginMs, lifeMs / 4) }
}
