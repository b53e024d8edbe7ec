// The driver of Dragonfly: each peer is told to fetch, over gRPC, and its word is proven piece by piece.

import type { Blob } from '../../model/blob.ts'
import { blobKey, hostOf } from '../../model/blob.ts'
import { Failure } from '../../model/failure.ts'
import type { Peer, PeerHealth } from '../../model/peer.ts'
import type {
  BlobContext,
  Capabilities,
  Discovered,
  PeerDriver,
  Presence,
  WarmContext,
  Warmed,
} from '../../model/driver.ts'
import type { PeerDoor } from '../../model/peer-http.ts'
import type { Clock } from '../../model/ports.ts'
import { hostAndPort } from '../../kit/fields.ts'
import { Caller, type CallOptions } from './call.ts'
import { mainSource, movedInAll, Tally } from './download.ts'
import { foreseen } from './foresee.ts'
import { Holdings, type Held } from './holdings.ts'
import { findHosts, type HostFacts } from './hosts.ts'
import { Lines, type LinesOptions } from './lines.ts'
import { Namings } from './naming.ts'
import { usualPieceLength } from './pieces.ts'
import { askedOf, downloadOf, idOf, type Asked } from './request.ts'
import type { DragonflySettings } from './settings.ts'
import { bareTaskId, namings, type Naming } from './task-id.ts'
import type { Wire } from './wire.ts'

export interface DriverOptions extends LinesOptions {
  readonly settings: DragonflySettings
  readonly wire: Wire
  readonly door: PeerDoor
  readonly clock: Clock
  /** For one short call: a look, a proof, a health check, a scheduler's list. */
  readonly rpcTimeoutMs: number
  /** How long a peer that fetches may give no news. */
  readonly answerWithinMs: number
}

/** What one or two downloads brought, and what is there after them. */
interface Fetched {
  readonly tally: Tally
  readonly taskId: string
  readonly held: Held
}

export class DragonflyDriver implements PeerDriver {
  readonly kind = 'dragonfly'
  readonly can: Capabilities = {
    sharesPieces: true,
    bodyThroughUs: false,
    probe: 'exact',
    cancel: 'detaches',
    evict: true,
    documents: false, // nodes' pulls of manifests go past the peers
    files: true,
    resumed: 'believed',
  }
  /** Only where there are schedulers. */
  readonly discover?: (signal: AbortSignal) => Promise<readonly Discovered[]>
  readonly #options: DriverOptions
  readonly #lines: Lines
  readonly #caller: Caller
  readonly #holdings: Holdings
  readonly #namings: Namings
  #facts: ReadonlyMap<string, HostFacts> = new Map()

  constructor(options: DriverOptions) {
    const { wire, clock, settings, rpcTimeoutMs } = options
    this.#options = options
    this.#lines = new Lines(options)
    this.#caller = new Caller(this.#lines, () => clock.now())
    this.#holdings = new Holdings(this.#caller, wire, rpcTimeoutMs)
    this.#namings = new Namings(options)
    if (settings.schedulers.length > 0) this.discover = (signal) => this.#discover(signal)
  }

  async health(peer: Peer, signal: AbortSignal): Promise<Omit<PeerHealth, 'checkedAtMs'>> {
    const { version = null, diskFree = null } = this.#facts.get(peer.address) ?? {}
    const answer = (state: PeerHealth['state'], detail: string) => ({ state, detail, version, diskFree, held: null })
    try {
      const { rpcTimeoutMs, wire } = this.#options
      const options = { address: peer.address, place: { who: nameOf(peer), what: 'its health', origin: '' }, signal }
      const serves = await this.#caller.ask(wire.check, { service: '' }, rpcTimeoutMs, options)
      return serves ? answer('up', '') : answer('down', 'it says that it does not serve')
    } catch (error) {
      return answer('down', error instanceof Failure ? error.message : 'it did not answer in time')
    }
  }

  /**
   * While it is not known how pulls name blobs, what is there under any of the names counts. A file blob whose url is
   * `task:<hex>` means the task of that id.
   */
  async probe(peer: Peer, blob: Blob, context: BlobContext): Promise<Presence> {
    let found: Presence = 'absent'
    for (const taskId of this.#taskIds(blob, context)) {
      const presence = await this.#presenceOf(taskId, blob.size, callAt(peer, blob, context.signal))
      if (presence === 'present') return presence
      if (presence === 'partial') found = presence
    }
    return found
  }

