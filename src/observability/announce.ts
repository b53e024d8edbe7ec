// The log as a listener of what the rooms announce.

import { Recent } from '../kit/recent.ts'
import type { Announce, Event } from '../model/event.ts'
import type { Log } from './log.ts'

/** Warnings about single tasks of one job: 100,000 of them would bury what else the log says. They are in its tasks. */
const mostTaskWarnings = 100
/** Jobs whose warnings are counted at the same time. */
const mostJobs = 4096

/** Expected rates in health: no error, a handful of warnings a day, three infos a job, a debug line a task. */
export function logEvents(log: Log): Announce {
  const warned = new Recent<number>(mostJobs)
  return (event) => {
    const { at, ...facts } = event
    if (event.at === 'task.failed' || event.at === 'task.retried') {
      const count = (warned.get(`${event.job}`) ?? 0) + 1
      warned.set(`${event.job}`, count)
      if (count === mostTaskWarnings + 1) log.warn('further troubles of tasks are not logged', { job: event.job })
      if (count > mostTaskWarnings) return
    }
    if (event.at === 'job.settled') warned.delete(`${event.job}`)
    log[levelOf(event)](at, event.at === 'fault' ? { where: event.where, ...describe(event.error) } : facts)
  }
}

function levelOf(event: Event): 'error' | 'warn' | 'info' | 'debug' {
  switch (event.at) {
    case 'job.accepted':
    case 'job.settled':
    case 'job.resolved':
    case 'plan.failed':
      return 'info'
    case 'job.claimed':
    case 'task.warmed':
      return 'debug'
    case 'task.retried':
    case 'task.failed':
    case 'job.failed':
    case 'job.stampede':
    case 'job.given-up':
      return 'warn'
    case 'fault':
      return 'error'
  }
}

function describe(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: String(error) }
  const cause = error.cause instanceof Error ? { cause: error.cause.message } : {}
  return { error: error.message, stack: error.stack, ...cause }
}
