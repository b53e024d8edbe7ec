// One get_task or delete_task while it is conducted: every peer of the clusters is asked after one thing, or told to
// forget it.

import { eachAtMost } from '../kit/each.ts'
import { anyOf } from '../kit/signals.ts'
import type { Blob } from '../model/blob.ts'
import { asFailure, Failure, type Problem } from '../model/failure.ts'
import type { Progress, TaskRequest } from '../model/job.ts'
import type { Peer } from '../model/peer.ts'
import type { Crew, PeerDriver } from '../model/driver.ts'
import type { Claim, JobChange, JobEnd } from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import { deadline } from './deadline.ts'
import { identityOf } from './identity.ts'
import { Ledger } from './ledger.ts'
import { canSay, muteWarning } from './look.ts'
import { listed, nameOfBlob, nameOfCluster, nameOfPeer } from './names.ts'
import { waitingTask } from './plan.ts'
import { refuseHopeless, type RunPorts } from './run.ts'
import { subjectOf } from './subject.ts'
import { leaseLost, Writer } from './writer.ts'

/** A peer that says nothing for so long is counted as silent. */
const answerWithinMs = 30_000

export class Errand {
  readonly #ports: RunPorts
  readonly #claim: Claim
  readonly #request: TaskRequest
  readonly #signal: AbortSignal
  #crews: readonly Crew[] = []
  #ledger = new Ledger([])
  #writer: Writer

  constructor(ports: RunPorts, claim: Claim, signal: AbortSignal) {
    this.#ports = ports
    this.#claim = claim
    this.#request = taskOf(claim)
    this.#signal = signal
    this.#writer = new Writer(ports, claim.lease, this.#ledger)
  }

