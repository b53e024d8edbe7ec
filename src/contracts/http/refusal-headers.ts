// The headers that HTTP wants beside a refusal, whatever the contract says in its body.

import type { Failure } from '../../model/failure.ts'

/** RFC 9110: 401 names the scheme, and what passes by itself says when. */
export function refusalHeaders(status: number, { retryAfterMs }: Failure): Readonly<Record<string, string>> {
  return {
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="warmfront"' }),
    ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
  }
}
