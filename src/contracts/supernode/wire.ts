// The bytes of the supernode contract: Dragonfly v0.x "Preheat API", and what the pre-release Harbor driver made of it.

import { Failure } from '../../model/failure.ts'
import { fieldsOf } from '../http/any-case.ts'
import { parseHeaders } from '../http/wire-headers.ts'

export interface PreheatBody {
  readonly type: 'image' | 'file'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface TaskAnswer {
  readonly code: 200
  readonly data: { readonly taskId: string; readonly status?: 'RUNNING' | 'SUCCESS' | 'FAIL' }
  /** The reason, beside FAIL. */
  readonly msg?: string
}

/**
 * Keys match without regard to case, and the whole object may come as a JSON string that holds its base64: the driver
 * (steven-zou/harbor, src/distribution@93aea9b) marshals its body twice. `headers` wins over the documented `header`,
 * because it is what the servers read. Throws `request.invalid`.
 */
export function parsePreheat(body: unknown): PreheatBody {
  const fields = fieldsOf(typeof body === 'string' ? decodeTwice(body) : body)
  if (fields === undefined) {
    throw new Failure('request.invalid', 'The body is not a JSON object; expected {"type":…,"url":…}.')
  }
  const { type, url } = fields
  if (type !== 'image' && type !== 'file') {
    throw new Failure(
      'request.invalid',
      `type is ${type === undefined ? 'missing' : JSON.stringify(type)}; expected "image" or "file".`,
    )
  }
  if (typeof url !== 'string' || url === '') {
    throw new Failure('request.invalid', 'url is missing; expected <registry>/<image>:<tag> or the address of a file.')
  }
  return { type, url, headers: parseHeaders(fields['headers'] ?? fields['header'], 'header') }
}

/** A task's id as the address says it, or a refusal: a job's id in decimal. */
export function parseTaskId(text: string): number {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(id)) return id
  throw new Failure(
    'request.invalid',
    `${JSON.stringify(text)} is not a task id; expected the number that POST /api/preheat gave.`,
  )
}

function decodeTwice(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as unknown
  } catch {
    throw new Failure('request.invalid', 'The body is a text that is not the base64 of a JSON object.')
  }
}
