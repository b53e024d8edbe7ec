// The engine's face: what every contract calls.

import { isDeepStrictEqual } from 'node:util'
import { isRedacted } from '../kit/redact.ts'
import { Failure } from '../model/failure.ts'
import type { Job, JobRequest, JobSecrets, Submission } from '../model/job.ts'
import type { Cluster } from '../model/peer.ts'
import type { Roster } from '../model/driver.ts'
import type { Clock, JobFilter, JobStore, NewJob, Outcome, Page, TaskFilter } from '../model/ports.ts'
import type { Announce } from '../model/event.ts'
import type { Task } from '../model/task.ts'
import { JobMaps, type JobMap } from './job-map.ts'
import { isSettled, mayBecome } from './lifecycle.ts'
import { pickClusters } from './pick.ts'

/** Between two looks at a job that somebody watches: its conductor writes more often, so that nothing is a second old. */
const lookEveryMs = 500
/** Warm tasks that are shown one by one; Harbor prints them all into a log of at most 10 MB. */
const mostSuccesses = 2000

/** A job with what a client may want to see beside it. */
export interface JobView {
  readonly job: Job
  /** null until the job is settled. */
  readonly outcome: Outcome | null
  readonly clusters: readonly Cluster[]
}

export interface Submitted extends JobView {
  /** false: an earlier command with the same idempotency key made the job. */
  readonly made: boolean
}

export interface PreheatPorts {
  readonly jobs: JobStore
  readonly roster: Pick<Roster, 'clusters'>
  readonly announce: Announce
  readonly clock: Clock
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
  readonly #maps: JobMaps

  constructor(ports: PreheatPorts, limits: PreheatLimits) {
    this.#ports = ports
    this.#maps = new JobMaps(ports)
    this.#limits = limits
  }

