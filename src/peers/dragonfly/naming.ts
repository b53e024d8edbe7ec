// Learns how nodes' pulls name blobs, by pulling one through a peer's own proxy as a node does.

import { Share } from '../../kit/share.ts'
import { Recent } from '../../kit/recent.ts'
import type { Blob } from '../../model/blob.ts'
import { Failure } from '../../model/failure.ts'
import type { WarmContext } from '../../model/driver.ts'
import type { PeerAnswer, PeerDoor } from '../../model/peer-http.ts'
import type { Clock } from '../../model/ports.ts'
import { refusedByOrigin, type Place } from './refusal.ts'
import { nodesUrl, withNamespace } from './request.ts'
import { mebibyte, type DragonflySettings } from './settings.ts'
import { isBlobUrl, namings, taskIdOf, type Naming } from './task-id.ts'

/** What is learned is believed for so long: peers may be given another configuration. */
const believedMs = 10 * 60 * 1000
/** Registries of one cluster. */
const mostRegistries = 1000
/** Peers that one warming asks, where those before had trouble of their own. */
const mostPeersAsked = 3

const oldUrl: Naming = { byDigest: false, withNamespace: true }

export interface NamingsOptions {
  readonly door: PeerDoor
  readonly clock: Clock
  readonly settings: DragonflySettings
  /** Until the proxy's answer begins; the peer fetches the blob first. */
  readonly answerWithinMs: number
}

/** Whom a lesson is taken from. */
export interface Lesson {
  readonly blob: Blob
  readonly context: WarmContext
  readonly place: Place
  /** `host:port` of the peer's proxy. */
  readonly proxy: string
}

export class Namings {
  readonly #options: NamingsOptions
  readonly #learned = new Recent<{ readonly naming: Naming; readonly untilMs: number }>(mostRegistries)
  readonly #flights = new Share<Naming>()

  constructor(options: NamingsOptions) {
    this.#options = options
  }

  /** As it is set, or was learned; undefined where it would have to be learned. */
  known(blob: Blob, namespace: string | undefined): Naming | undefined {
    const { settings, clock } = this.#options
    if (!isBlobUrl(blob.url)) return namings.url
    if (settings.taskId !== 'auto') return namings[settings.taskId]
    const learned = this.#learned.get(registryOf(blob, namespace))
    return learned !== undefined && clock.now() < learned.untilMs ? learned.naming : undefined
  }

  /**
   * Asked once for all who want to know of a registry at the same time. Throws `peer.misconfigured` where it cannot be
   * learned, and other Failures of side `peer` or `registry` where it can be tried again.
   */
  async learn(lesson: Lesson): Promise<Naming> {
    const { blob, context } = lesson
    const registry = registryOf(blob, context.image?.namespace)
    let led = false
    const lead = (signal: AbortSignal) => {
      led = true
      return this.#ask(lesson, signal)
    }
    for (let asked = 1; ; asked++) {
      try {
        const { result } = await this.#flights.join(registry, context.signal, lead)
        this.#learned.set(registry, { naming: result, untilMs: this.#options.clock.now() + believedMs })
        return result
      } catch (error) {
        // It was another's peer that could not answer: this one may.
        if (led || context.signal.aborted || asked === mostPeersAsked || !isPassing(error)) throw error
      }
    }
  }

