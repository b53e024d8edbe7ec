// How the Open API refuses: one JSON object with `message`, and on 422 `errors` and the fields that are wrong beside it.

import { asFailure, type FailureCode, type FieldFault } from '../../model/failure.ts'
import { plainStatuses } from '../http/plain-status.ts'
import { refusalHeaders } from '../http/refusal-headers.ts'
import type { Refuse } from '../http/route.ts'
import type { FieldError, Refusal } from './wire.ts'

/** Dragonfly answers what is wrong in a request with 422, and never with 400. */
function statusOf(code: FailureCode): number {
  const status = plainStatuses[code]
  return status === 400 ? 422 : status
}

const toFieldError = ({ field, message }: FieldFault): FieldError => ({ field, message })

export const refuse: Refuse = (thrown) => {
  const failure = asFailure(thrown)
  const { code, message, hint } = failure.problem
  const status = statusOf(code)
  const sentence = `${message} ${hint}`
  const body: Refusal = {
    message: sentence,
    code,
    ...(status === 422 && { errors: sentence }),
    ...(status === 422 && failure.fields.length > 0 && { fields: failure.fields.map(toFieldError) }),
  }
  return { status, headers: refusalHeaders(status, failure), body }
}
