// Who conducts the next job: claims jobs, hands each to the conductor it was given, and keeps their leases alive.

import { anyOf, manyListen } from '../kit/signals.ts'
import { untilAborted } from '../kit/share.ts'
import type { Announce } from '../model/event.ts'
import { asFailure, Failure } from '../model/failure.ts'
import type { Job } from '../model/job.ts'
import type { Claim, Clock, JobQueue } from '../model/ports.ts'

export interface WorkerOptions {
  /** Names this replica in the rows it holds. */
  readonly holder: string
  /** Jobs conducted at the same time. */
  readonly jobsAtOnce: number
  readonly leaseMs: number
  /** How often to look for jobs that another replica accepted or gave back. */
  readonly lookEveryMs: number
}

export interface WorkerPorts {
  readonly queue: JobQueue
  readonly clock: Clock
  readonly announce: Announce
  /** Resolves once the job is settled; throws when it is left unsettled. */
  readonly conduct: (claim: Claim, signal: AbortSignal) => Promise<void>
  /** Whether so many clients wait for an answer that new jobs should wait for them. */
  readonly busy: () => boolean
  /** What to end a job with when its time is up. */
  readonly deadline: (job: Job) => Failure
}

/** A burst of calls is over sooner than this; whoever calls without end does not keep jobs from being begun. */
const mostPatienceMs = 500
const patienceMs = 20

interface Held {
  readonly claim: Claim
  readonly stop: AbortController
  readonly done: Promise<void>
}

export class Worker {
  readonly #ports: WorkerPorts
  readonly #options: WorkerOptions
  readonly #held = new Map<number, Held>()
  readonly #closing = manyListen()
  #wake = Promise.withResolvers<void>()
  #running: Promise<void> = Promise.resolve()

  constructor(ports: WorkerPorts, options: WorkerOptions) {
    this.#ports = ports
    this.#options = options
  }

  start(): void {
    this.#running = Promise.all([this.#claimLoop(), this.#heartbeatLoop()]).then(() => {})
  }

  /** There may be something to claim. */
  wake(): void {
    this.#wake.resolve()
  }

  /** Somebody asked for the end of this job; another replica's jobs are heard of at its next heartbeat. */
  heed(job: number): void {
    const held = this.#held.get(job)
    if (held !== undefined) void this.#extend(held)
  }

  /** Stops claiming, stops its jobs where they are, and gives them back for others to go on. */
  async close(): Promise<void> {
    const stopping = new Failure('self.stopping', 'This replica is stopping.')
    this.#closing.abort(stopping)
    for (const { stop } of this.#held.values()) stop.abort(stopping)
    await this.#running
    await Promise.all([...this.#held.values()].map(({ done }) => done))
  }

  async #claimLoop(): Promise<void> {
    const { queue } = this.#ports
    const { holder, leaseMs, jobsAtOnce } = this.#options
    while (!this.#closing.signal.aborted) {
      await this.#letCallsPass()
      this.#wake = Promise.withResolvers()
      const room = jobsAtOnce - this.#held.size
      try {
        const claims = room > 0 ? await queue.claim(holder, leaseMs, room) : []
        for (const claim of claims) this.#hold(claim)
      } catch (error) {
        this.#ports.announce({ at: 'fault', where: 'claiming jobs', error })
      }
      await this.#nap(this.#options.lookEveryMs)
    }
  }

  /** Harbor's workers come all at once, and it is they who have no patience: conducting shares the processor with them. */
  async #letCallsPass(): Promise<void> {
    const { busy, clock } = this.#ports
    for (let waited = 0; busy() && waited < mostPatienceMs; waited += patienceMs) {
      await clock.sleep(patienceMs, this.#closing.signal).catch(() => {})
    }
  }

  async #heartbeatLoop(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      await this.#ports.clock.sleep(this.#options.leaseMs / 3, this.#closing.signal).catch(() => {})
      if (this.#closing.signal.aborted) return
      await Promise.all([...this.#held.values()].map((held) => this.#extend(held)))
      await this.#endOverdue()
    }
  }

  /** Keeps a job ours; what it hears about the job ends it. */
  async #extend({ claim, stop }: Held): Promise<void> {
    try {
      const word = await this.#ports.queue.extend(claim.lease, this.#options.leaseMs)
      if (word === 'cancel requested') stop.abort(new Failure('job.cancelled', 'The job was cancelled.'))
      if (word === 'lost') stop.abort(new Failure('self.stopping', 'Another replica took the job over.'))
    } catch (error) {
      // The lease may run out while the store is away; the fence then keeps us from writing.
      this.#ports.announce({ at: 'fault', where: `extending the lease of job ${claim.job.id}`, error })
    }
  }

  /** A job that waited in vain for a free replica must end too: its client polls for a reason. */
  async #endOverdue(): Promise<void> {
    const { queue, announce } = this.#ports
    const { problem, facts } = new Failure('job.deadline', 'The job was not begun in its time: every replica was busy.')
    try {
      for (const job of await queue.endOverdue(problem)) announce({ at: 'job.failed', job, problem, facts })
    } catch (error) {
      announce({ at: 'fault', where: 'ending overdue jobs', error })
    }
  }

  #hold(claim: Claim): void {
    const stop = manyListen()
    const done = this.#conduct(claim, stop).finally(() => {
      this.#held.delete(claim.job.id)
      this.wake()
    })
    this.#held.set(claim.job.id, { claim, stop, done })
  }

  async #conduct(claim: Claim, stop: AbortController): Promise<void> {
    const { clock, conduct, deadline, announce, queue } = this.#ports
    const over = new AbortController()
    const leftMs = Math.max(0, claim.job.deadlineAtMs - clock.now())
    clock.sleep(leftMs, over.signal).then(
      () => stop.abort(deadline(claim.job)),
      () => {},
    )
    try {
      await conduct(claim, stop.signal)
    } catch (error) {
      const failure = asFailure(error)
      announce({ at: 'job.given-up', job: claim.job.id, why: failure.message })
      // What failed for another reason is taken up when its lease runs out, which keeps a fault from spinning.
      if (failure.code !== 'self.stopping') return
      await queue.release(claim.lease).catch((cause: unknown) => {
        announce({ at: 'fault', where: `giving back job ${claim.job.id}`, error: cause })
      })
    } finally {
      over.abort()
    }
  }

  async #nap(ms: number): Promise<void> {
    const over = new AbortController()
    const signal = anyOf(over.signal, this.#closing.signal)
    const slept = this.#ports.clock.sleep(ms, signal).catch(() => {})
    await untilAborted(Promise.race([slept, this.#wake.promise]), this.#closing.signal).catch(() => {})
    over.abort()
  }
}
