// One job from its claim to its end.

import type { Claim, JobEnd } from '../model/ports.ts'
import { Errand } from './errand.ts'
import { Run, type RunPorts } from './run.ts'
import { leaseLost } from './writer.ts'

/** A job under way, of whatever type. */
interface Conducted {
  /** Throws what `endBy` is to judge. */
  toTheEnd(): Promise<JobEnd>
  /** What an accident means for the job. Throws on when the job is not to be settled by us. */
  endBy(error: unknown): JobEnd
  /** Writes what has changed since the last time. */
  flush(): Promise<void>
  /** What was kept only for this job may go. */
  letGo(): void
}

/**
 * Conducts jobs. `signal` ends one early; its reason says how: Failure `job.cancelled` and `job.deadline` settle the
 * job, anything else leaves it as it is for the next replica.
 */
export class Conductor {
  readonly #ports: RunPorts

  constructor(ports: RunPorts) {
    this.#ports = ports
  }

  /** Resolves once the job is settled. Throws when it is left unsettled: `self.stopping` or `store.unavailable`. */
  async conduct(claim: Claim, signal: AbortSignal): Promise<void> {
    const { announce, clock } = this.#ports
    const { job, lease } = claim
    announce({ at: 'job.claimed', job: job.id, waitedMs: clock.now() - job.createdAtMs })
    const conducted = this.#begin(claim, signal)
    let end: JobEnd
    try {
      end = await conducted.toTheEnd().catch((error: unknown) => conducted.endBy(error))
      await conducted.flush()
      if (!(await this.#ports.queue.settle(lease, end))) throw leaseLost()
    } finally {
      conducted.letGo()
    }
    const ms = clock.now() - job.createdAtMs
    announce({ at: 'job.settled', job: job.id, ...end, ms })
  }

  #begin(claim: Claim, signal: AbortSignal): Conducted {
    const { request } = claim.job
    const isPreheat = request.type === 'image' || request.type === 'file'
    return isPreheat ? new Run(this.#ports, claim, request, signal) : new Errand(this.#ports, claim, signal)
  }
}
