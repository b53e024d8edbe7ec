// What an origin said to a peer, as a Failure that names both. Pure.

import { isObject } from '../../kit/fields.ts'
import { quotable } from '../../kit/redact.ts'
import { Failure } from '../../model/failure.ts'

/** Who was asked, for what, and where that is: the parts of a sentence. */
export interface Place {
  /** `The peer node-1 (10.0.0.1:4000)`. */
  readonly who: string
  readonly what: string
  /** The origin's host. */
  readonly origin: string
}

export interface OriginRefusal {
  /** null: the peer got no answer from it. */
  readonly status: number | null
  readonly retryAfter: string | undefined
  /** Not yet safe to repeat. */
  readonly words: string
}

/** A peer's error details are longer only by accident or malice. */
const longestDetails = 64 * 1024
/** What a stranger may have us wait. */
const longestRetryAfterMs = 60 * 60 * 1000

/**
 * The JSON that a dfdaemon puts into `grpc-status-details-bin` when the origin refused (client,
 * grpc/dfdaemon_upload.rs); undefined for anything else.
 */
export function parseDetails(bytes: Buffer): OriginRefusal | undefined {
  if (bytes.length > longestDetails) return undefined
  let details: unknown
  try {
    details = JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
  if (!isObject(details)) return undefined
  const { message, header, status_code: status } = details
  return {
    status: typeof status === 'number' ? status : null,
    retryAfter: isObject(header) ? headerOf(header, 'retry-after') : undefined,
    words: typeof message === 'string' ? message : '',
  }
}

function headerOf(headers: Readonly<Record<string, unknown>>, wanted: string): string | undefined {
  const value = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1]
  return typeof value === 'string' ? value : undefined
}

export function refusedByOrigin(refusal: OriginRefusal, { who, what, origin }: Place, nowMs: number): Failure {
  const { status } = refusal
  const words = quotable(refusal.words)
  const said = [status === null ? [] : [String(status)], words === '' ? [] : [`"${words}"`]].flat().join(', ')
  const told = said === '' ? '' : ` (${said})`
  const options = { facts: { origin, status: status ?? 0 } }
  if (status === null)
    return new Failure('registry.unreachable', `${who} could not reach ${origin} for ${what}${told}.`, options)
  if (status === 401 || status === 403)
    return new Failure('registry.denied', `${origin} denied ${what} to ${lower(who)}${told}.`, options)
  if (status === 404)
    return new Failure(
      'registry.not-found',
      `${origin} does not have ${what}, which ${lower(who)} asked for${told}.`,
      options,
    )
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfterMs = retryAfterOf(refusal.retryAfter, nowMs)
    const sentence = `${origin} could not give ${what} to ${lower(who)} for the moment${told}.`
    return new Failure('registry.busy', sentence, {
      ...options,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })
  }
  return new Failure('registry.refused', `${origin} refused ${what} to ${lower(who)}${told}.`, options)
}

/** In the middle of a sentence. */
const lower = (who: string): string => who.replace(/^The /, 'the ')

/** Seconds or a date (RFC 9110 section 10.2.3); undefined for neither. */
function retryAfterOf(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestRetryAfterMs)
}
