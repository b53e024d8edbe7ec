// The engine's face: what every contract calls.

import { Failure } from '../model/failure.ts'
import type { Job, Submission } from '../model/job.ts'
import type { Cluster } from '../model/peer.ts'
import type { JobFilter, JobStore, Page, Roster } from '../model/ports.ts'
import type { Announce } from '../model/event.ts'
import type { Task } from '../model/task.ts'
import { isSettled } from './lifecycle.ts'

/** A job with what a client may want to see beside it. */
export interface JobView {
  readonly job: Job
  /** Empty until the job is settled. */
  readonly tasks: readonly Task[]
  readonly clusters: readonly Cluster[]
}

export interface PreheatPorts {
  readonly jobs: JobStore
  readonly roster: Pick<Roster, 'clusters'>
  readonly announce: Announce
  /** Tells the worker of this replica that there may be something to claim. */
  readonly wake: () => void
  /** Tells it that a job it may hold is to end. */
  readonly heed: (job: number) => void
}

export interface PreheatLimits {
  /** No job lasts longer, whatever it asks for. */
  readonly longestMs: number
}

export class Preheat {
  readonly #ports: PreheatPorts
  readonly #limits: PreheatLimits

  constructor(ports: PreheatPorts, limits: PreheatLimits) {
    this.#ports = ports
    this.#limits = limits
  }

  /** Writes the job down and returns at once; never talks to a registry. Throws `cluster.unknown`. */
  async submit(submission: Submission): Promise<JobView> {
    const { jobs, roster, announce, wake } = this.#ports
    const clusters = pickClusters(await roster.clusters(), submission.clusterIds)
    const { contract, bio, userId, secrets } = submission
    const timeoutMs = Math.min(submission.request.timeoutMs, this.#limits.longestMs)
    const request = { ...submission.request, timeoutMs }
    const clusterIds = clusters.map((cluster) => cluster.id)
    const job = await jobs.insert({ contract, bio, userId, request, secrets, clusterIds, timeoutMs })
    announce({ at: 'job.accepted', job: job.id, contract })
    wake()
    return { job, tasks: [], clusters }
  }

  /** Throws `request.not-found`. */
  async view(id: number): Promise<JobView> {
    const { jobs, roster } = this.#ports
    const job = await this.look(id)
    // Tasks are asked for once, at the end: a client that polls a job of 50,000 tasks shall not read them each time.
    const [tasks, clusters] = await Promise.all([isSettled(job.state) ? jobs.tasks(id) : [], roster.clusters()])
    return { job, tasks, clusters: clusters.filter((cluster) => job.clusterIds.includes(cluster.id)) }
  }

  /** The job alone, for clients that only poll. Throws `request.not-found`. */
  async look(id: number): Promise<Job> {
    const job = await this.#ports.jobs.get(id)
    if (job === undefined) throw unknownJob(id)
    return job
  }

  list(filter: JobFilter, page: number, perPage: number): Promise<Page<Job>> {
    return this.#ports.jobs.list(filter, page, perPage)
  }

  /** Asks for the end of a job; what is settled stays as it is. Throws `request.not-found`. */
  async cancel(id: number): Promise<Job> {
    const job = await this.#ports.jobs.cancel(id)
    if (job === undefined) throw unknownJob(id)
    this.#ports.heed(id)
    return job
  }
}

const unknownJob = (id: number): Failure => new Failure('request.not-found', `There is no job ${id}.`)

function pickClusters(known: readonly Cluster[], wanted: readonly number[]): readonly Cluster[] {
  if (wanted.length === 0) return known
  const missing = wanted.find((id) => !known.some((cluster) => cluster.id === id))
  if (missing === undefined) return known.filter((cluster) => wanted.includes(cluster.id))
  const names = known.map((cluster) => `${cluster.id} (${cluster.name})`).join(', ')
  throw new Failure('cluster.unknown', `There is no cluster ${missing}; there is ${names}.`)
}
