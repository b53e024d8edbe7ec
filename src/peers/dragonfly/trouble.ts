// What went wrong with a call to a peer, as a Failure with one sentence for a person. Pure.

import { status, type ServiceError } from '@grpc/grpc-js'
import { quotable } from '../../kit/redact.ts'
import { Failure, type FailureCode } from '../../model/failure.ts'
import { parseDetails, refusedByOrigin, type Place } from './refusal.ts'

type Reason = readonly [FailureCode, string]

const notHeld: Reason = ['peer.not-cached', 'does not hold it']

/** By gRPC status. The peer's own words follow in brackets. */
const reasons: Readonly<Partial<Record<number, Reason>>> = {
  [status.UNAVAILABLE]: ['peer.unreachable', 'could not be reached'],
  [status.DEADLINE_EXCEEDED]: ['peer.slow', 'did not answer in time'],
  [status.RESOURCE_EXHAUSTED]: ['peer.busy', 'is overloaded'],
  [status.UNAUTHENTICATED]: ['peer.denied', 'does not let us in'],
  [status.PERMISSION_DENIED]: ['peer.denied', 'does not let us do this'],
  [status.NOT_FOUND]: notHeld,
  [status.UNIMPLEMENTED]: ['peer.misconfigured', 'is no dfdaemon that has this call, or an older one'],
  [status.INVALID_ARGUMENT]: ['peer.misconfigured', 'does not understand the request'],
  [status.FAILED_PRECONDITION]: ['peer.misconfigured', 'does not take the request'],
}
const broken: Reason = ['peer.broken', 'failed']

/** What is told by words alone: they are the dfdaemon's (error/mod.rs, resource/task.rs), Node's and OpenSSL's. */
const byWords: readonly (readonly [number, RegExp, Reason])[] = [
  [status.INTERNAL, /not enough space|no space left/i, ['peer.full', 'has no room for it']],
  [status.INTERNAL, /^(?:local )?task \S+ (?:not found|failed)/i, notHeld],
  [status.INTERNAL, /^invalid content length/i, ['registry.invalid', 'was not told its length by the origin']],
  // Our own bound, not a limit of the peer's.
  [status.RESOURCE_EXHAUSTED, /^Received message larger than max/, ['peer.broken', 'sent more than any answer has']],
  [
    status.UNAVAILABLE,
    /alert (?:(?:bad |unsupported )?certificate|unknown ca|access denied|handshake failure)|certificate required/i,
    ['peer.denied', 'does not accept our client certificate'],
  ],
  [
    status.UNAVAILABLE,
    /certificate|altname|wrong version number|packet length too long|\bEPROTO\b|SSL routines/i,
    ['peer.misconfigured', 'and we could not agree on TLS'],
  ],
]

/** The connection was lost, or never made. */
export const isGone = (error: ServiceError): boolean => error.code === status.UNAVAILABLE

/** The call had a deadline, and it passed. */
export const isLate = (thrown: unknown): boolean =>
  thrown instanceof Failure && thrown.facts['grpc'] === status.DEADLINE_EXCEEDED

/** `error` is what grpc-js gave: its text is the peer's, and not to be trusted. */
export function troubleOf(error: ServiceError, place: Place, nowMs: number): Failure {
  const [details] = error.metadata?.get('grpc-status-details-bin') ?? []
  const refusal = Buffer.isBuffer(details) ? parseDetails(details) : undefined
  if (refusal !== undefined) return refusedByOrigin(refusal, place, nowMs)
  const told = byWords.find(([code, words]) => code === error.code && words.test(error.details))?.[2]
  const [code, reason] = told ?? reasons[error.code] ?? broken
  const words = quotable(error.details)
  const sentence = `${place.who} ${reason} when asked for ${place.what}${words === '' ? '' : ` (${words})`}.`
  return new Failure(code, sentence, { facts: { grpc: error.code }, cause: error })
}
