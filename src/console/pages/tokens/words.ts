// What is said of a token: its scopes, its state, its end, its last use. Pure.

import type { Schemas, Scope, Token } from '../../api/types.ts'
import { count } from '../../format.ts'

/** What each scope allows, in the order in which they are offered. */
export const scopeWords: Readonly<Record<Scope, string>> = {
  'job:read': 'See preheats and their tasks; pull from the mirror.',
  job: 'Make, change, cancel, retry and delete preheats. Includes job:read.',
  'cluster:read': 'See clusters and their peers.',
  cluster: 'Make, change and delete clusters. Includes cluster:read.',
  'personal-access-token': 'See, make, change and delete tokens.',
}

export const scopeNames: readonly Scope[] = ['job:read', 'job', 'cluster:read', 'cluster', 'personal-access-token']

/** Whether one of the chosen scopes includes this one. */
export const isIncluded = (scope: Scope, chosen: readonly Scope[]): boolean =>
  chosen.some((other) => `${other}:read` === scope)

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** From here on a token's end is something to do something about. */
const soonMs = 14 * dayMs

export interface Expiry {
  /** Such as `in 89 days`. */
  readonly words: string
  readonly level: 'fine' | 'soon' | 'over'
}

export function expiryOf(expiredAt: string, nowMs: number): Expiry {
  const leftMs = Date.parse(expiredAt) - nowMs
  if (leftMs <= 0) return { words: `expired ${span(-leftMs)} ago`, level: 'over' }
  return { words: `in ${span(leftMs)}`, level: leftMs < soonMs ? 'soon' : 'fine' }
}

function span(ms: number): string {
  if (ms >= 2 * dayMs) return count(Math.round(ms / dayMs), 'day')
  return ms >= hourMs ? count(Math.round(ms / hourMs), 'hour') : 'less than an hour'
}

export type TokenState = 'active' | 'inactive' | 'expired'

/** Of an inactive token it does not matter whether it has expired, too. */
export const stateOf = ({ state, expired_at: expiredAt }: Token, nowMs: number): TokenState =>
  state === 'active' && Date.parse(expiredAt) <= nowMs ? 'expired' : state

/** `open-api healthy`, and by whom, where the client said so. */
export function wordsOfUse({ contract, operation, client }: NonNullable<Schemas['Use']>): string {
  if (client === '') return `${contract} ${operation}`
  // All browsers say that they are Mozilla, and then a line of more.
  return `${contract} ${operation}, by ${client.startsWith('Mozilla/') ? 'a browser' : client}`
}

/** Days; `own` is a date that somebody chooses. */
export type Lifetime = '7' | '30' | '60' | '90' | '365' | 'own'

export const lifetimes: readonly (readonly [lifetime: Lifetime, name: string])[] = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['60', '60 days'],
  ['90', '90 days'],
  ['365', '1 year'],
  ['own', 'A date of your own'],
]

/** As the API takes it; undefined where the date is none, or is past. A date ends with its day, in the local zone. */
export function endOf(lifetime: Lifetime, ownDate: string, nowMs: number): string | undefined {
  const ms = lifetime === 'own' ? Date.parse(`${ownDate}T23:59:59`) : nowMs + Number(lifetime) * dayMs
  return ms > nowMs ? new Date(ms).toISOString() : undefined
}
