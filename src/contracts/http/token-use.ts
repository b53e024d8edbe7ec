// What a call uses its token for, as it is kept and shown. Pure.

import { onOneLine, redactText } from '../../kit/redact.ts'
import type { TokenUse } from '../../model/ports.ts'
import type { Contract, Route } from './route.ts'

/** Of User-Agent; browsers say about 120. */
const longestClient = 200
/** More is not searched for secrets, which takes longer by the square: anybody can send 16 KiB of it. */
const mostSearched = 1000

/** `userAgent` as the client sent it. A token in it, this one before all, is masked. */
export function useOf(contract: Contract, route: Route, userAgent: string | undefined, token: string): TokenUse {
  // Masked before it is cut, so that no half of the token is left.
  const said = onOneLine(userAgent ?? '').replaceAll(token, '***')
  const client = redactText(said.slice(0, mostSearched)).slice(0, longestClient).trim()
  return { contract: contract.name, operation: route.operation, client }
}
