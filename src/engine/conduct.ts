// One job from its claim to its end.

import type { Claim, JobEnd } from '../model/ports.ts'
import { leaseLost, Run, type RunPorts } from './run.ts'

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
    const run = new Run(this.#ports, claim, signal)
    let end: JobEnd
    try {
      end = await run.toTheEnd().catch((error: unknown) => run.endBy(error))
      await run.flush()
      if (!(await this.#ports.queue.settle(lease, end))) throw leaseLost()
    } finally {
      run.letGo()
    }
    const ms = clock.now() - job.createdAtMs
    announce({ at: 'job.settled', job: job.id, ...end, ms })
  }
}
