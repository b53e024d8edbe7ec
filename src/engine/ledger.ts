// The tasks of the job under way, as its one conductor knows them; what changed is written from here in batches.

import { asFailure, type Problem } from '../model/failure.ts'
import type { Progress } from '../model/job.ts'
import type { Warmed } from '../model/driver.ts'
import type { Task } from '../model/task.ts'
import { tallyOf, type Rest, type Tally } from './progress.ts'

/** So many results are worth a write of their own: a replica that falls has no more than that done for nothing. */
const manyResults = 100

/**
 * A task that is begun is not a change by itself: most are over before the next write, and would be written twice. One
 * that still runs when changes are taken is among those that are taken the next time.
 */
export class Ledger {
  readonly #tasks: Task[]
  readonly #tally: Tally
  #changed = new Set<number>()
  #begun = new Set<number>()
  #settled = 0
  #many = Promise.withResolvers<void>()

  constructor(tasks: readonly Task[]) {
    this.#tasks = [...tasks]
    this.#tally = tallyOf(tasks)
  }

  get tasks(): readonly Task[] {
    return this.#tasks
  }

  /** Without a rate. */
  get progress(): Progress {
    return this.#tally.progress
  }

  get rest(): Rest {
    return this.#tally.rest
  }

  at(ordinal: number): Task {
    const task = this.#tasks[ordinal]
    if (task === undefined) throw new RangeError(`no task ${ordinal}`)
    return task
  }

  begin(ordinal: number, nowMs: number): void {
    const task = this.at(ordinal)
    this.#put({ ...task, state: 'running', attempts: task.attempts + 1, startedAtMs: task.startedAtMs ?? nowMs })
    if (!this.#changed.has(ordinal)) this.#begun.add(ordinal)
  }

  /** A peer's last words may come when nobody waits for them any more. */
  advance(ordinal: number, bytes: number): void {
    const task = this.at(ordinal)
    if (task.state !== 'running') return
    this.#put({ ...task, bytes })
    if (!this.#begun.has(ordinal)) this.#changed.add(ordinal)
  }

  /** It will be tried again, and waits for that. */
  pause(ordinal: number): void {
    this.#change({ ...this.at(ordinal), state: 'waiting' })
  }

  warmed(ordinal: number, warmed: Warmed, nowMs: number): void {
    const { digest, bytes, source, moved, proof } = warmed
    const task = this.at(ordinal)
    const held = { digest: digest ?? task.digest, bytes, source, moved, proof }
    this.#change({ ...task, ...held, state: 'warm', problem: null, endedAtMs: nowMs })
  }

  failed(ordinal: number, problem: Problem, nowMs: number): void {
    this.#change({ ...this.at(ordinal), state: 'failed', problem, endedAtMs: nowMs })
  }

  /** What is not settled when the job ends takes the job's own reason. */
  close(reason: unknown, nowMs: number): void {
    const { problem } = asFailure(reason)
    const state = problem.code === 'job.cancelled' ? 'cancelled' : 'failed'
    for (const task of this.#tasks) {
      if (task.state === 'waiting' || task.state === 'running') {
        this.#change({ ...task, state, problem, endedAtMs: nowMs })
      }
    }
  }

  /** Resolves once many results are there that were not taken yet. */
  get many(): Promise<void> {
    return this.#many.promise
  }

  /** The tasks that changed since the last call. */
  takeChanges(): readonly Task[] {
    const changed = [...this.#changed].map((ordinal) => this.at(ordinal))
    this.#changed = new Set([...this.#begun].filter((ordinal) => this.at(ordinal).state === 'running'))
    this.#begun = new Set()
    if (this.#settled >= manyResults) this.#many = Promise.withResolvers<void>()
    this.#settled = 0
    return changed
  }

  #change(task: Task): void {
    this.#put(task)
    this.#changed.add(task.ordinal)
    this.#begun.delete(task.ordinal)
    if (++this.#settled === manyResults) this.#many.resolve()
  }

  #put(task: Task): void {
    this.#tally.takeOut(this.at(task.ordinal))
    this.#tally.put(task)
    this.#tasks[task.ordinal] = task
  }
}
