// How the supernode contract refuses: HTTP 200 with a code of its own, as documented, except where HTTP itself decides.

import { asFailure, type FailureCode } from '../../model/failure.ts'
import { refusalHeaders } from '../http/refusal-headers.ts'
import type { Refuse } from '../http/route.ts'

/** The HTTP status; the body's `code` is 400 beside 200, and the same as the status otherwise. */
const statuses = {
  'request.invalid': 200,
  'request.too-large': 413,
  'request.not-found': 200,
  'request.conflict': 200,
  'request.too-many': 429,
  'request.wrong-method': 405,
  'request.unsupported': 415,
  'reference.invalid': 200,
  'cluster.unknown': 200,
  'auth.missing': 401,
  'auth.denied': 403,
  'egress.denied': 200,
  'job.deadline': 200,
  'job.cancelled': 200,
  'registry.unreachable': 200,
  'registry.tls-unknown-authority': 200,
  'registry.tls-expired': 200,
  'registry.tls-wrong-host': 200,
  'registry.tls': 200,
  'registry.tls-settings': 200,
  'registry.denied': 200,
  'registry.token-expired': 200,
  'registry.not-found': 200,
  'registry.busy': 200,
  'registry.refused': 200,
  'registry.broken-off': 200,
  'registry.invalid': 200,
  'registry.too-large': 200,
  'registry.no-platform': 200,
  'registry.wrong-digest': 200,
  'peer.unreachable': 200,
  'peer.busy': 200,
  'peer.slow': 200,
  'peer.denied': 200,
  'peer.misconfigured': 200,
  'peer.not-cached': 200,
  'peer.unsupported': 200,
  'peer.full': 200,
  'peer.broken': 200,
  'peer.none': 200,
  'store.unavailable': 503,
  'self.sealed': 500,
  'self.stopping': 503,
  'self.fault': 500,
} satisfies Record<FailureCode, number>

export const refuse: Refuse = (thrown) => {
  const failure = asFailure(thrown)
  const { code, message, hint } = failure.problem
  const status = statuses[code]
  const headers = refusalHeaders(status, failure)
  return { status, headers, body: { code: status === 200 ? 400 : status, msg: `${message} ${hint}` } }
}
