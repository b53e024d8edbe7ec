// How the operators' paths refuse: one JSON object with `message` and `code`.

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
  'job.deadline': 503,
  'job.cancelled': 503,
  'registry.unreachable': 503,
  'registry.tls-unknown-authority': 503,
  'registry.tls-expired': 503,
  'registry.tls-wrong-host': 503,
  'registry.tls': 503,
  'registry.denied': 503,
  'registry.not-found': 503,
  'registry.busy': 503,
  'registry.refused': 503,
  'registry.broken-off': 503,
  'registry.invalid': 503,
  'registry.too-large': 503,
  'registry.no-platform': 503,
  'registry.wrong-digest': 503,
  'peer.full': 503,
  'peer.broken': 503,
  'peer.none': 503,
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
