// How the Open API refuses: one JSON object with `message`, and `errors` beside it on 422.

import { asFailure, type FailureCode } from '../../model/failure.ts'
import { plainStatuses } from '../http/plain-status.ts'
import { refusalHeaders } from '../http/refusal-headers.ts'
import type { Refuse } from '../http/route.ts'
import type { Refusal } from './wire.ts'

/** Dragonfly answers what is wrong in a request with 422, and never with 400. */
function statusOf(code: FailureCode): number {
  const status = plainStatuses[code]
  return status === 400 ? 422 : status
}

export const refuse: Refuse = (thrown) => {
  const failure = asFailure(thrown)
  const { code, message, hint } = failure.problem
  const status = statusOf(code)
  const sentence = `${message} ${hint}`
  const body: Refusal = { message: sentence, code, ...(status === 422 ? { errors: sentence } : {}) }
  return { status, headers: refusalHeaders(status, failure), body }
}
