import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../src/model/failure.ts'
import { isTaken, storeFault } from '../../../src/store/faults.ts'

const place = 'at db.example/warmfront'
const withCode = (code: string, message = 'words of the driver') => Object.assign(new Error(message), { code })

const away = [
  { name: 'a refused connection', error: withCode('ECONNREFUSED'), says: /the connection was refused/ },
  { name: 'an unknown host', error: withCode('ENOTFOUND'), says: /host name is unknown/ },
  { name: 'a wrong password', error: withCode('28P01'), says: /refused the user or the password/ },
  { name: 'a missing database', error: withCode('3D000'), says: /no database of that name/ },
  { name: 'a server that stops', error: withCode('57P01'), says: /starting, stopping or overloaded/ },
  { name: 'a full disk', error: withCode('53100'), says: /connections, memory or disk/ },
  { name: 'an unknown certificate', error: withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), says: /TLS failed/ },
  { name: 'a lost connection', error: new Error('select 1 - Connection terminated unexpectedly'), says: /broke/ },
  { name: 'silence', error: new Error('timeout expired'), says: /did not answer in time/ },
]

for (const { name, error, says } of away) {
  test(`${name} means that the store is unavailable, and which one`, () => {
    const fault = storeFault(error, place)
    assert.ok(fault instanceof Failure)
    assert.equal(fault.code, 'store.unavailable')
    assert.match(fault.message, says)
    assert.match(fault.message, /^The database at db\.example\/warmfront cannot be used: .+\.$/)
  })
}

test('a mistake of ours stays what it is, without the row that PostgreSQL quotes', () => {
  const error = Object.assign(withCode('23505', 'insert into … - duplicate key'), {
    detail: 'Key (hash)=(abc) exists.',
  })
  assert.equal(storeFault(error, place), error)
  assert.equal('detail' in error, false)
})

test('a failure passes through', () => {
  const failure = new Failure('job.cancelled', 'Somebody cancelled it.')
  assert.equal(storeFault(failure, place), failure)
})

test('a row that is there already is told by the index that says so', () => {
  const error = Object.assign(withCode('23505'), { constraint: 'tokens_name_key' })
  assert.equal(isTaken(error, 'tokens_name_key'), true)
  assert.equal(isTaken(error, 'tokens_hash_key'), false)
  assert.equal(isTaken(Object.assign(withCode('23503'), { constraint: 'tokens_name_key' }), 'tokens_name_key'), false)
  assert.equal(isTaken(withCode('23505'), 'tokens_name_key'), false)
  assert.equal(isTaken('23505', 'tokens_name_key'), false)
})
