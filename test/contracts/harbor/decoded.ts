// What a driver makes of an answer, and the rules of HTTP that all of them share.

import { STATUS_CODES } from 'node:http'
import { GoError } from './go-json.ts'
import type { Rules } from './versions.ts'

export interface Answer {
  readonly status: number
  readonly body: string
}

/** What was asked. */
export interface Asked {
  readonly method: 'GET' | 'POST'
  readonly url: string
}

export interface Decoded {
  /** `follow`: the driver asks at once for the task `taskId` instead, and that answer counts. */
  readonly outcome: 'ok' | 'error' | 'panic' | 'follow'
  readonly taskId: string
  /** `Healthy`; otherwise the status of the preheating. Empty after an error. */
  readonly harborStatus: string
  /** Of the call, or of the task. */
  readonly error: string
  /** What Harbor writes into the task's log after a poll. */
  readonly logLine: string
}

/** The status of a preheating, as the drivers hand it over. */
export interface Preheating {
  readonly taskId: string
  readonly status: string
  readonly error?: string
}

export const alreadyReported = 'http error: code 208, message status already reported'

/** Throws GoError for every status that is not a success. */
export function throughHttp({ status, body }: Answer, { method, url }: Asked, { quote }: Rules): void {
  if (status >= 200 && status < 300) return
  throw new GoError(`${method} ${quote}${url}${quote} error: ${status} ${STATUS_CODES[status] ?? ''} ${body}`)
}

/** Whatever `decode` throws as a GoError, as the outcome that it is. */
export function caught(decode: () => Decoded): Decoded {
  try {
    return decode()
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    return { outcome: 'error', taskId: '', harborStatus: '', error: error.message, logLine: '' }
  }
}

export const healthy: Decoded = { outcome: 'ok', taskId: '', harborStatus: 'Healthy', error: '', logLine: '' }

export const preheating = ({ taskId, status, error = '' }: Preheating, logLine = ''): Decoded => ({
  outcome: 'ok',
  taskId,
  harborStatus: status,
  error,
  logLine,
})
