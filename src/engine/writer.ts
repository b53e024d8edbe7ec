// Writes what became of a job's tasks while it runs, a few times a second and never twice at once.

import { isDeepStrictEqual } from 'node:util'
import { anyOf } from '../kit/signals.ts'
import { Failure } from '../model/failure.ts'
import type { Progress } from '../model/job.ts'
import type { Clock, JobQueue, Lease } from '../model/ports.ts'
import type { Ledger } from './ledger.ts'
import { Pace } from './pace.ts'

/** Unless there is much to write before: who watches a job sees it at most a second late. */
const writeEveryMs = 200

export const leaseLost = (): Failure => new Failure('self.stopping', 'Another replica took the job over.')

export interface WriterPorts {
  readonly queue: Pick<JobQueue, 'savePlan' | 'saveTasks'>
  readonly clock: Clock
}

export class Writer {
  readonly #ports: WriterPorts
  readonly #lease: Lease
  readonly #ledger: Ledger
  readonly #pace = new Pace()
  #written: Progress | undefined

  constructor(ports: WriterPorts, lease: Lease, ledger: Ledger) {
    this.#ports = ports
    this.#lease = lease
    this.#ledger = ledger
  }

  /** Writes every task. Throws when the lease is lost, as the others do. */
  async plan(): Promise<void> {
    const { tasks, progress } = this.#ledger
    if (!(await this.#ports.queue.savePlan(this.#lease, tasks, progress))) throw leaseLost()
    this.#written = progress
  }

  /** Writes what has changed since the last time. */
  async flush(): Promise<void> {
    const { progress: sums, rest } = this.#ledger
    const progress = { ...sums, ...this.#pace.note(this.#ports.clock.now(), sums, rest) }
    const changed = this.#ledger.takeChanges()
    if (changed.length === 0 && (this.#written === undefined || isDeepStrictEqual(progress, this.#written))) return
    if (!(await this.#ports.queue.saveTasks(this.#lease, changed, progress))) throw leaseLost()
    this.#written = progress
  }

  /** Ends by the signal. */
  async keepWriting(signal: AbortSignal): Promise<void> {
    for (;;) {
      const woken = new AbortController()
      const rest = this.#ports.clock.sleep(writeEveryMs, anyOf(signal, woken.signal)).catch(() => {})
      await Promise.race([rest, this.#ledger.many])
      woken.abort()
      if (signal.aborted) return
      await this.flush()
    }
  }
}
