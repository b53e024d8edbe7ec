// How the kraken contract refuses: an HTTP status and a message, which is all that a user of Harbor's ever sees of it.

import { asFailure, type FailureCode } from '../../model/failure.ts'
import { refusalHeaders } from '../http/refusal-headers.ts'
import type { Refuse } from '../http/route.ts'

const statuses = {
  'request.invalid': 400,
  'request.too-large': 413,
  'request.not-found': 404,
  'request.conflict': 409,
  'request.too-many': 429,
  'request.wrong-method': 405,
  'request.unsupported': 415,
  'reference.invalid': 400,
  'cluster.unknown': 400,
  'auth.missing': 401,
  'auth.denied': 403,
  'egress.denied': 400,
  'job.deadline': 504,
  'job.cancelled': 409,
  'registry.unreachable': 502,
  'registry.tls-unknown-authority': 502,
  'registry.tls-expired': 502,
  'registry.tls-wrong-host': 502,
  'registry.tls': 502,
  'registry.denied': 502,
  'registry.not-found': 502,
  'registry.busy': 502,
  'registry.refused': 502,
  'registry.broken-off': 502,
  'registry.invalid': 502,
  'registry.too-large': 502,
  'registry.no-platform': 400,
  'registry.wrong-digest': 502,
  'peer.full': 507,
  'peer.broken': 502,
  'peer.none': 400,
  'store.unavailable': 503,
  'self.sealed': 500,
  'self.stopping': 503,
  'self.fault': 500,
} satisfies Record<FailureCode, number>

export const refuse: Refuse = (thrown) => {
  const failure = asFailure(thrown)
  const { code, message, hint } = failure.problem
  const status = statuses[code]
  return { status, headers: refusalHeaders(status, failure), body: { message: `${message} ${hint}`, code } }
}
