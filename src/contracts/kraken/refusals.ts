// How the kraken contract refuses: an HTTP status and a message, which is all that a user of Harbor's ever sees of it.

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
