// The way to all origins: what a request consists of, and where its bytes are read.

import { createHash } from 'node:crypto'
import { Lanes } from '../kit/gate.ts'
import type { HttpClient } from '../kit/http.ts'
import { Share } from '../kit/share.ts'
import type { Digest } from '../model/digest.ts'
import type { FileRequest, ImageRequest, JobRequest, JobSecrets } from '../model/job.ts'
import type { Origins, Resolved } from '../model/ports.ts'
import type { PlatformPolicy } from './choice.ts'
import { Conversation } from './conversation.ts'
import { baseOf, credentialOf, settingsOf, tlsTowards, travellingHeaders } from './endpoint.ts'
import type { RegistryBook, RegistrySettings } from './endpoint.ts'
import { resolveFiles } from './files.ts'
import { resolveImage } from './image.ts'
import { Tokens } from './token.ts'

/** Requests to one origin at the same time; registries limit clients at some dozen. */
const usualConcurrency = 32

export interface RegistryOptions extends RegistryBook {
  readonly http: HttpClient
  /** What is taken of an index when neither the request nor the registry's settings say: `os/arch[/variant]` or `all`. */
  readonly platforms: readonly string[]
  /** Requests to one origin at the same time, over all jobs. */
  readonly concurrency?: number
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

export class RegistryOrigins implements Origins {
  readonly #options: RegistryOptions
  readonly #tokens: Tokens
  readonly #lanes: Lanes
  readonly #flights = new Share<Resolved>()

  constructor(options: RegistryOptions) {
    this.#options = options
    this.#tokens = new Tokens(options.http, options.now ?? (() => Date.now()))
    this.#lanes = new Lanes(options.concurrency ?? usualConcurrency)
  }

  /** Equal requests at the same time share one flight, so that a burst asks the registry once. */
  async resolve(
    request: JobRequest,
    secrets: JobSecrets,
    pinned: Digest | null,
    signal: AbortSignal,
    wish: readonly string[] = [],
  ): Promise<Resolved> {
    const key = flightKey(request, secrets, pinned, wish)
    const { result } = await this.#flights.join(key, signal, (stop) =>
      request.type === 'image'
        ? this.#image(request, secrets, { pinned, wish }, stop)
        : this.#files(request, secrets, stop),
    )
    return result
  }

  #image(
    request: ImageRequest,
    secrets: JobSecrets,
    { pinned, wish }: { readonly pinned: Digest | null; readonly wish: readonly string[] },
    signal: AbortSignal,
  ): Promise<Resolved> {
    const { reference } = request
    const settings = settingsOf(this.#options, reference.namespace, reference.host)
    const repositoryUrl = `${baseOf(reference, this.#options)}/v2/${reference.repository}/`
    const conversation = this.#converse(new URL(repositoryUrl), {
      request,
      secrets,
      settings,
      scope: scopeOf(reference),
    })
    const at = pinned ?? reference.digest ?? reference.tag ?? 'latest'
    const policy = this.#policy(request.platforms, wish, settings)
    return resolveImage({ conversation, reference, repositoryUrl, at, policy }, signal)
  }

  #files(request: FileRequest, secrets: JobSecrets, signal: AbortSignal): Promise<Resolved> {
    const conversations = new Map<string, Conversation>()
    const converse = (url: URL) => {
      const settings = settingsOf(this.#options, url.host)
      const known = conversations.get(url.origin) ?? this.#converse(url, { request, secrets, settings, scope: '' })
      conversations.set(url.origin, known)
      return known
    }
    return resolveFiles(secrets.urls ?? request.urls, converse, signal)
  }

  #converse(
    home: URL,
    by: {
      readonly request: JobRequest
      readonly secrets: JobSecrets
      readonly settings: RegistrySettings | undefined
      readonly scope: string
    },
  ): Conversation {
    const { request, secrets, settings, scope } = by
    return new Conversation({
      http: this.#options.http,
      tokens: this.#tokens,
      lanes: this.#lanes,
      home,
      purpose: request.type === 'image' ? 'registry' : 'file',
      tlsOf: tlsTowards(home, settings, this.#options),
      scope,
      credential: credentialOf(secrets.username ?? request.username, secrets.password, settings),
      headers: travellingHeaders(secrets.headers ?? {}),
    })
  }

  #policy(asked: readonly string[], wish: readonly string[], settings: RegistrySettings | undefined): PlatformPolicy {
    if (asked.length > 0) return { platforms: asked, explicit: true }
    if (wish.length > 0) return { platforms: wish, explicit: false }
    const configured = settings?.platforms ?? []
    return { platforms: configured.length > 0 ? configured : this.#options.platforms, explicit: false }
  }
}

const scopeOf = ({ repository }: { readonly repository: string }): string => `repository:${repository}:pull`

/** Everything that an answer depends on, hashed because secrets are among it. */
function flightKey(request: JobRequest, secrets: JobSecrets, pinned: Digest | null, wish: readonly string[]): string {
  const what = request.type === 'image' ? [request.reference, request.platforms] : [secrets.urls ?? request.urls]
  const parts = [
    request.type,
    what,
    secrets.username ?? request.username,
    secrets.password,
    secrets.headers,
    pinned,
    wish,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64')
}
