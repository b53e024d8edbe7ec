// What the handlers of all resources read from their call.

import { Failure } from '../../model/failure.ts'
import type { Principal } from '../../model/principal.ts'
import type { Call } from '../http/route.ts'

/** As the document has it: a whole number from 1. Throws `request.invalid`. */
export function idOf({ params }: Call): number {
  const id = /^[1-9]\d{0,15}$/.test(params['id'] ?? '') ? Number(params['id']) : Number.NaN
  if (Number.isSafeInteger(id)) return id
  throw new Failure('request.invalid', 'id must be a whole number from 1.', { field: 'id' })
}

/**
 * A number in the query; 0 where it is absent or empty. The document bounds it, but the validator holds no bounds
 * against what overflows, such as 1e999. Throws `request.invalid`.
 */
export function numberAt(query: URLSearchParams, name: string): number {
  const value = Number(query.get(name) ?? 0)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new Failure('request.invalid', `${name} is not a whole number from 0.`, { field: name })
}

export function callerOf({ principal }: Call): Principal {
  if (principal === null) throw new Failure('auth.missing', 'This call needs a token, and none came with it.')
  return principal
}
