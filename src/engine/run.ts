// One job while it is conducted: resolve, plan, warm, and what an accident means for it.

import { eachAtMost } from '../kit/each.ts'
import { anyOf } from '../kit/signals.ts'
import { letOthers } from '../kit/turns.ts'
import type { Announce } from '../model/event.ts'
import { asFailure, Failure } from '../model/failure.ts'
import type { Job, PreheatRequest } from '../model/job.ts'
import type { Peer } from '../model/peer.ts'
import type { PeerDriver, Roster } from '../model/driver.ts'
import type { Claim, Clock, JobChange, JobEnd, JobQueue, JobStore, Lease, Origins } from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import { choose } from './choose.ts'
import { identityOf } from './identity.ts'
import { Ledger } from './ledger.ts'
import { mayBecome } from './lifecycle.ts'
import { movedTag } from './moved-tag.ts'
import { nameOfBlob } from './names.ts'
import { bytesOf, crewsOf, resolveParts, waysOf, wholeOf } from './parts.ts'
import { patiently, type Patience } from './patience.ts'
import type { Places } from './places.ts'
import { groupTeams, peersKept, planTasks, resumeTasks, type Group, type Part } from './plan.ts'
import { usualPolicy } from './retry.ts'
import { stampedesOf } from './stampede.ts'
import { endedEarly, judge, stampedeWarnings } from './verdict.ts'
import { Warming } from './warm.ts'
import { Work } from './work.ts'
import { Worklist } from './worklist.ts'
import { leaseLost, Writer } from './writer.ts'

/** A job that has been claimed and given back so often brings its replicas down; it is ended instead. */
const mostBegun = 40
/** Peers that are told an image's name at the same time. */
const namedAtOnce = 16

export interface RunPorts {
  readonly origins: Origins
  readonly roster: Roster
  readonly queue: Pick<JobQueue, 'change' | 'savePlan' | 'saveTasks' | 'settle'>
  readonly tasks: Pick<JobStore, 'tasks'>
  /** For all jobs of this replica. */
  readonly places: Places
  readonly clock: Clock
  /** A number in [0,1). */
  readonly chance: () => number
  readonly announce: Announce
}

/** The state of one job while it is conducted. */
export class Run {
  readonly #ports: RunPorts
  readonly #claim: Claim
  readonly #request: PreheatRequest
  readonly #signal: AbortSignal
  #state: Job['state']
  #drivers: readonly PeerDriver[] = []
  #warnings: readonly string[] = []
  #parts: readonly Part[] = []
  #ledger = new Ledger([])
  #writer: Writer

  /** `request` is the claim's. */
  constructor(ports: RunPorts, claim: Claim, request: PreheatRequest, signal: AbortSignal) {
    this.#ports = ports
    this.#claim = claim
    this.#request = request
    this.#signal = signal
    this.#state = claim.job.state
    this.#writer = new Writer(ports, claim.lease, this.#ledger)
  }

