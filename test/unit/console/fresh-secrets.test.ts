import assert from 'node:assert/strict'
import { it } from 'node:test'
import { needsPassword, noFresh, secretHeaders, toRetry } from '../../../src/console/pages/preheat/fresh-secrets.ts'
import { sampleArgs } from './samples.ts'

const args = sampleArgs({
  username: 'robot',
  headers: { Authorization: '***', 'X-Site': 'here', 'X-Note': 'Bearer ***' },
})

it('what is not told of the headers is asked for', () => {
  assert.deepEqual(secretHeaders(args), ['Authorization', 'X-Note'])
  assert.deepEqual(secretHeaders(sampleArgs()), [])
})

it('a retry sends what was given, and the headers that are no secret as they were', () => {
  const fresh = { username: 'robot', password: 'new', headers: { Authorization: 'Bearer new', 'X-Note': '' } }
  assert.deepEqual(toRetry(args, fresh), {
    username: 'robot',
    password: 'new',
    headers: { 'X-Site': 'here', Authorization: 'Bearer new' },
  })
  assert.deepEqual(toRetry(args, noFresh(args)), { headers: { 'X-Site': 'here' } })
  assert.deepEqual(toRetry(sampleArgs(), noFresh(sampleArgs())), {})
})

it('another user needs a password', () => {
  assert.equal(needsPassword(args, noFresh(args)), false)
  assert.equal(needsPassword(args, { ...noFresh(args), username: '' }), false)
  assert.equal(needsPassword(args, { ...noFresh(args), username: 'other' }), true)
})
