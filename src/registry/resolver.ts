// The way to all origins: what a request consists of, and where its bytes are read.

import { createHash } from 'node:crypto'
import { systemClock } from '../kit/clock.ts'
import { Lanes } from '../kit/gate.ts'
import type { HttpClient } from '../kit/http.ts'
import { Recent } from '../kit/recent.ts'
import { Share } from '../kit/share.ts'
import { Throttle } from '../kit/throttle.ts'
import type { FileRequest, ImageRequest, JobSecrets, PreheatRequest } from '../model/job.ts'
import type { Clock, Meant, Origins, Resolved } from '../model/ports.ts'
import type { Challenge } from './challenge.ts'
import type { PlatformPolicy } from './choice.ts'
import { Conversation } from './conversation.ts'
import { identitiesOf, type Identity } from './credentials.ts'
import { DockerAuths } from './docker-auths.ts'
import { baseOf, configuredIdentity, proxyHeaders, settingsOf, tlsTowards, travellingHeaders } from './endpoint.ts'
import type { RegistryBook, RegistrySettings } from './endpoint.ts'
import { expiryOf } from './expiry.ts'
import { resolveFiles } from './files.ts'
import { resolveImage } from './image.ts'
import { Manners } from './manners.ts'
import { Shelf } from './shelf.ts'
import { Tokens } from './token.ts'

/** Requests to one origin at the same time; registries limit clients at some dozen. */
const usualConcurrency = 32
/** Repositories whose way of asking is known at the same time. */
const mostChallenges = 4096
/** Origins whose bandwidth is watched at the same time. */
const mostThrottles = 1024

export interface RegistryOptions extends RegistryBook {
  readonly http: HttpClient
  /** What is taken of an index when neither the request, its cluster nor the registry's settings say. */
  readonly platforms: readonly string[]
  /** Requests to one origin at the same time, over all jobs, where its settings do not say. */
  readonly concurrency?: number
  /** Bytes per second from one origin, over all jobs, where its settings do not say. Default: as many as come. */
  readonly bandwidth?: number | undefined
  readonly clock?: Clock
}

type Found = Omit<Resolved, 'expiresAtMs'>

export class RegistryOrigins implements Origins {
  readonly #options: RegistryOptions
  readonly #clock: Clock
  readonly #tokens: Tokens
  readonly #challenges = new Recent<Challenge>(mostChallenges)
  readonly #manners: Manners
  readonly #lanes: Lanes
  readonly #shelf = new Shelf()
  readonly #auths: DockerAuths | undefined
  /** By origin; one that has no limit has none. */
  readonly #throttles = new Recent<Throttle>(mostThrottles)
  readonly #flights = new Share<Found>()

  constructor(options: RegistryOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#tokens = new Tokens(options.http, this.#now)
    this.#manners = new Manners(this.#now)
    const widthOf = (name: string) => settingsOf(options, name)?.concurrency ?? options.concurrency
    this.#lanes = new Lanes((name) => widthOf(name) ?? usualConcurrency)
    this.#auths = options.dockerConfig === undefined ? undefined : new DockerAuths(options.dockerConfig)
  }

  /** Equal requests at the same time share one flight, so that a burst asks the registry once. */
  async resolve(request: PreheatRequest, secrets: JobSecrets, meant: Meant, signal: AbortSignal): Promise<Resolved> {
    const { result } = await this.#flights.join(flightKey(request, secrets, meant), signal, (stop) =>
      request.type === 'image' ? this.#image(request, secrets, meant, stop) : this.#files(request, secrets, stop),
    )
    const { authorization } = travellingHeaders(secrets.headers ?? {})
    return { ...result, expiresAtMs: authorization === undefined ? null : (expiryOf(authorization) ?? null) }
  }

  readonly #now = (): number => this.#clock.now()

  #image(request: ImageRequest, secrets: JobSecrets, meant: Meant, signal: AbortSignal): Promise<Found> {
    const { reference } = request
    const names = [reference.namespace, reference.host] as const
    const repositoryUrl = `${baseOf(reference, this.#options)}/v2/${reference.repository}/`
    const scope = `repository:${reference.repository}:pull`
    const conversation = this.#converse(new URL(repositoryUrl), { request, secrets, names, scope })
    const at = meant.pinned ?? reference.digest ?? reference.tag ?? 'latest'
    const policy = this.#policy(request.platforms, meant.wish, settingsOf(this.#options, ...names))
    const ask = { conversation, shelf: this.#shelf, reference, repositoryUrl, at, policy, now: this.#now }
    return resolveImage(ask, signal)
  }

  #files(request: FileRequest, secrets: JobSecrets, signal: AbortSignal): Promise<Found> {
    const conversations = new Map<string, Conversation>()
    const converse = (url: URL) => {
      const known =
        conversations.get(url.origin) ?? this.#converse(url, { request, secrets, names: [url.host], scope: '' })
      conversations.set(url.origin, known)
      return known
    }
    const { filteredQueryParams } = request
    return resolveFiles({ urls: secrets.urls ?? request.urls, filteredQueryParams, converse, now: this.#now }, signal)
  }

  #converse(
    home: URL,
    by: {
      readonly request: PreheatRequest
      readonly secrets: JobSecrets
      /** By which the settings may know the origin. */
      readonly names: readonly [string, ...string[]]
      readonly scope: string
    },
  ): Conversation {
    const { request, secrets, names, scope } = by
    const settings = settingsOf(this.#options, ...names)
    const { authorization, ...headers } = travellingHeaders(secrets.headers ?? {})
    const username = secrets.username ?? request.username
    const brought = { authorization, username, password: secrets.password }
    const configured = (): Identity | undefined => configuredIdentity(home, settings, () => this.#auths?.of(...names))
    return new Conversation({
      http: this.#options.http,
      tokens: this.#tokens,
      challenges: this.#challenges,
      manners: this.#manners,
      lanes: this.#lanes,
      lane: names[0],
      throttle: this.#throttleOf(names[0], settings),
      home,
      purpose: request.type === 'image' ? 'registry' : 'file',
      tlsOf: tlsTowards(home, settings, this.#options),
      scope,
      identities: () => identitiesOf(brought, configured()),
      headers,
      proxyHeaders: (proxy) => proxyHeaders(proxy, this.#options),
      now: this.#now,
    })
  }

  #throttleOf(name: string, settings: RegistrySettings | undefined): Throttle | undefined {
    const bandwidth = settings?.bandwidth ?? this.#options.bandwidth
    if (bandwidth === undefined) return undefined
    const known = this.#throttles.get(name)
    if (known !== undefined) return known
    const throttle = new Throttle(bandwidth, this.#clock)
    this.#throttles.set(name, throttle)
    return throttle
  }

  #policy(asked: readonly string[], wish: readonly string[], settings: RegistrySettings | undefined): PlatformPolicy {
    if (asked.length > 0) return { platforms: asked, explicit: true }
    const own = settings?.platforms ?? []
    if (wish.length > 0) return { platforms: wish, explicit: false }
    return { platforms: own.length > 0 ? own : this.#options.platforms, explicit: false }
  }
}

/** Everything that an answer depends on, hashed because secrets are among it. */
function flightKey(request: PreheatRequest, secrets: JobSecrets, meant: Meant): string {
  const what =
    request.type === 'image'
      ? [request.reference, request.platforms]
      : [secrets.urls ?? request.urls, request.filteredQueryParams]
  const who = [secrets.username ?? request.username, secrets.password, secrets.headers]
  return createHash('sha256')
    .update(JSON.stringify([request.type, what, who, meant]))
    .digest('base64')
}
