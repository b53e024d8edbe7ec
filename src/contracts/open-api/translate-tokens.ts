// A personal access token on its way in and out of the Open API. Pure.

import type { AskedToken } from '../../auth/access-tokens.ts'
import { Failure } from '../../model/failure.ts'
import type { TokenChange, TokenRecord, TokenUse } from '../../model/ports.ts'
import type { Principal } from '../../model/principal.ts'
import { toUser } from './translate.ts'
import type { ChangeToken, CreateToken, ShownCaller, ShownToken } from './wire.ts'
import { toTime, toTimeOrNull } from './words.ts'

/** Throws `request.invalid` for a time that is none. */
export function toAsked(body: CreateToken): AskedToken {
  const scopes = body.scopes ?? []
  return {
    name: body.name,
    bio: body.bio ?? '',
    permissions: scopes.length === 0 ? null : [...new Set(scopes)],
    expiresAtMs: toMs(body.expired_at),
    userId: body.user_id ?? null,
  }
}

/** What is left out, null, a state of "" and a user of 0 change nothing. Throws `request.invalid` for a time that is none. */
export function toChange(body: ChangeToken): TokenChange {
  const { bio, scopes, state, expired_at: expiredAt, user_id: userId } = body
  return {
    ...(typeof bio === 'string' && { bio }),
    ...(scopes && { permissions: [...new Set(scopes)] }),
    ...(state && { active: state === 'active' }),
    ...(expiredAt && { expiresAtMs: toMs(expiredAt) }),
    ...(userId && { userId }),
  }
}

/** Without the token itself, which is in the answer to the POST that made it and nowhere else. */
export const toToken = (record: TokenRecord, token = ''): ShownToken => ({
  id: record.id,
  created_at: toTime(record.createdAtMs),
  updated_at: toTime(record.updatedAtMs),
  is_del: 0,
  name: record.name,
  bio: record.bio,
  token,
  scopes: [...record.permissions],
  state: record.active ? 'active' : 'inactive',
  expired_at: toTime(record.expiresAtMs),
  user_id: record.userId,
  user: toUser(record.userId),
  last_used_at: toTimeOrNull(record.lastUsedAtMs),
  last_used_for: record.lastUsedFor && toUse(record.lastUsedFor),
})

/** Key by key, since a row does not keep their order. */
const toUse = ({ contract, operation, client }: TokenUse): ShownToken['last_used_for'] => ({
  contract,
  operation,
  client,
})

export const toCaller = ({ tokenId, name, userId, permissions, expiresAtMs }: Principal): ShownCaller => ({
  token_id: tokenId,
  name,
  user_id: userId,
  scopes: [...permissions],
  expired_at: toTimeOrNull(expiresAtMs),
})

const grammar = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i

/** RFC 3339 with any offset. Date.parse alone takes other forms too, and makes March of the 30th of February. */
function toMs(text: string): number {
  const day = grammar.exec(text)?.[1]
  const ms = day === undefined ? Number.NaN : Date.parse(text)
  if (Number.isNaN(ms) || !new Date(`${day}T00:00:00Z`).toISOString().startsWith(day ?? ' ')) {
    const named = JSON.stringify(text.slice(0, 100))
    const sentence = `expired_at is ${named}; expected a time such as 2036-01-01T00:00:00Z.`
    throw new Failure('request.invalid', sentence, { field: 'expired_at' })
  }
  return ms
}