  async toTheEnd(): Promise<JobEnd> {
    this.#signal.throwIfAborted()
    refuseHopeless(this.#claim, this.#ports.clock.now())
    const before = await this.#before()
    const groups = await this.#gather(before)
    await this.#change({ state: 'resolving' })
    this.#parts = await this.#resolve(groups)
    await this.#plan(before)
    await this.#warmAll()
    await this.#nameImage()
    return this.#verdict()
  }

  /** What an accident means for the job. Throws on when the job is not to be settled by us. */
  endBy(error: unknown): JobEnd {
    const failure = asFailure(this.#signal.aborted ? this.#signal.reason : error)
    if (failure.code === 'self.stopping' || failure.code === 'store.unavailable') throw failure
    const { announce, clock } = this.#ports
    const job = this.#claim.job.id
    announce({ at: 'job.failed', job, problem: failure.problem, facts: failure.facts })
    if (failure.code === 'self.fault') announce({ at: 'fault', where: `job ${job}`, error: failure.cause })
    const wayOf = waysOf(this.#parts)
    const problem = endedEarly(failure, this.#ledger.tasks, (peer) => wayOf(peer).driver)
    this.#ledger.close(failure, clock.now())
    const state = failure.code === 'job.cancelled' ? 'cancelled' : 'failed'
    return { state, problem, progress: this.#ledger.progress }
  }

  /** Writes what has changed since the last time. */
  flush(): Promise<void> {
    return this.#writer.flush()
  }

  letGo(): void {
    for (const driver of this.#drivers) driver.settled?.(this.#claim.job.id)
  }

  get #lease(): Lease {
    return this.#claim.lease
  }

  get #patience(): Patience {
    const { clock, chance } = this.#ports
    const { deadlineAtMs } = this.#claim.job
    return { policy: usualPolicy, clock, chance, deadlineAtMs, signal: this.#signal }
  }

  /** The tasks as they were left by whoever conducted the job before. */
  async #before(): Promise<readonly Task[]> {
    return this.#lease.epoch > 1 ? this.#ports.tasks.tasks(this.#claim.job.id) : []
  }

  async #gather(before: readonly Task[]): Promise<readonly Group[]> {
    const { roster } = this.#ports
    const { clusterIds, progress } = this.#claim.job
    const clusters = (await roster.clusters()).filter(({ id }) => clusterIds.includes(id))
    const crews = await patiently(this.#patience, () => crewsOf(roster, clusters, this.#signal))
    const { teams, warnings } = choose(crews, this.#request, peersKept(before, progress.tasks))
    this.#drivers = teams.map(({ driver }) => driver)
    this.#warnings = warnings
    return groupTeams(teams, this.#request)
  }

  #resolve(groups: readonly Group[]): Promise<readonly Part[]> {
    const { job, secrets } = this.#claim
    return resolveParts(groups, job.pinned, (meant) =>
      patiently(this.#patience, () => this.#ports.origins.resolve(this.#request, secrets ?? {}, meant, this.#signal)),
    )
  }

  async #plan(before: readonly Task[]): Promise<void> {
    const { job } = this.#claim
    const whole = wholeOf(this.#parts)
    const { blobs, image, platforms } = whole
    this.#ports.announce({ at: 'job.resolved', job: job.id, blobs: blobs.length, bytes: bytesOf(whole) })
    const wayOf = waysOf(this.#parts)
    const isAsked = (peer: Peer): boolean => wayOf(peer).driver.can.resumed === 'asked'
    const planned = planTasks(this.#parts)
    await letOthers()
    this.#ledger = new Ledger(resumeTasks(planned, before, isAsked))
    await letOthers()
    this.#writer = new Writer(this.#ports, this.#lease, this.#ledger)
    this.#warnings = [...this.#warnings, ...whole.warnings, ...movedTag(this.#request, image)]
    const { progress } = this.#ledger
    const pinned = image?.digest ?? null
    await this.#change({ state: 'warming', pinned, platforms, warnings: this.#warnings, progress })
    await this.#writer.plan()
    await letOthers()
  }

  async #warmAll(): Promise<void> {
    const stop = new AbortController()
    const signal = anyOf(this.#signal, stop.signal)
    const writing = this.#writer.keepWriting(signal).catch((error: unknown) => stop.abort(error))
    try {
      await this.#work(signal).toTheEnd()
    } finally {
      stop.abort()
      await writing
    }
  }

  #work(signal: AbortSignal): Work {
    const { job } = this.#claim
    const { clock, chance, announce, places } = this.#ports
    const open = this.#ledger.tasks.filter(({ state }) => state !== 'warm')
    const { concurrentTasks: perPeer, concurrentPeers: perBlob } = this.#request
    const warming = new Warming({
      job: job.id,
      ledger: this.#ledger,
      identity: identityOf(this.#request),
      wayOf: waysOf(this.#parts),
      clock,
      chance,
      announce,
      policy: usualPolicy,
      deadlineAtMs: job.deadlineAtMs,
      signal,
    })
    const attempt = (ordinal: number) => warming.attempt(ordinal)
    return new Work(new Worklist(open, { perPeer, perBlob }), open.length, { places, clock, signal, attempt })
  }

  /** Tells the peers that hold every blob of it, whatever became of the others. */
  async #nameImage(): Promise<void> {
    const lacking = new Set(this.#ledger.tasks.filter(({ state }) => state !== 'warm').map(({ peer }) => peer.id))
    const calls = this.#parts.flatMap(({ artifact: { image }, teams }) =>
      teams.flatMap(({ driver, peers, oneEach }) =>
        image === null || driver.name === undefined || oneEach
          ? []
          : peers.filter(({ id }) => !lacking.has(id)).map((peer) => async () => driver.name?.(peer, image)),
      ),
    )
    await eachAtMost(calls, namedAtOnce, this.#signal, async (call) => call())
  }

  async #verdict(): Promise<JobEnd> {
    const { tasks, progress } = this.#ledger
    const stampedes = stampedesOf(tasks, waysOf(this.#parts))
    const job = this.#claim.job.id
    for (const { blob, cluster, times } of stampedes) {
      this.#ports.announce({ at: 'job.stampede', job, cluster: cluster.id, blob: nameOfBlob(blob), times })
    }
    // Jobs that were accepted before there was such a wish do not have it.
    const { problem, warnings } = judge(tasks, this.#request.successPercentage ?? 100)
    const news = [...warnings, ...stampedeWarnings(stampedes)]
    if (news.length > 0) await this.#change({ warnings: [...this.#warnings, ...news] })
    return { state: problem === null ? 'succeeded' : 'failed', problem, progress }
  }

  async #change(change: JobChange): Promise<void> {
    if (change.state !== undefined) {
      if (!mayBecome(this.#state, change.state)) {
        throw new Failure('self.fault', `A job cannot go from ${this.#state} to ${change.state}.`)
      }
      this.#state = change.state
    }
    if (!(await this.#ports.queue.change(this.#lease, change))) throw leaseLost()
  }
}

/** Throws for a job that cannot come to a good end any more, whatever is done. */
export function refuseHopeless({ job, begun, secrets }: Claim, nowMs: number): void {
  if (begun > mostBegun) throw new Failure('self.fault', 'The job was begun many times and never came to an end.')
  if (nowMs >= job.deadlineAtMs) throw deadlineFailure(job)
  if (secrets === undefined) {
    throw new Failure('self.sealed', 'The credential of this job was sealed by a replica that has another key.')
  }
}

export function deadlineFailure(job: Job): Failure {
  const seconds = Math.round((job.deadlineAtMs - job.createdAtMs) / 1000)
  return new Failure('job.deadline', `The job was not done within its ${seconds} s.`)
}
