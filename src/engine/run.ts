// One job while it is conducted: resolve, plan, warm, and what an accident means for it.

import { blobKey } from '../model/blob.ts'
import { asFailure, Failure, type Problem } from '../model/failure.ts'
import type { Announce } from '../model/event.ts'
import type { Job } from '../model/job.ts'
import type { Cluster, Peer } from '../model/peer.ts'
import type {
  Claim,
  Clock,
  JobChange,
  JobEnd,
  JobQueue,
  JobStore,
  Lease,
  Origin,
  Origins,
  PeerDriver,
  Roster,
} from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import { eachAtMost } from '../kit/each.ts'
import { anyOf } from '../kit/signals.ts'
import { Ledger } from './ledger.ts'
import { mayBecome } from './lifecycle.ts'
import { movedTag } from './moved-tag.ts'
import { bytesOf, gatherPeers, originsOf, resolveParts, wholeOf } from './parts.ts'
import { patiently } from './patience.ts'
import { planTasks, resumeTasks, type Group, type Part } from './plan.ts'
import type { Places } from './places.ts'
import { problemOf } from './progress.ts'
import { usualPolicy } from './retry.ts'
import { warmTask } from './warm.ts'

/** Between two writes of the progress of one job. */
const progressEveryMs = 1000
/** A job that has been claimed and given back so often brings its replicas down; it is ended instead. */
const mostBegun = 40

export interface RunPorts {
  readonly origins: Origins
  readonly roster: Roster
  readonly queue: Pick<JobQueue, 'change' | 'saveTasks' | 'dropTasks' | 'settle'>
  readonly tasks: Pick<JobStore, 'tasks'>
  /** For the tasks at work on one peer, over all jobs of this replica. */
  readonly places: Places
  readonly clock: Clock
  /** A number in [0,1). */
  readonly chance: () => number
  readonly announce: Announce
}

export const leaseLost = (): Failure => new Failure('self.stopping', 'Another replica took the job over.')

interface Crew {
  readonly groups: readonly Group[]
  readonly driverOf: (peer: Peer) => PeerDriver
}

/** The state of one job while it is conducted. */
export class Run {
  readonly #ports: RunPorts
  readonly #claim: Claim
  readonly #signal: AbortSignal
  #ledger = new Ledger([])
  #drivers: readonly PeerDriver[] = []
  #state: Job['state']

  constructor(ports: RunPorts, claim: Claim, signal: AbortSignal) {
    this.#ports = ports
    this.#claim = claim
    this.#signal = signal
    this.#state = claim.job.state
  }