  /**
   * Writes the job down and returns at once; never talks to a registry. Throws `cluster.unknown`, and `request.invalid`
   * where the idempotency key belongs to another command.
   */
  async submit(submission: Submission): Promise<Submitted> {
    const { roster, announce, wake } = this.#ports
    const { contract, bio, userId, requestedBy, secrets } = submission
    const clusters = pickClusters(await roster.clusters(), submission.clusterIds)
    const timeoutMs = Math.min(submission.request.timeoutMs, this.#limits.longestMs)
    const request = { ...submission.request, timeoutMs }
    const clusterIds = clusters.map((cluster) => cluster.id)
    const { job, made } = await this.#insert(submission, {
      contract,
      bio,
      userId,
      requestedBy,
      request,
      secrets,
      clusterIds,
      timeoutMs,
    })
    if (!made) return { ...(await this.view(job.id)), made }
    announce({ at: 'job.accepted', job: job.id, contract })
    wake()
    return { job, outcome: null, clusters, made }
  }

  /** Throws `request.not-found`. */
  async view(id: number): Promise<JobView> {
    const { jobs, roster } = this.#ports
    const job = await this.look(id)
    // Tasks are asked for once, at the end: a client that polls a job of 50,000 tasks shall not read them each time.
    const [outcome, clusters] = await Promise.all([
      isSettled(job.state) ? jobs.outcome(id, mostSuccesses, job.progress.tasks) : null,
      roster.clusters(),
    ])
    return { job, outcome, clusters: clusters.filter((cluster) => job.clusterIds.includes(cluster.id)) }
  }

  /** The job alone, for clients that only poll. Throws `request.not-found`. */
  async look(id: number): Promise<Job> {
    return known(id, await this.#ports.jobs.get(id))
  }

  /** As look, for contracts that know of no other jobs than preheats, and so take others for unknown. */
  async lookAtPreheat(id: number): Promise<Job> {
    const job = await this.look(id)
    if (isPreheat(job.request)) return job
    throw unknownJob(id)
  }

  /** Incomplete once the signal has fired: then nobody waits for it. */
  list(filter: JobFilter, page: number, perPage: number, signal?: AbortSignal): Promise<Page<Job>> {
    return this.#ports.jobs.list(filter, page, perPage, signal)
  }

  /** What is known of each task by now, in any state of the job. Throws `request.not-found`. */
  async tasks(id: number, filter: TaskFilter, page: number, perPage: number): Promise<Page<Task>> {
    await this.look(id)
    return this.#ports.jobs.taskPage(id, filter, page, perPage)
  }

  /** All tasks at once, as far as a picture of them needs. Throws `request.not-found`. */
  async map(id: number): Promise<JobMap> {
    const map = await this.#maps.of(id)
    if (map === undefined) throw unknownJob(id)
    return map
  }

  /** Yields the job, and then each time that it has changed, until it is settled or the signal fires. */
  async *watch(id: number, signal: AbortSignal): AsyncIterable<Job> {
    let shown: Job | undefined
    while (!signal.aborted) {
      // A job that was removed while it was watched has no more news.
      const job = await (shown === undefined ? this.look(id) : this.#ports.jobs.get(id))
      if (job === undefined) return
      if (!isDeepStrictEqual(job, shown)) yield job
      if (isSettled(job.state)) return
      shown = job
      await this.#ports.clock.sleep(lookEveryMs, signal).catch(() => {})
    }
  }

  /** Asks for the end of a job; what is settled stays as it is. Throws `request.not-found`. */
  async cancel(id: number): Promise<Job> {
    const job = known(id, await this.#ports.jobs.cancel(id))
    this.#ports.heed(id)
    return job
  }

  /**
   * Does again what failed of a settled job, under the same id: its digest stays pinned, and what is warm stays so.
   * Credentials were wiped at its end, so new ones may come along. Throws `request.not-found`, `request.conflict`.
   */
  async retry(id: number, secrets: JobSecrets): Promise<JobView> {
    const { jobs, announce, wake } = this.#ports
    const before = await this.look(id)
    if (before.request.type === 'file' && before.request.urls.some(isRedacted)) {
      throw new Failure('request.conflict', `The signed addresses of job ${id} were wiped at its end; submit it again.`)
    }
    const job = mayBecome(before.state, 'queued')
      ? await jobs.reopen(before, secrets, before.request.timeoutMs)
      : undefined
    if (job === undefined) {
      throw new Failure('request.conflict', `Job ${id} is ${before.state}; only what failed can be done again.`)
    }
    announce({ at: 'job.accepted', job: id, contract: job.contract })
    wake()
    return this.view(id)
  }

  /** Changes the note for people. Throws `request.not-found`. */
  async note(id: number, bio: string): Promise<JobView> {
    known(id, await this.#ports.jobs.note(id, bio))
    return this.view(id)
  }

  /** Takes the job away, and stops its work. Throws `request.not-found`. */
  async remove(id: number): Promise<void> {
    if (!(await this.#ports.jobs.remove(id))) throw unknownJob(id)
    this.#ports.heed(id)
  }

  async #insert({ idempotencyKey, clusterIds }: Submission, job: NewJob) {
    const { jobs } = this.#ports
    if (idempotencyKey === undefined) return { job: await jobs.insert(job), made: true }
    const inserted = await jobs.insertOnce(idempotencyKey, job)
    const sameClusters = clusterIds.length === 0 || isDeepStrictEqual(inserted.job.clusterIds, job.clusterIds)
    if (!sameClusters || !isDeepStrictEqual(inserted.job.request, job.request)) {
      throw new Failure(
        'request.invalid',
        `The idempotency key belongs to job ${inserted.job.id}, which asks for something else.`,
      )
    }
    return inserted
  }
}

const isPreheat = ({ type }: JobRequest): boolean => type === 'image' || type === 'file'

const unknownJob = (id: number): Failure => new Failure('request.not-found', `There is no job ${id}.`)

function known(id: number, job: Job | undefined): Job {
  if (job === undefined) throw unknownJob(id)
  return job
}
