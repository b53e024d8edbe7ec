// The log as a listener of what the rooms announce.

import type { Announce, Event } from '../model/event.ts'
import type { Log } from './log.ts'

/** Expected rates in health: no error, a handful of warnings a day, three infos a job, a debug line a task. */
export function logEvents(log: Log): Announce {
  return (event) => {
    const { at, ...facts } = event
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