  async evict(peer: Peer, blob: Blob, context: BlobContext): Promise<boolean> {
    let held = false
    for (const taskId of this.#taskIds(blob, context)) {
      held = (await this.#holdings.forget(taskId, callAt(peer, blob, context.signal))) || held
    }
    return held
  }

  async warm(peer: Peer, blob: Blob, context: WarmContext): Promise<Warmed> {
    context.signal.throwIfAborted()
    const options = callAt(peer, blob, context.signal)
    const { settings } = this.#options
    const naming = this.#namings.known(blob, context.image?.namespace) ?? (await this.#learn(peer, blob, context))
    const asked = askedOf(blob, context, settings, naming)
    const first = await this.#fetch(asked, blob, context, options)
    if (fits(first.held, blob)) return warmedBy(first, blob, context)
    // What was there before this call may be damaged or half; what was just fetched in full will not be another.
    if (first.held.isWhole && !first.tally.isHit) return this.#refuse(first, blob, options)
    await this.#holdings.forget(first.taskId, options)
    const second = await this.#fetch(asked, blob, context, options)
    return fits(second.held, blob) ? warmedBy(second, blob, context, first) : this.#refuse(second, blob, options)
  }

  async foresee(context: BlobContext, blobs: readonly Blob[]): Promise<readonly string[]> {
    const [first] = blobs
    if (first === undefined) return []
    return foreseen(context, this.#namings.known(first, context.image?.namespace), this.#options.settings)
  }

  async close(): Promise<void> {
    this.#lines.close()
  }

  async #discover(signal: AbortSignal): Promise<readonly Discovered[]> {
    const { wire, settings, rpcTimeoutMs } = this.#options
    const { schedulers } = settings
    const options = { lines: this.#lines, caller: this.#caller, wire, schedulers, withinMs: rpcTimeoutMs }
    const { peers, facts } = await findHosts(options, signal)
    this.#facts = facts
    return peers
  }

  #learn(peer: Peer, blob: Blob, context: WarmContext): Promise<Naming> {
    const host = hostAndPort(peer.address)?.host ?? peer.address
    const port = this.#facts.get(peer.address)?.proxyPort ?? this.#options.settings.proxyPort
    const proxy = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    return this.#namings.learn({ blob, context, proxy, place: callAt(peer, blob, context.signal).place })
  }

  #taskIds(blob: Blob, context: BlobContext): readonly string[] {
    const bare = bareTaskId(blob.url)
    if (bare !== undefined) return [bare]
    const known = this.#namings.known(blob, context.image?.namespace)
    const candidates = known === undefined ? Object.values(namings) : [known]
    return [...new Set(candidates.map((naming) => idOf(askedOf(blob, context, this.#options.settings, naming))))]
  }

  async #presenceOf(taskId: string, size: number | null, options: CallOptions): Promise<Presence> {
    const task = await this.#holdings.look(taskId, options)
    if (task === null || task.contentLength === null) return 'absent'
    const held = await this.#holdings.proveTask(taskId, task, options)
    return held.isWhole && (size === null || held.size === size) ? 'present' : 'partial'
  }

  async #fetch(asked: Asked, blob: Blob, context: WarmContext, options: CallOptions): Promise<Fetched> {
    const { wire, answerWithinMs } = this.#options
    const download = downloadOf(asked, await context.origin.authorization(blob, context.signal))
    const tally = new Tally(blob.size, context.progress)
    await this.#caller.follow(wire.downloadTask, { download }, answerWithinMs, { ...options, take: tally.take })
    const taskId = tally.taskId || idOf(asked)
    if (asked.byDigest && taskId !== idOf(asked)) throw ignoresDigest(options)
    const { pieceLength } = asked.identity
    const usual =
      blob.size === null ? null : { size: blob.size, pieceLength: pieceLength ?? usualPieceLength(blob.size) }
    return { tally, taskId, held: await this.#holdings.prove(taskId, tally.expected ?? usual, options) }
  }

  /** Throws. What is whole and yet of another length than the blob is of no use to anybody. */
  async #refuse({ held, taskId }: Fetched, blob: Blob, options: CallOptions): Promise<never> {
    const { who, what, origin } = options.place
    if (!held.isWhole) {
      throw new Failure(
        'peer.not-cached',
        `${what} is not cached by the peer: ${who} said that it is done, but not all pieces are there.`,
      )
    }
    await this.#holdings.forget(taskId, options)
    const sentence = `${who} was given ${held.size} bytes by ${origin} for ${what}, which has ${blob.size}.`
    throw new Failure('registry.wrong-digest', sentence)
  }
}

const nameOf = ({ hostname, address }: Peer): string =>
  address.startsWith(`${hostname}:`) || hostname === '' ? `The peer ${address}` : `The peer ${hostname} (${address})`

const callAt = (peer: Peer, blob: Blob, signal: AbortSignal): CallOptions => ({
  address: peer.address,
  place: { who: nameOf(peer), what: blobKey(blob), origin: hostOf(blob) },
  signal,
})

/** The daemon checks no digest on this way; a length it does know. */
const fits = ({ isWhole, size }: Held, blob: Blob): boolean => isWhole && (blob.size === null || size === blob.size)

function warmedBy({ tally, held }: Fetched, blob: Blob, context: WarmContext, before?: Fetched): Warmed {
  const bytes = held.size ?? 0
  context.progress(bytes)
  const moved = movedInAll(tally.isHit ? { local: bytes } : tally.moved, before?.tally.moved)
  const source = tally.isHit ? 'local' : mainSource(moved)
  return { digest: blob.digest, bytes, moved, source, proof: 'pieces' }
}

function ignoresDigest({ place }: CallOptions): Failure {
  const why = 'it does not name blobs by their digest, as its cluster says'
  return new Failure(
    'peer.misconfigured',
    `${place.who} cannot be trusted with ${place.what}: ${why}; set task_id for the cluster to url.`,
  )
}
