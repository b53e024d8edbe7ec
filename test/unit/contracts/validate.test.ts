// What the validator throws, as a refusal that names each field.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromValidator } from '../../../src/contracts/http/validate.ts'
import { Failure } from '../../../src/model/failure.ts'

/** As express-openapi-validator throws it. */
const thrown = (...errors: readonly unknown[]) => Object.assign(new Error('no'), { status: 400, errors })

function refusalOf(...errors: readonly unknown[]): Failure {
  const failure = fromValidator(thrown(...errors))
  assert.ok(failure instanceof Failure)
  assert.equal(failure.code, 'request.invalid')
  return failure
}

test('each field is named with a sentence of its own, once, and the whole body is no field', () => {
  const { message, fields } = refusalOf(
    { path: '/body/args/url', message: 'must be string' },
    { path: '/body/args/url', message: 'must be string' },
    { path: '/body/args/urls/0', message: 'must NOT have more than 8192 characters' },
    { path: '/body/name', message: "must have required property 'name'" },
    { path: '/query/page', message: 'must be integer' },
    { path: '/body', message: 'must be object' },
    { path: '/body/args/headers/X-A', message: 'must be string' },
  )
  assert.equal(
    message,
    'args.url must be string; args.urls.0 must NOT have more than 8192 characters; name is missing; ' +
      'page must be integer; the body must be object; args.headers.X-A must be string.',
  )
  assert.deepEqual(fields, [
    { field: 'args.url', message: 'args.url must be string.' },
    { field: 'args.urls.0', message: 'args.urls.0 must NOT have more than 8192 characters.' },
    { field: 'name', message: 'name is missing.' },
    { field: 'page', message: 'page must be integer.' },
    { field: 'args.headers.X-A', message: 'args.headers.X-A must be string.' },
  ])
})

test('of thousands of faults a hundred fields are named', () => {
  const many = Array.from({ length: 3000 }, (_, n) => ({ path: `/body/ips/${n}`, message: 'must be string' }))
  assert.equal(refusalOf(...many).fields.length, 100)
})

test('what cannot be read names no field, and what is not of the validator stays as it is', () => {
  assert.deepEqual(refusalOf('odd', { path: 1 }).fields, [])
  const other = new Error('other')
  assert.equal(fromValidator(other), other)
})
