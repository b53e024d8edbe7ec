// How the operators' paths refuse: one JSON object with `message` and `code`.

import { asFailure } from '../../model/failure.ts'
import { plainStatuses } from '../http/plain-status.ts'
import { refusalHeaders } from '../http/refusal-headers.ts'
import type { Refuse } from '../http/route.ts'

export const refuse: Refuse = (thrown) => {
  const failure = asFailure(thrown)
  const { code, message, hint } = failure.problem
  const status = plainStatuses[code]
  return { status, headers: refusalHeaders(status, failure), body: { message: `${message} ${hint}`, code } }
}
