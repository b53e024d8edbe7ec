// How Harbor 2.12 and later reads the answers of a Dragonfly instance: GET /healthy, POST and GET /oapi/v1/jobs.

import { alreadyReported, type Answer, type Asked, type Decoded, healthy, preheating, throughHttp } from './decoded.ts'
import { GoError, marshal } from './go-json.ts'
import { durationBetween, formatTime, parseTime } from './go-time.ts'
import { field, goInt, goString, goTimeType, goUint, pointer, slice, struct, unmarshal } from './go-types.ts'
import type { Rules } from './versions.ts'

const where = { url: field('URL', goString), hostname: field('Hostname', goString), ip: field('IP', goString) }
const warm = struct('', where)
const cold = struct('', { ...where, description: field('Description', goString) })
const result = struct('', {
  success_tasks: field('SuccessTasks', slice(pointer(warm))),
  failure_tasks: field('FailureTasks', slice(pointer(cold))),
  scheduler_cluster_id: field('SchedulerClusterID', goUint),
})
const jobState = struct('', { error: field('Error', goString), results: field('Results', slice(result)) })
const response = struct('dragonflyJobResponse', {
  id: field('ID', goInt),
  created_at: field('CreatedAt', goTimeType),
  updated_at: field('UpdatedAt', goTimeType),
  state: field('State', goString),
  result: field('Result', struct('', { job_states: field('JobStates', slice(jobState)) })),
})
type Response = typeof response.zero

export function decodeHealth(answer: Answer, asked: Asked, rules: Rules): Decoded {
  throughHttp(answer, asked, rules)
  return healthy
}

/** The state in this answer is not looked at: even a finished job is polled once. */
export function decodeCreate(answer: Answer, asked: Asked, rules: Rules): Decoded {
  if (answer.status === 208) throw new GoError(alreadyReported)
  throughHttp(answer, asked, rules)
  return preheating({ taskId: String(unmarshal(answer.body, response).id), status: 'PENDING' })
}

export function decodeProgress(answer: Answer, asked: Asked, rules: Rules): Decoded {
  throughHttp(answer, asked, rules)
  const read = unmarshal(answer.body, response)
  const taskId = String(read.id)
  const started = formatTime(read.created_at)
  switch (read.state) {
    case 'PENDING':
      return preheating({ taskId, status: 'RUNNING' }, `Task [${taskId}] is running, start time=${started}`)
    case 'SUCCESS':
      return success(read, taskId)
    case 'FAILURE':
      return failed(taskId, errorsOf(read))
    default:
      return failed(taskId, `unknown state: ${read.state}`)
  }
}

function success(read: Response, taskId: string): Decoded {
  const results = (read.result.job_states ?? []).flatMap(({ results }) => results ?? [])
  const tasks = results.flatMap(({ success_tasks, failure_tasks }) => [
    ...(success_tasks ?? []),
    ...(failure_tasks ?? []),
  ])
  if (tasks.includes(null)) {
    const error = 'runtime error: invalid memory address or nil pointer dereference'
    return { outcome: 'panic', taskId: '', harborStatus: '', error, logLine: '' }
  }
  // The times go through text, and lose their fractions on the way.
  const [from, to] = [read.created_at, read.updated_at].map((time) => parseTime(formatTime(time)))
  const duration = from === undefined || to === undefined ? '' : durationBetween(from, to)
  return preheating({ taskId, status: 'SUCCESS' }, `Task [${taskId}] is success with duration: ${duration}`)
}

const failed = (taskId: string, error: string): Decoded =>
  preheating({ taskId, status: 'FAIL', error }, `Task [${taskId}] is fail with error: ${error}`)

function errorsOf({ result: { job_states: states } }: Response): string {
  if (states === null || states.length === 0) return ''
  return marshal({ errors: states.map(({ error }) => ({ code: 'UNKNOWN', message: error })) })
}
