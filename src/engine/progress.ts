// Tasks folded into what a client sees of a job. Pure.

import type { Progress } from '../model/job.ts'
import type { Task } from '../model/task.ts'

/** What is still to be done, by which the time left is guessed. */
export interface Rest {
  readonly tasks: number
  /** null while a size is unknown. */
  readonly bytes: number | null
}

/** The fold, kept up to date: what a task was is taken out, and what it is by now is put in. */
export class Tally {
  #tasks = 0
  #running = 0
  #warm = 0
  #failed = 0
  #hits = 0
  #open = 0
  #bytes = 0
  #unsized = 0
  #bytesDone = 0
  #bytesOpen = 0
  #fromOrigin = 0
  #fromPeers = 0
  #held = 0

  put(task: Task): void {
    this.#count(task, 1)
  }

  takeOut(task: Task): void {
    this.#count(task, -1)
  }

  /** Without a rate, which is not in the tasks. */
  get progress(): Progress {
    return {
      tasks: this.#tasks,
      running: this.#running,
      warm: this.#warm,
      failed: this.#failed,
      hits: this.#hits,
      bytesTotal: this.#tasks === 0 || this.#unsized > 0 ? null : this.#bytes,
      bytesDone: this.#bytesDone,
      bytesFromOrigin: this.#fromOrigin,
      bytesFromPeers: this.#fromPeers,
      bytesHeld: this.#held,
      bytesPerSecond: null,
      secondsLeft: null,
    }
  }

  get rest(): Rest {
    return { tasks: this.#open, bytes: this.#unsized > 0 ? null : this.#bytesOpen }
  }

  #count(task: Task, by: 1 | -1): void {
    const { state, bytes, source, moved } = task
    const size = state === 'warm' ? bytes : task.blob.size
    this.#tasks += by
    if (state === 'running') this.#running += by
    if (state === 'warm') this.#warm += by
    if (state === 'failed') this.#failed += by
    if (state === 'warm' && source === 'local') this.#hits += by
    if (size === null) this.#unsized += by
    this.#bytes += by * (size ?? 0)
    this.#bytesDone += by * bytes
    if (state === 'waiting' || state === 'running') {
      this.#open += by
      this.#bytesOpen += by * Math.max(0, (size ?? 0) - bytes)
    }
    this.#fromOrigin += by * (moved.origin ?? 0)
    this.#fromPeers += by * (moved.peer ?? 0)
    this.#held += by * (moved.local ?? 0)
  }
}

export function tallyOf(tasks: readonly Task[]): Tally {
  const tally = new Tally()
  for (const task of tasks) tally.put(task)
  return tally
}

export const progressOf = (tasks: readonly Task[]): Progress => tallyOf(tasks).progress