  async toTheEnd(): Promise<JobEnd> {
    this.#signal.throwIfAborted()
    this.#refuseHopeless()
    const crew = await this.#crew()
    await this.#change({ state: 'resolving' })
    const parts = await this.#resolve(crew)
    await this.#plan(parts, crew)
    await this.#warmAll(parts, crew)
    const problem = problemOf(this.#ledger.tasks)
    if (problem === null) await this.#nameImage(parts, crew)
    return { state: problem === null ? 'succeeded' : 'failed', problem, progress: this.#ledger.progress }
  }

  /** What an accident means for the job. Throws on when the job is not to be settled by us. */
  endBy(error: unknown): JobEnd {
    const failure = asFailure(this.#signal.aborted ? this.#signal.reason : error)
    if (failure.code === 'self.stopping' || failure.code === 'store.unavailable') throw failure
    const { announce } = this.#ports
    const job = this.#claim.job.id
    announce({ at: 'job.failed', job, problem: failure.problem, facts: failure.facts })
    if (failure.code === 'self.fault') announce({ at: 'fault', where: `job ${job}`, error: failure.cause })
    this.#ledger.close(failure, this.#ports.clock.now())
    const problem = this.#withProgress(failure.problem)
    return {
      state: failure.code === 'job.cancelled' ? 'cancelled' : 'failed',
      problem,
      progress: this.#ledger.progress,
    }
  }

  /** Writes what has changed since the last time. */
  async flush(): Promise<void> {
    const changed = this.#ledger.takeChanges()
    if (changed.length === 0) return
    const held = await this.#ports.queue.saveTasks(this.#lease, changed, this.#ledger.progress)
    if (!held) throw leaseLost()
  }

  letGo(): void {
    for (const driver of this.#drivers) driver.settled?.(this.#claim.job.id)
  }

  get #lease(): Lease {
    return this.#claim.lease
  }

  #refuseHopeless(): void {
    const { job, begun } = this.#claim
    if (begun > mostBegun) {
      throw new Failure('self.fault', 'The job was begun many times and never came to an end.')
    }
    if (this.#ports.clock.now() >= job.deadlineAtMs) throw deadlineFailure(job)
    if (this.#claim.secrets === undefined) {
      throw new Failure('self.sealed', 'The credential of this job was sealed by a replica that has another key.')
    }
  }

  async #crew(): Promise<Crew> {
    const { roster } = this.#ports
    const { job } = this.#claim
    const clusters = (await roster.clusters()).filter((cluster) => job.clusterIds.includes(cluster.id))
    const byId = new Map<number, Cluster>(clusters.map((cluster) => [cluster.id, cluster]))
    const groups = await gatherPeers(roster, clusters, job.request)
    this.#drivers = [...new Set(clusters.map((cluster) => roster.driverOf(cluster)))]
    if (groups.length === 0) throw new Failure('peer.none', 'None of the clusters of this job exists any more.')
    return {
      groups,
      driverOf: (peer) => {
        const cluster = byId.get(peer.clusterId)
        if (cluster === undefined) throw new Failure('peer.none', `Cluster ${peer.clusterId} does not exist any more.`)
        return roster.driverOf(cluster)
      },
    }
  }

  #resolve({ groups }: Crew): Promise<readonly Part[]> {
    const { origins, clock, chance } = this.#ports
    const { job, secrets } = this.#claim
    const by = { policy: usualPolicy, clock, chance, deadlineAtMs: job.deadlineAtMs, signal: this.#signal }
    return resolveParts(groups, job.pinned, (meant) =>
      patiently(by, () => origins.resolve(job.request, secrets ?? {}, meant, this.#signal)),
    )
  }

  async #plan(parts: readonly Part[], crew: Crew): Promise<void> {
    const { job } = this.#claim
    const whole = wholeOf(parts)
    const { blobs, image, platforms } = whole
    this.#ports.announce({ at: 'job.resolved', job: job.id, blobs: blobs.length, bytes: bytesOf(whole) })
    const before = this.#lease.epoch > 1 ? await this.#ports.tasks.tasks(job.id) : []
    const asksAgain = (peer: Peer): boolean => crew.driverOf(peer).probe === 'exact'
    this.#ledger = new Ledger(resumeTasks(planTasks(parts), before, asksAgain))
    const warnings = [...whole.warnings, ...movedTag(job.request, image)]
    const pinned = image?.digest ?? null
    await this.#change({ state: 'warming', pinned, platforms, warnings, progress: this.#ledger.progress })
    const planned = this.#ledger.tasks.length
    if (before.length > planned && !(await this.#ports.queue.dropTasks(this.#lease, planned))) throw leaseLost()
    await this.flush()
  }

  async #warmAll(parts: readonly Part[], crew: Crew): Promise<void> {
    const { job } = this.#claim
    const { concurrentTasks, concurrentPeers } = job.request
    const originOf = originsOf(parts)
    const stop = new AbortController()
    const signal = anyOf(this.#signal, stop.signal)
    const writing = this.#writeProgress(signal).catch((error: unknown) => stop.abort(error))
    try {
      await eachAtMost(byBlob(this.#ledger.tasks), concurrentTasks, signal, (tasks) =>
        eachAtMost(tasks, concurrentPeers, signal, (task) =>
          this.#warmOne(task, { origin: originOf(task.peer), driver: crew.driverOf(task.peer) }, signal),
        ),
      )
    } finally {
      stop.abort()
      await writing
    }
  }

  #warmOne(
    task: Task,
    by: { readonly origin: Origin; readonly driver: PeerDriver },
    signal: AbortSignal,
  ): Promise<void> {
    const { job } = this.#claim
    const { clock, chance, announce, places } = this.#ports
    return places.with(task, signal, () =>
      warmTask(task, {
        job: job.id,
        ledger: this.#ledger,
        ...by,
        clock,
        chance,
        announce,
        policy: usualPolicy,
        deadlineAtMs: job.deadlineAtMs,
        signal,
      }),
    )
  }

  /** Ends by the signal; throws when the lease is lost or the store is gone. */
  async #writeProgress(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await this.#ports.clock.sleep(progressEveryMs, signal)
      } catch {
        return
      }
      await this.flush()
    }
  }

  async #nameImage(parts: readonly Part[], crew: Crew): Promise<void> {
    const names = parts.flatMap(({ artifact: { image }, peers }) =>
      image === null ? [] : peers.map(async (peer) => crew.driverOf(peer).name?.(peer, image)),
    )
    await Promise.all(names)
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

  #withProgress(problem: Problem): Problem {
    const { tasks, warm } = this.#ledger.progress
    if (tasks === 0 || problem.code !== 'job.deadline') return problem
    return { ...problem, message: `${problem.message} ${warm} of ${tasks} tasks were done by then.` }
  }
}

export function deadlineFailure(job: Job): Failure {
  const seconds = Math.round((job.deadlineAtMs - job.createdAtMs) / 1000)
  return new Failure('job.deadline', `The job was not done within its ${seconds} s.`)
}

function byBlob(tasks: readonly Task[]): readonly (readonly Task[])[] {
  const groups = Map.groupBy(
    tasks.filter((task) => task.state !== 'warm'),
    (task) => blobKey(task.blob),
  )
  return [...groups.values()]
}
