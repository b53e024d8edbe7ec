// Whether the bytes of a manifest are those that its digest names. Pure.

import { createHash } from 'node:crypto'
import { algorithmOf, parseDigest, type Digest } from '../model/digest.ts'
import { asFields, parseObject } from './json.ts'

export function digestOf(bytes: Uint8Array, algorithm: 'sha256' | 'sha512' = 'sha256'): Digest {
  const digest = parseDigest(`${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`)
  if (digest === undefined) throw new TypeError('a hash in hex is always a digest')
  return digest
}

export const proves = (digest: Digest, bytes: Uint8Array): boolean => digestOf(bytes, algorithmOf(digest)) === digest

/**
 * What was signed in a docker schema 1 manifest, which is what its digest names: the document as it was before the
 * signatures were put in (JWS in libtrust's pretty form). undefined where there is none or it cannot be restored.
 */
export function signedPayload(bytes: Buffer): Buffer | undefined {
  const signatures = parseObject(bytes)?.['signatures']
  const header = Array.isArray(signatures) ? asFields(signatures[0])['protected'] : undefined
  if (typeof header !== 'string') return undefined
  const { formatLength, formatTail } = parseObject(Buffer.from(header, 'base64url')) ?? {}
  if (typeof formatLength !== 'number' || typeof formatTail !== 'string') return undefined
  if (!Number.isSafeInteger(formatLength) || formatLength < 0 || formatLength > bytes.length) return undefined
  return Buffer.concat([bytes.subarray(0, formatLength), Buffer.from(formatTail, 'base64url')])
}
