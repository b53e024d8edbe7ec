// When a token that somebody handed in ends. It is only read, to say why it was refused: the registry judges it.

import { parseObject } from './json.ts'

/** Milliseconds since the epoch, of a Bearer header whose token is a JWT (RFC 7519) with `exp`. */
export function expiryOf(authorization: string): number | undefined {
  const claims = /^bearer +[\w-]+\.([\w-]+)\.[\w-]*$/i.exec(authorization)?.[1]
  if (claims === undefined) return undefined
  const { exp } = parseObject(Buffer.from(claims, 'base64url')) ?? {}
  // Within what a Date can hold.
  return typeof exp === 'number' && Math.abs(exp) < 8.64e12 ? exp * 1000 : undefined
}
