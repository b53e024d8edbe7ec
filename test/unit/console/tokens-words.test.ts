// What is said of a token.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiFailure } from '../../../src/console/api/failure.ts'
import type { Scope, Token } from '../../../src/console/api/types.ts'
import { emptyDraft, faultsIn, faultsOf, toChange, toCreate } from '../../../src/console/pages/tokens/draft.ts'
import {
  endOf,
  expiryOf,
  isIncluded,
  scopeNames,
  scopeWords,
  stateOf,
  wordsOfUse,
} from '../../../src/console/pages/tokens/words.ts'

const now = Date.parse('2026-03-01T12:00:00.000Z')
const day = 24 * 3_600_000
const at = (ms: number): string => new Date(now + ms).toISOString()

const user = { id: 1, created_at: '', updated_at: '', is_del: 0, email: '', name: '', avatar: '', phone: '' } as const
const token: Token = {
  id: 3,
  created_at: at(-day),
  updated_at: at(-day),
  is_del: 0,
  name: 'harbor',
  bio: 'of the edge',
  token: '',
  scopes: ['job'],
  state: 'active',
  expired_at: at(90 * day),
  user_id: 1,
  user: { ...user, state: '', location: '', bio: '', configs: null },
  last_used_at: null,
  last_used_for: null,
}

for (const { left, words, level } of [
  { left: 90 * day, words: 'in 90 days', level: 'fine' },
  { left: 14 * day, words: 'in 14 days', level: 'fine' },
  { left: 14 * day - 1, words: 'in 14 days', level: 'soon' },
  { left: 2 * day, words: 'in 2 days', level: 'soon' },
  { left: 2 * day - 1, words: 'in 48 hours', level: 'soon' },
  { left: 3_600_000, words: 'in 1 hour', level: 'soon' },
  { left: 1, words: 'in less than an hour', level: 'soon' },
  { left: 0, words: 'expired less than an hour ago', level: 'over' },
  { left: -3 * day, words: 'expired 3 days ago', level: 'over' },
]) {
  test(`a token with ${left} ms left reads "${words}"`, () => {
    assert.deepEqual(expiryOf(at(left), now), { words, level })
  })
}

test('a token is active, inactive, or active and expired', () => {
  assert.equal(stateOf(token, now), 'active')
  assert.equal(stateOf({ ...token, state: 'inactive' }, now), 'inactive')
  assert.equal(stateOf({ ...token, expired_at: at(0) }, now), 'expired')
  assert.equal(stateOf({ ...token, state: 'inactive', expired_at: at(0) }, now), 'inactive')
})

test('a lifetime is days from now, or ends with a day that somebody chooses', () => {
  assert.equal(endOf('7', '', now), at(7 * day))
  assert.equal(endOf('365', '', now), at(365 * day))
  assert.equal(endOf('own', '2026-04-01', now), new Date('2026-04-01T23:59:59').toISOString())
})

for (const date of ['', '2026-02-27', 'tomorrow']) {
  test(`the day "${date}" is no end of a token`, () => assert.equal(endOf('own', date, now), undefined))
}

test('each scope is offered with what it allows', () => {
  assert.deepEqual([...scopeNames].toSorted(), Object.keys(scopeWords).toSorted())
  for (const scope of scopeNames) assert.match(scopeWords[scope], /^[A-Z].*\.$/)
})

test('a scope includes its own reading, and no other', () => {
  assert.equal(isIncluded('job:read', ['job']), true)
  assert.equal(isIncluded('cluster:read', ['job']), false)
  assert.equal(isIncluded('job', ['job']), false)
})

test('a use is said with its contract, its operation and its client', () => {
  assert.equal(
    wordsOfUse({ contract: 'preheats', operation: 'ping', client: 'Go-http-client/1.1' }),
    'preheats ping, by Go-http-client/1.1',
  )
  assert.equal(
    wordsOfUse({ contract: 'open-api', operation: 'whoami', client: 'Mozilla/5.0 (X11) Chrome/1' }),
    'open-api whoami, by a browser',
  )
  assert.equal(wordsOfUse({ contract: 'kraken', operation: 'health', client: '' }), 'kraken health')
})

test('a draft without name, scopes and a day to come is told so at each field', () => {
  assert.deepEqual(Object.keys(faultsOf({ ...emptyDraft, name: ' ', lifetime: 'own' }, now)), [
    'name',
    'expired_at',
    'scopes',
  ])
  assert.deepEqual(faultsOf({ ...emptyDraft, name: 'harbor', scopes: ['job'] }, now), {})
})

test('what the service refuses stands at its field, a name that is taken at the name, the rest by itself', () => {
  const fields = new Map([['bio', 'too long']])
  assert.deepEqual(faultsIn(new ApiFailure('x', { status: 422, code: 'request.invalid', fields })), { bio: 'too long' })
  assert.deepEqual(faultsIn(new ApiFailure('taken', { code: 'request.conflict' })), { name: 'taken' })
  assert.deepEqual(faultsIn(new ApiFailure('denied', { code: 'auth.denied' })), { rest: 'denied' })
})

test('a new token is asked for without the scopes that others include', () => {
  const scopes: Scope[] = ['job:read', 'job', 'cluster:read']
  assert.deepEqual(toCreate({ ...emptyDraft, name: ' harbor ', scopes }, now), {
    name: 'harbor',
    bio: '',
    scopes: ['job', 'cluster:read'],
    expired_at: at(90 * day),
  })
})

test('only what is another than it was is sent', () => {
  const draft = { name: 'harbor', bio: token.bio, lifetime: '', ownDate: '', scopes: token.scopes } as const
  assert.deepEqual(toChange(draft, token, now), {})
  assert.deepEqual(toChange({ ...draft, bio: '', scopes: ['cluster'], lifetime: '30' }, token, now), {
    bio: '',
    scopes: ['cluster'],
    expired_at: at(30 * day),
  })
})
