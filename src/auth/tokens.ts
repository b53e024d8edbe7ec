// Tokens: made, named, hashed, compared.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Makes a leaked token recognisable for scanners and people. */
const prefix = 'wf_'

/** 256 random bits. A fast hash is enough for such a token: there is nothing to guess. */
export const mintToken = (): string => prefix + randomBytes(32).toString('base64url')

/** Hex of the sha256; what is stored instead of the token. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Compares two hashes in constant time. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, 'hex')
  const right = Buffer.from(b, 'hex')
  return left.length === right.length && timingSafeEqual(left, right)
}
