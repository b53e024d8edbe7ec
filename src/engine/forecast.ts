// What a job would do, without doing it.

import { anyOf } from '../kit/signals.ts'
import type { Blob } from '../model/blob.ts'
import type { Digest } from '../model/digest.ts'
import type { Announce } from '../model/event.ts'
import { Failure } from '../model/failure.ts'
import type { Submission } from '../model/job.ts'
import type { Peer } from '../model/peer.ts'
import type { Clock, Origins, Roster } from '../model/ports.ts'
import { gatherPeers, resolveParts, wholeOf } from './parts.ts'
import { pickClusters } from './pick.ts'
import { planTasks } from './plan.ts'
import { progressOf } from './progress.ts'

export interface Plan {
  /** What the tag means now; null for files. */
  readonly digest: Digest | null
  readonly platforms: readonly string[]
  readonly warnings: readonly string[]
  readonly blobs: readonly Blob[]
  readonly peers: readonly Peer[]
  /** Each blob at each peer that needs it. */
  readonly tasks: number
  /** Of all tasks together; null while a size is unknown. */
  readonly bytes: number | null
}

export interface ForecastPorts {
  readonly origins: Origins
  readonly roster: Roster
  readonly clock: Clock
  readonly announce: Announce
}

export interface ForecastLimits {
  /** Plans that are made at the same time: each holds a caller's connection while its registry thinks. */
  readonly atOnce: number
  readonly withinMs: number
}

const retryAfterMs = 1000

export class Forecast {
  readonly #ports: ForecastPorts
  readonly #limits: ForecastLimits
  #running = 0

  constructor(ports: ForecastPorts, limits: ForecastLimits) {
    this.#ports = ports
    this.#limits = limits
  }

  /**
   * Asks the origin, and nothing of the peers; what a peer holds already is counted like the rest. Throws what
   * resolving throws, `cluster.unknown`, `peer.none`, `request.too-many`, and `job.deadline` when it took too long.
   */
  async plan(submission: Submission, signal: AbortSignal): Promise<Plan> {
    const { atOnce } = this.#limits
    if (this.#running >= atOnce) {
      throw new Failure('request.too-many', `There are ${atOnce} plans being made already.`, { retryAfterMs })
    }
    this.#running++
    try {
      return await this.#inTime(signal, (until) => this.#make(submission, until))
    } catch (error) {
      if (error instanceof Failure) {
        this.#ports.announce({ at: 'plan.failed', problem: error.problem, facts: error.facts })
      }
      throw error
    } finally {
      this.#running--
    }
  }

  async #inTime<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { withinMs } = this.#limits
    const late = new AbortController()
    const done = new AbortController()
    void this.#ports.clock.sleep(withinMs, done.signal).then(
      () => late.abort(new Failure('job.deadline', `The plan was not made within ${Math.round(withinMs / 1000)} s.`)),
      () => {},
    )
    const until = anyOf(late.signal, signal)
    try {
      return await work(until)
    } catch (error) {
      if (late.signal.aborted) throw late.signal.reason
      if (signal.aborted) throw new Failure('job.cancelled', 'Whoever asked for the plan has gone.', { cause: error })
      throw error
    } finally {
      done.abort()
    }
  }

  async #make({ request, secrets, clusterIds }: Submission, signal: AbortSignal): Promise<Plan> {
    const { origins, roster } = this.#ports
    const clusters = pickClusters(await roster.clusters(), clusterIds)
    const groups = await gatherPeers(roster, clusters, request)
    const parts = await resolveParts(groups, null, (meant) => origins.resolve(request, secrets, meant, signal))
    const { tasks, bytesTotal } = progressOf(planTasks(parts))
    const { image, platforms, warnings, blobs } = wholeOf(parts)
    const peers = parts.flatMap((part) => part.peers)
    return { digest: image?.digest ?? null, platforms, warnings, blobs, peers, tasks, bytes: bytesTotal }
  }
}
