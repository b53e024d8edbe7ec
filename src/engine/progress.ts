// Tasks folded into what a client sees of a job. Pure.

import type { Problem } from '../model/failure.ts'
import type { Progress } from '../model/job.ts'
import type { Task } from '../model/task.ts'

export function progressOf(tasks: readonly Task[]): Progress {
  const sum = { running: 0, warm: 0, failed: 0, bytesDone: 0, bytesFromOrigin: 0 }
  let bytesTotal: number | null = 0
  for (const task of tasks) {
    if (task.state === 'running') sum.running++
    if (task.state === 'warm') sum.warm++
    if (task.state === 'failed') sum.failed++
    sum.bytesDone += task.bytes
    if (task.source === 'origin') sum.bytesFromOrigin += task.bytes
    const size = task.state === 'warm' ? task.bytes : task.blob.size
    bytesTotal = bytesTotal === null || size === null ? null : bytesTotal + size
  }
  return { tasks: tasks.length, ...sum, bytesTotal: tasks.length === 0 ? null : bytesTotal }
}

/** Why a job failed, in one sentence: the first failed task speaks for the others. null when none failed. */
export function problemOf(tasks: readonly Task[]): Problem | null {
  const failed = tasks.filter((task) => task.state === 'failed')
  const first = failed.find((task) => task.problem !== null)?.problem
  if (first === undefined || first === null) return null
  if (failed.length === 1) return first
  return { ...first, message: `${failed.length} of ${tasks.length} tasks failed, the first because: ${first.message}` }
}