  /** Succeeds when every peer gave a clear answer, whatever it was. Throws what `endBy` is to judge. */
  async toTheEnd(): Promise<JobEnd> {
    this.#signal.throwIfAborted()
    refuseHopeless(this.#claim, this.#ports.clock.now())
    await this.#change({ state: 'resolving' })
    const { clusterIds } = this.#claim.job
    const clusters = (await this.#ports.roster.clusters()).filter(({ id }) => clusterIds.includes(id))
    const crews = await Promise.all(clusters.map((cluster) => this.#ports.roster.crewOf(cluster, this.#signal)))
    this.#crews = crews.filter((crew) => this.#isAble(crew))
    if (this.#crews.length === 0) throw noneAble(crews, this.#request)
    const mute = crews.filter((crew) => !this.#isAble(crew))
    await this.#plan(mute.map((crew) => this.#warning(crew)))
    await this.#askAll()
    const problem = problemOf(this.#ledger.tasks)
    return { state: problem === null ? 'succeeded' : 'failed', problem, progress: this.#progress }
  }

  /** What an accident means for the job. Throws on when the job is not to be settled by us. */
  endBy(error: unknown): JobEnd {
    const failure = asFailure(this.#signal.aborted ? this.#signal.reason : error)
    const { code, problem, facts } = failure
    if (code === 'self.stopping' || code === 'store.unavailable') throw failure
    const { announce, clock } = this.#ports
    const job = this.#claim.job.id
    announce({ at: 'job.failed', job, problem, facts })
    if (code === 'self.fault') announce({ at: 'fault', where: `job ${job}`, error: failure.cause })
    this.#ledger.close(failure, clock.now())
    const state = code === 'job.cancelled' ? 'cancelled' : 'failed'
    return { state, problem, progress: this.#progress }
  }

  /** Writes what has changed since the last time. */
  flush(): Promise<void> {
    return this.#writer.flush()
  }

  letGo(): void {
    for (const { driver } of this.#crews) driver.settled?.(this.#claim.job.id)
  }

  /** How large the thing is was never asked. */
  get #progress(): Progress {
    return { ...this.#ledger.progress, bytesTotal: null }
  }

  #isAble(crew: Crew): boolean {
    return this.#request.type === 'get_task' ? canSay(crew) : crew.driver.can.evict
  }

  #warning(crew: Crew): string {
    return this.#request.type === 'get_task' ? muteWarning(crew) : keepWarning(crew)
  }

  async #plan(warnings: readonly string[]): Promise<void> {
    const blob = subjectOf(this.#request)
    const peers = this.#crews.flatMap(({ members }) => members.map(({ peer }) => peer))
    if (peers.length === 0) {
      const where = listed(this.#crews.map(({ cluster }) => nameOfCluster(cluster)))
      throw new Failure('peer.none', `There is no peer in ${where}.`)
    }
    this.#ledger = new Ledger(peers.map((peer, ordinal) => waitingTask(ordinal, peer, blob)))
    this.#writer = new Writer(this.#ports, this.#claim.lease, this.#ledger)
    await this.#change({ state: 'warming', warnings, progress: this.#progress })
    await this.#writer.plan()
  }

  async #askAll(): Promise<void> {
    const drivers = new Map(this.#crews.map(({ cluster, driver }) => [cluster.id, driver]))
    const stop = new AbortController()
    const signal = anyOf(this.#signal, stop.signal)
    const writing = this.#writer.keepWriting(signal).catch((error: unknown) => stop.abort(error))
    try {
      await eachAtMost(this.#ledger.tasks, this.#request.concurrentPeers, signal, async ({ ordinal, peer, blob }) => {
        const driver = drivers.get(peer.clusterId)
        if (driver !== undefined) await this.#askOne(ordinal, { peer, driver, blob }, signal)
      })
    } finally {
      stop.abort()
      await writing
    }
  }

  async #askOne(ordinal: number, ask: Ask, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports
    this.#ledger.begin(ordinal, clock.now())
    const late = () => new Failure('peer.slow', `Peer ${nameOfPeer(ask.peer)} did not answer within 30 s.`)
    const until = deadline(clock, answerWithinMs, signal, late)
    try {
      await (this.#request.type === 'get_task' ? this.#find(ask, until.signal) : this.#evict(ask, until.signal))
      const held = { digest: ask.blob.digest, bytes: 0, moved: {}, proof: 'peer-status' } as const
      const source = this.#request.type === 'get_task' ? 'local' : null
      this.#ledger.warmed(ordinal, { ...held, source }, clock.now())
    } catch (error) {
      signal.throwIfAborted()
      const failure = asFailure(until.isOver() ? until.signal.reason : error)
      this.#ledger.failed(ordinal, failure.problem, clock.now())
      this.#tell(ask, failure)
    } finally {
      until.off()
    }
  }

  #tell({ peer, blob }: Ask, { code, problem, facts, cause }: Failure): void {
    const { announce } = this.#ports
    const job = this.#claim.job.id
    if (code !== 'peer.not-cached') {
      announce({ at: 'task.failed', job, peer: peer.id, blob: nameOfBlob(blob), problem, facts })
    }
    if (code === 'self.fault') announce({ at: 'fault', where: this.#request.type, error: cause })
  }

  /** Throws where the peer does not hold it. */
  async #find({ peer, driver, blob }: Ask, signal: AbortSignal): Promise<void> {
    const presence = await driver.probe(peer, blob, { image: null, identity: identityOf(this.#request), signal })
    if (presence === 'present') return
    const [who, what] = [nameOfPeer(peer), nameOfBlob(blob)]
    if (presence === 'absent') throw notHeld(peer, blob)
    if (presence === 'partial') throw new Failure('peer.not-cached', `Peer ${who} holds only a part of ${what}.`)
    throw new Failure('peer.unsupported', `Peer ${who} cannot say whether it holds ${what}.`)
  }

  /** Throws where the peer did not hold it. */
  async #evict({ peer, driver, blob }: Ask, signal: AbortSignal): Promise<void> {
    const context = { image: null, identity: identityOf(this.#request), signal }
    if ((await driver.evict?.(peer, blob, context)) !== true) throw notHeld(peer, blob)
  }

  async #change(change: JobChange): Promise<void> {
    if (!(await this.#ports.queue.change(this.#claim.lease, change))) throw leaseLost()
  }
}

function taskOf({ job: { id, request } }: Claim): TaskRequest {
  if (request.type === 'get_task' || request.type === 'delete_task') return request
  throw new TypeError(`job ${id} is of the type ${request.type}`)
}

interface Ask {
  readonly peer: Peer
  readonly driver: PeerDriver
  readonly blob: Blob
}

const notHeld = (peer: Peer, blob: Blob): Failure =>
  new Failure('peer.not-cached', `${nameOfBlob(blob)} is not cached by the peer ${nameOfPeer(peer)}.`)

const keepWarning = ({ cluster, driver }: Crew): string =>
  `The peers of ${nameOfCluster(cluster)} were not asked: those of the kind ${driver.kind} cannot be made to forget.`

function noneAble(crews: readonly Crew[], { type }: TaskRequest): Failure {
  if (crews.length === 0) return new Failure('peer.none', 'None of the clusters of this job exists any more.')
  const kinds = listed([...new Set(crews.map(({ driver }) => driver.kind))])
  const what = type === 'get_task' ? 'say for sure what they hold' : 'be made to forget what they hold'
  return new Failure('peer.unsupported', `The peers of these clusters, of the kind ${kinds}, cannot ${what}.`)
}

/** That a peer does not hold it is an answer, and no failure of the job. */
function problemOf(tasks: readonly Task[]): Problem | null {
  const unclear = tasks.flatMap(({ problem }) =>
    problem === null || problem.code === 'peer.not-cached' ? [] : [problem],
  )
  const [first] = unclear
  if (first === undefined || unclear.length === 1) return first ?? null
  const message = `${unclear.length} of ${tasks.length} peers gave no clear answer, the first because: ${first.message}`
  return { ...first, message }
}
