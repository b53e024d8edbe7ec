// The tasks of the job under way, as its one conductor knows them; what changed is written from here in batches.

import { asFailure, type Problem } from '../model/failure.ts'
import type { Progress } from '../model/job.ts'
import type { Warmed } from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import { progressOf } from './progress.ts'

export class Ledger {
  readonly #tasks: Task[]
  readonly #changed = new Set<number>()

  constructor(tasks: readonly Task[]) {
    this.#tasks = [...tasks]
    for (const task of tasks) this.#changed.add(task.ordinal)
  }

  get tasks(): readonly Task[] {
    return this.#tasks
  }

  get progress(): Progress {
    return progressOf(this.#tasks)
  }

  begin(ordinal: number, nowMs: number): void {
    const task = this.#at(ordinal)
    this.#put({ ...task, state: 'running', attempts: task.attempts + 1, startedAtMs: task.startedAtMs ?? nowMs })
  }

  advance(ordinal: number, bytes: number): void {
    this.#put({ ...this.#at(ordinal), bytes })
  }

  warmed(ordinal: number, warmed: Warmed, nowMs: number): void {
    const { digest, bytes, source, proof } = warmed
    this.#put({ ...this.#at(ordinal), state: 'warm', digest, bytes, source, proof, problem: null, endedAtMs: nowMs })
  }

  failed(ordinal: number, problem: Problem, nowMs: number): void {
    this.#put({ ...this.#at(ordinal), state: 'failed', problem, endedAtMs: nowMs })
  }

  /** What is not settled when the job ends takes the job's own reason. */
  close(reason: unknown, nowMs: number): void {
    const { problem } = asFailure(reason)
    const state = problem.code === 'job.cancelled' ? 'cancelled' : 'failed'
    for (const task of this.#tasks) {
      if (task.state === 'waiting' || task.state === 'running') {
        this.#put({ ...task, state, problem, endedAtMs: nowMs })
      }
    }
  }

  bytesOf(ordinal: number): number {
    return this.#at(ordinal).bytes
  }

  /** The tasks that changed since the last call. */
  takeChanges(): readonly Task[] {
    const changed = [...this.#changed].map((ordinal) => this.#at(ordinal))
    this.#changed.clear()
    return changed
  }

  #at(ordinal: number): Task {
    const task = this.#tasks[ordinal]
    if (task === undefined) throw new RangeError(`no task ${ordinal}`)
    return task
  }

  #put(task: Task): void {
    this.#tasks[task.ordinal] = task
    this.#changed.add(task.ordinal)
  }
}
