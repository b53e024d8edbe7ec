// How this contract says no: the only place of its status codes. Anything above 299 sends containerd to the origin.

import { asFailure } from '../../model/failure.ts'
import type { FailureCode } from '../../model/failure.ts'
import { refusalHeaders } from '../http/refusal-headers.ts'
import type { Answer, Refuse } from '../http/route.ts'
import type { ErrorBody, ErrorCode } from './wire.ts'
import { versionHeader } from './wire.ts'

const answers = {
  'request.invalid': [400, 'NAME_INVALID'],
  'request.too-large': [413, 'UNSUPPORTED'],
  'request.wrong-method': [405, 'UNSUPPORTED'],
  'request.unsupported': [415, 'UNSUPPORTED'],
  'request.conflict': [400, 'UNSUPPORTED'],
  'request.too-many': [429, 'TOOMANYREQUESTS'],
  'request.not-found': [404, 'NAME_UNKNOWN'],
  'reference.invalid': [400, 'NAME_INVALID'],
  'cluster.unknown': [404, 'NAME_UNKNOWN'],
  'auth.missing': [401, 'UNAUTHORIZED'],
  'auth.denied': [403, 'DENIED'],
  'egress.denied': [403, 'DENIED'],
  'job.deadline': [504, 'UNAVAILABLE'],
  'job.cancelled': [503, 'UNAVAILABLE'],
  'registry.unreachable': [502, 'UNAVAILABLE'],
  'registry.tls-unknown-authority': [502, 'UNAVAILABLE'],
  'registry.tls-expired': [502, 'UNAVAILABLE'],
  'registry.tls-wrong-host': [502, 'UNAVAILABLE'],
  'registry.tls': [502, 'UNAVAILABLE'],
  'registry.tls-settings': [502, 'UNAVAILABLE'],
  'registry.denied': [403, 'DENIED'],
  'registry.token-expired': [403, 'DENIED'],
  'registry.not-found': [404, 'NAME_UNKNOWN'],
  'registry.busy': [503, 'TOOMANYREQUESTS'],
  'registry.refused': [403, 'DENIED'],
  'registry.broken-off': [502, 'UNAVAILABLE'],
  'registry.invalid': [502, 'UNAVAILABLE'],
  'registry.too-large': [502, 'UNAVAILABLE'],
  'registry.no-platform': [404, 'MANIFEST_UNKNOWN'],
  'registry.wrong-digest': [502, 'UNAVAILABLE'],
  'peer.unreachable': [503, 'UNAVAILABLE'],
  'peer.busy': [503, 'UNAVAILABLE'],
  'peer.slow': [503, 'UNAVAILABLE'],
  'peer.denied': [503, 'UNAVAILABLE'],
  'peer.misconfigured': [503, 'UNAVAILABLE'],
  'peer.not-cached': [503, 'UNAVAILABLE'],
  'peer.unsupported': [503, 'UNAVAILABLE'],
  'peer.full': [503, 'UNAVAILABLE'],
  'peer.broken': [503, 'UNAVAILABLE'],
  'peer.none': [404, 'NAME_UNKNOWN'],
  'store.unavailable': [503, 'UNAVAILABLE'],
  'self.sealed': [500, 'UNKNOWN'],
  'self.stopping': [503, 'UNAVAILABLE'],
  'self.fault': [500, 'UNKNOWN'],
} as const satisfies Record<FailureCode, readonly [status: number, code: ErrorCode]>

/** Docker and containerd send a credential only when asked for one. */
const challenge = { 'www-authenticate': 'Basic realm="Warmfront"' }

export const refuse: Refuse = (thrown) => {
  const failure = asFailure(thrown)
  const [status, code] = answers[failure.code]
  const answer = refusal(status, code, failure.message, { hint: failure.problem.hint })
  const headers = { ...answer.headers, ...refusalHeaders(status, failure), ...(status === 401 && challenge) }
  return { ...answer, headers }
}

export function refusal(status: number, code: ErrorCode, message: string, detail: unknown = null): Answer {
  const body: ErrorBody = { errors: [{ code, message, detail }] }
  return { status, headers: versionHeader, body }
}
