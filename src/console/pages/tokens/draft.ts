// A token as it is being described in a form: what is wrong with it, and how it is asked for. Pure.

import type { Schemas, Scope, Token } from '../../api/types.ts'
import type { ApiFailure } from '../../api/failure.ts'
import { endOf, isIncluded, type Lifetime } from './words.ts'

export interface Draft {
  readonly name: string
  readonly bio: string
  /** '' leaves the end as it is. */
  readonly lifetime: Lifetime | ''
  /** As a date field has it, for the lifetime `own`. */
  readonly ownDate: string
  readonly scopes: readonly Scope[]
}

export const emptyDraft: Draft = { name: '', bio: '', lifetime: '90', ownDate: '', scopes: [] }

export const draftOf = ({ name, bio, scopes }: Token): Draft => ({ name, bio, lifetime: '', ownDate: '', scopes })

/** What is wrong, by field. */
export interface Faults {
  readonly name?: string
  readonly bio?: string
  readonly expired_at?: string
  readonly scopes?: string
  /** What belongs to no field. */
  readonly rest?: string
}

export const isFaulty = (faults: Faults): boolean => Object.keys(faults).length > 0

export function faultsOf({ name, lifetime, ownDate, scopes }: Draft, nowMs: number): Faults {
  return {
    ...(name.trim() === '' && { name: 'Give it a name.' }),
    ...(lifetime !== '' &&
      endOf(lifetime, ownDate, nowMs) === undefined && { expired_at: 'Choose a day that is not past.' }),
    ...(scopes.length === 0 && { scopes: 'Choose at least one.' }),
  }
}

/** What the service found wrong, at its field where it is that of one. */
export function faultsIn({ code, message, fields }: ApiFailure): Faults {
  // The only thing of a token that can be taken is its name.
  if (code === 'request.conflict') return { name: message }
  const at = Object.fromEntries(names.flatMap((name) => (fields.has(name) ? [[name, fields.get(name)]] : [])))
  return Object.keys(at).length === 0 ? { rest: message } : at
}

const names = ['name', 'bio', 'expired_at', 'scopes'] as const

/** Of a draft without faults. */
export const toCreate = (draft: Draft, nowMs: number): Schemas['CreateToken'] => ({
  name: draft.name.trim(),
  bio: draft.bio,
  scopes: withoutIncluded(draft.scopes),
  expired_at: (draft.lifetime !== '' && endOf(draft.lifetime, draft.ownDate, nowMs)) || '',
})

/** Only what is another than it was: a caller may not send scopes back that it does not hold itself. */
export function toChange(draft: Draft, token: Token, nowMs: number): Schemas['ChangeToken'] {
  const scopes = withoutIncluded(draft.scopes)
  const same = scopes.length === token.scopes.length && scopes.every((scope) => token.scopes.includes(scope))
  const expiredAt = draft.lifetime === '' ? undefined : endOf(draft.lifetime, draft.ownDate, nowMs)
  return {
    ...(draft.bio !== token.bio && { bio: draft.bio }),
    ...(!same && { scopes }),
    ...(expiredAt !== undefined && { expired_at: expiredAt }),
  }
}

const withoutIncluded = (scopes: readonly Scope[]): Scope[] => scopes.filter((scope) => !isIncluded(scope, scopes))