  async #ask(lesson: Lesson, signal: AbortSignal): Promise<Naming> {
    const { context, place, proxy } = lesson
    const { door, answerWithinMs } = this.#options
    const { smallest } = context
    const sample = smallest !== undefined && isBlobUrl(smallest.url) ? smallest : lesson.blob
    const authorization = await context.origin.authorization(sample, signal)
    const { url, ask } = this.#pullOf(sample, context)
    const headers = { ...ask.headers, ...(authorization === undefined ? {} : { authorization }) }
    try {
      const answer = await door.ask({ address: proxy, tls: undefined }, ask.path, {
        method: 'GET', // in full: after a read of a part a peer would call the blob finished
        headers,
        take: () => {},
        firstByteMs: answerWithinMs,
        signal,
      })
      return this.#namingIn(answer, url, lesson)
    } catch (error) {
      throw error instanceof Failure && error.side === 'peer' ? advised(error, place) : error
    }
  }

  /** What a node's containerd asks its peer, with the hosts.toml that Dragonfly writes for it. */
  #pullOf(sample: Blob, { image }: WarmContext) {
    const { pulls } = this.#options.settings
    const url = nodesUrl(sample, image, this.#options.settings)
    const { origin, pathname, search } = new URL(image === null ? url : withNamespace(url, image.namespace))
    const headers = {
      'x-dragonfly-registry': origin,
      ...(pulls.tag === '' ? {} : { 'x-dragonfly-tag': pulls.tag }),
      ...(pulls.application === '' ? {} : { 'x-dragonfly-application': pulls.application }),
      ...(pulls.pieceLength === null ? {} : { 'x-dragonfly-piece-length': `${pulls.pieceLength / mebibyte}mib` }),
    }
    return { url, ask: { path: `${pathname}${search}`, headers } }
  }

  #namingIn(answer: PeerAnswer, url: string, lesson: Lesson): Naming {
    const { status, headers } = answer
    if (status !== 200) throw refusedByProxy(answer, lesson.place, this.#options.clock.now())
    const taskId = headers['x-dragonfly-task-id']
    const { who } = lesson.place
    if (taskId === undefined) {
      const why = 'its proxy passed a blob on and kept nothing; the rules of its proxy must match blobs/sha256'
      throw new Failure('peer.misconfigured', `${who} would not serve nodes: ${why}.`)
    }
    const naming = namingOf(taskId, url, lesson.context.image?.namespace, this.#options.settings)
    if (naming !== undefined) return naming
    const why = 'its proxy names blobs neither by digest nor by the address, tag and application of the settings'
    throw new Failure('peer.misconfigured', `${who} cannot be matched: ${why}.`)
  }
}

/** What the id of a pulled blob tells; undefined where it fits nothing. */
function namingOf(
  taskId: string,
  url: string,
  namespace: string | undefined,
  { pulls }: Pick<DragonflySettings, 'pulls'>,
): Naming | undefined {
  if (taskId === taskIdOf(url, true, pulls)) return namings['blob-digest']
  if (taskId === taskIdOf(url, false, pulls)) return namings.url
  if (namespace === undefined) return undefined
  const filteredQueryParams = pulls.filteredQueryParams.filter((name) => name !== 'ns')
  const old = taskIdOf(withNamespace(url, namespace), false, { ...pulls, filteredQueryParams })
  return taskId === old ? oldUrl : undefined
}

/** Nodes may spell each registry in a way of its own. */
const registryOf = (blob: Blob, namespace: string | undefined): string => namespace ?? new URL(blob.url).origin

const isPassing = (error: unknown): boolean => error instanceof Failure && error.side === 'peer' && error.temporary

function advised(failure: Failure, { who }: Place): Failure {
  const { code, message, facts, cause, retryAfterMs } = failure
  const advice = `${message} ${who} was asked how it names blobs: where its proxy cannot be asked, set task_id for the cluster.`
  return new Failure(code, advice, { facts, cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
}

function refusedByProxy({ status, headers, words }: PeerAnswer, place: Place, nowMs: number): Failure {
  const byWhom = headers['x-dragonfly-error-type']
  if (byWhom === 'backend' || (byWhom === undefined && [401, 403, 404].includes(status))) {
    return refusedByOrigin({ status, retryAfter: headers['retry-after'], words }, place, nowMs)
  }
  const code = status === 429 || status === 503 ? 'peer.busy' : status < 500 ? 'peer.denied' : 'peer.broken'
  return new Failure(code, `${place.who} answered a pull of a blob with status ${status}.`)
}
