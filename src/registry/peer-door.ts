// The way to peers that speak a registry's protocol: the same conversation as with a registry, but what goes wrong on
// it is the peer's.

import { systemClock } from '../kit/clock.ts'
import { Lanes } from '../kit/gate.ts'
import type { HttpClient } from '../kit/http.ts'
import { HttpFault } from '../kit/http-fault.ts'
import { Recent } from '../kit/recent.ts'
import { Throttle } from '../kit/throttle.ts'
import type { TlsSettings } from '../kit/tls.ts'
import { Failure } from '../model/failure.ts'
import type { PeerAnswer, PeerAsk, PeerDoor, PeerEndpoint } from '../model/peer-http.ts'
import type { Clock } from '../model/ports.ts'
import type { Challenge } from './challenge.ts'
import { Conversation } from './conversation.ts'
import { identitiesOf } from './credentials.ts'
import { DockerAuths } from './docker-auths.ts'
import { configuredIdentity, settingsOf, tlsTowards, type RegistryBook, type RegistrySettings } from './endpoint.ts'
import { Manners } from './manners.ts'
import { peerAnswerOf } from './peer-answer.ts'
import { peerFaultOf } from './fault.ts'
import type { Where } from './refusal.ts'
import { Tokens } from './token.ts'

/** Repositories of peers whose way of asking is known at the same time. */
const mostChallenges = 16_384
/** Peers whose bandwidth is watched at the same time. */
const mostThrottles = 4096

export interface PeerDoorOptions extends RegistryBook {
  readonly http: HttpClient
  readonly clock?: Clock
}

/** As PeerDoor promises. Who we are at a peer and how much it is asked at once is what `registries` says of its host. */
export class RegistryPeerDoor implements PeerDoor {
  readonly #options: PeerDoorOptions
  readonly #clock: Clock
  readonly #tokens: Tokens
  readonly #challenges = new Recent<Challenge>(mostChallenges)
  readonly #manners: Manners
  readonly #lanes: Lanes
  readonly #auths: DockerAuths | undefined
  readonly #throttles = new Recent<Throttle>(mostThrottles)

  constructor(options: PeerDoorOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#tokens = new Tokens(options.http, this.#now)
    this.#manners = new Manners(this.#now)
    // Whoever asks has a limit of its own for each peer: this one is for hosts whose settings are stricter.
    this.#lanes = new Lanes((address) => settingsOf(options, address)?.concurrency ?? Number.POSITIVE_INFINITY)
    this.#auths = options.dockerConfig === undefined ? undefined : new DockerAuths(options.dockerConfig)
  }

  async ask(peer: PeerEndpoint, path: string, ask: PeerAsk): Promise<PeerAnswer> {
    const { method, firstByteMs, signal } = ask
    // What opens the origin to the peer is not for those to whom the peer leads us.
    const { authorization, ...headers } = ask.headers
    const url = new URL(`${peer.tls === undefined ? 'http' : 'https'}://${peer.address}${path}`)
    const where = { who: `The peer ${peer.address}`, what: url.pathname }
    const taker = new Taker(ask.take)
    try {
      const conversation = this.#converse(peer, url, authorization === undefined ? {} : { authorization })
      return peerAnswerOf(
        await conversation.stream({ method, url, headers, where, firstByteMs }, () => taker.take, signal),
      )
    } catch (error) {
      throw error instanceof Failure && error !== taker.thrown ? ofPeer(error, where) : error
    }
  }

  readonly #now = (): number => this.#clock.now()

  #converse({ address, tls }: PeerEndpoint, url: URL, headers: PeerAsk['headers']): Conversation {
    const names = [address, url.host] as const
    const settings = settingsOf(this.#options, ...names)
    const repository = /^\/v2\/(.+)\/(?:blobs|manifests)\//.exec(url.pathname)?.[1]
    const home = new URL(repository === undefined ? '/v2/' : `/v2/${repository}/`, url)
    const anonymous = { authorization: undefined, username: '', password: undefined }
    const configured = () => configuredIdentity(home, settings, () => this.#auths?.of(...names))
    return new Conversation({
      http: this.#options.http,
      tokens: this.#tokens,
      challenges: this.#challenges,
      manners: this.#manners,
      lanes: this.#lanes,
      lane: address,
      throttle: this.#throttleOf(address, settings),
      home,
      purpose: 'peer',
      tlsOf: tlsOf(home, tls, tlsTowards(home, settings, this.#options)),
      scope: repository === undefined ? '' : `repository:${repository}:pull`,
      identities: () => identitiesOf(anonymous, configured()),
      headers,
      now: this.#now,
    })
  }

  #throttleOf(address: string, settings: RegistrySettings | undefined): Throttle | undefined {
    if (settings?.bandwidth === undefined) return undefined
    const known = this.#throttles.get(address) ?? new Throttle(settings.bandwidth, this.#clock)
    this.#throttles.set(address, known)
    return known
  }
}

/** Tells what the one who takes the bytes threw from what went wrong on the way. */
class Taker {
  thrown: unknown
  readonly take: ((chunk: Uint8Array) => Promise<void>) | undefined

  constructor(take: PeerAsk['take']) {
    if (take === undefined) return
    this.take = async (chunk) => {
      try {
        await take(chunk)
      } catch (error) {
        this.thrown = error
        throw error
      }
    }
  }
}

/** The cluster's own towards the peer; an authority that it trusts is trusted wherever the peer leads to. */
function tlsOf(home: URL, own: TlsSettings | undefined, elsewhere: (url: URL) => TlsSettings) {
  return (url: URL): TlsSettings => {
    if (url.origin === home.origin) return own ?? {}
    return { ...(own?.caCert === undefined ? {} : { caCert: own.caCert }), ...elsewhere(url) }
  }
}

/** What the conversation itself refuses: a pause that was asked for, a token that was not given, a strange redirect. */
function ofPeer(failure: Failure, where: Where): unknown {
  const { side, code, message, cause, facts, retryAfterMs } = failure
  if (cause instanceof HttpFault) return peerFaultOf(cause, where, String(facts['host']))
  if (side !== 'registry') return failure
  const own = code === 'registry.busy' ? 'peer.busy' : code === 'registry.denied' ? 'peer.denied' : 'peer.misconfigured'
  return new Failure(own, message, { facts, cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
}
