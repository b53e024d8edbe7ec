// A proxy's answer that is not the one that was asked for, as a Failure with one sentence for a person. Pure.

import { parseRetryAfter } from '../../kit/retry-after.ts'
import { Failure, type FailureCode } from '../../model/failure.ts'
import type { PeerAnswer } from '../../model/peer-http.ts'

/** What was asked for, for sentences. */
export interface Asked {
  /** `squid-1:3128`. */
  readonly peer: string
  /** `sha256:0123… of library/alpine`. */
  readonly what: string
  /** Host and port of the origin. */
  readonly origin: string
}

/** Why, after `could not get … from …: `. */
type Cause = readonly [FailureCode, string]

/** `nowMs` is for a Retry-After that gives a date. */
export function refusalOf(answer: PeerAnswer, { peer, what, origin }: Asked, nowMs: number): Failure {
  const { status, words, headers } = answer
  const page = headers['x-squid-error']?.split(' ')[0]
  const [code, why] = status === 407 ? wantsCredential : page === undefined ? passedOn(answer) : ownPage(page, status)
  const said = [status, page, words].filter((part) => part !== undefined && part !== '').join(' ')
  const retryAfterMs = parseRetryAfter(headers['retry-after'], nowMs)
  const options = { facts: { status }, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  return new Failure(code, `The peer ${peer} could not get ${what} from ${origin}: ${why} (${said}).`, options)
}

const wantsCredential: Cause = ['peer.denied', 'it wants a credential of its own']

/** Squid names its own pages in X-Squid-Error; what is not named there came from the origin. */
function ownPage(page: string, status: number): Cause {
  if (page.endsWith('ACCESS_DENIED')) return ['peer.denied', 'its http_access rules forbid it']
  if (page === 'ERR_TOO_BIG') return ['peer.misconfigured', 'it lets no answer of that size pass']
  if (page === 'ERR_SHUTTING_DOWN') return ['peer.busy', 'it is stopping']
  if (status === 502 || status === 503 || status === 504)
    return ['registry.unreachable', 'it does not reach the origin']
  return status >= 500 ? ['peer.broken', 'it failed'] : ['peer.misconfigured', 'it did not take the request']
}

/** From the origin, or of a proxy that does not name its own pages; Via, where it is, tells that it was passed on. */
function passedOn({ status, headers }: PeerAnswer): Cause {
  const isPassedOn = headers['via'] !== undefined
  if (status === 401 || status === 403) return ['registry.denied', 'the origin denied it']
  if (status === 404 || status === 410) return ['registry.not-found', 'the origin does not have it']
  if (!isPassedOn && (status === 429 || status === 503)) return ['peer.busy', 'the peer asks for time']
  if (!isPassedOn && (status === 502 || status === 504)) return ['registry.unreachable', 'it does not reach the origin']
  if (!isPassedOn && status >= 500) return ['peer.broken', 'it failed']
  if (!isPassedOn && (status === 400 || status === 405)) return ['peer.misconfigured', 'it does not act as a proxy']
  if (status === 408 || status === 429 || status >= 500) return ['registry.busy', 'the origin failed for the moment']
  return status >= 400
    ? ['registry.refused', 'the origin refused it']
    : ['registry.invalid', 'the origin gave an answer that fits no pull']
}
