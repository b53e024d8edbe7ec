// How Harbor 2.1 to 2.11 reads the answers of a Dragonfly instance: GET /_ping, POST /preheats, GET /preheats/{id}.

import { type Answer, type Asked, type Decoded, healthy, preheating, throughHttp } from './decoded.ts'
import { GoError } from './go-json.ts'
import { durationBetween, type GoTime, parseTime } from './go-time.ts'
import { field, goString, struct, unmarshal } from './go-types.ts'
import type { Rules } from './versions.ts'

const created = struct('dragonflyPreheatCreateResp', { ID: field('ID', goString) })

const oldFields = {
  ID: field('TaskID', goString),
  startTime: field('StartTime', goString),
  finishTime: field('FinishTime', goString),
  Status: field('Status', goString),
}
const oldInfo = struct('dragonflyPreheatInfo', oldFields)
const info = struct('dragonflyPreheatInfo', { ...oldFields, errorMsg: field('ErrorMsg', goString) })

export function decodeHealth(answer: Answer, asked: Asked, rules: Rules): Decoded {
  throughHttp(answer, asked, rules)
  return healthy
}

export function decodeCreate(answer: Answer, asked: Asked, rules: Rules): Decoded {
  throughHttp(answer, asked, rules)
  const { ID } = unmarshal(answer.body, created)
  const done = answer.status === 208 && rules.alreadyReported === 'success'
  return preheating({ taskId: ID, status: done ? 'SUCCESS' : 'PENDING' })
}

/** The id that was asked for is the task's; the one in the answer is not looked at. */
export function decodeProgress(answer: Answer, asked: Asked & { readonly taskId: string }, rules: Rules): Decoded {
  throughHttp(answer, asked, rules)
  const { taskId } = asked
  if (!rules.readsErrorMsg) return progressOf(unmarshal(answer.body, oldInfo), taskId, {})
  const { errorMsg, ...read } = unmarshal(answer.body, info)
  if (errorMsg.includes(exists)) return { ...preheating({ taskId: existing(errorMsg), status: '' }), outcome: 'follow' }
  return progressOf(read, taskId, { FAILED: 'FAIL' })
}

const exists = 'preheat task already exists, id:'

function existing(errorMsg: string): string {
  const from = errorMsg.indexOf(exists) + exists.length
  const to = errorMsg.lastIndexOf('"}')
  if (to <= from) throw new GoError(`can't find existed task id by error msg:${errorMsg}`)
  return errorMsg.slice(from, to)
}

interface Info {
  readonly Status: string
  readonly startTime: string
  readonly finishTime: string
}

function progressOf(read: Info, taskId: string, words: Readonly<Record<string, string>>): Decoded {
  const status = { WAITING: 'PENDING', ...words }[read.Status] ?? read.Status
  const task = `Task [${taskId}] is ${status.toLowerCase()}`
  if (status === 'FAIL') return preheating({ taskId, status }, `${task} with error: `)
  if (status !== 'SUCCESS') return preheating({ taskId, status }, `${task}, start time=${read.startTime}`)
  const [from, to] = [timeOrNot(read.startTime), timeOrNot(read.finishTime)]
  const duration = from === undefined || to === undefined ? '' : ` with duration: ${durationBetween(from, to)}`
  return preheating({ taskId, status }, task + duration)
}

function timeOrNot(text: string): GoTime | undefined {
  try {
    return parseTime(text)
  } catch {
    return undefined
  }
}
