// What a range or a condition asks for, and the headers of the answer.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerWith, isKnownToClient, namespaceOf, rangeOf } from '../../../../src/contracts/mirror/translate.ts'
import { refuse } from '../../../../src/contracts/mirror/refusals.ts'
import { failureCodes, Failure } from '../../../../src/model/failure.ts'
import { bytesOf, digestOf } from '../../../support/image.ts'

const ranges = [
  { header: undefined, gives: 'whole' },
  { header: 'bytes=0-', gives: '0-99' },
  { header: 'bytes=10-', gives: '10-99' },
  { header: 'bytes=10-19', gives: '10-19' },
  { header: 'Bytes= 10-19 ', gives: '10-19' },
  { header: 'bytes=99-99', gives: '99-99' },
  { header: 'bytes=90-1000', gives: '90-99' },
  { header: `bytes=90-${'9'.repeat(400)}`, gives: '90-99' },
  { header: 'bytes=-10', gives: '90-99' },
  { header: 'bytes=-1000', gives: '0-99' },
  { header: 'bytes=-0', gives: 'unsatisfiable' },
  { header: 'bytes=100-', gives: 'unsatisfiable' },
  { header: 'bytes=100-200', gives: 'unsatisfiable' },
  { header: `bytes=${'9'.repeat(400)}-`, gives: 'unsatisfiable' },
  { header: 'bytes=20-10', gives: 'whole' },
  { header: 'bytes=-', gives: 'whole' },
  { header: 'bytes=', gives: 'whole' },
  { header: 'bytes=0-1,5-6', gives: 'whole' },
  { header: 'bytes=a-b', gives: 'whole' },
  { header: 'bytes=1.5-3', gives: 'whole' },
  { header: 'items=0-1', gives: 'whole' },
  { header: '0-1', gives: 'whole' },
] as const

for (const { header, gives } of ranges) {
  test(`of 100 bytes, ${header?.slice(0, 20) ?? 'no range'} asks for ${gives}`, () => {
    const range = rangeOf(header, 100)
    assert.equal(range.is === 'part' ? `${range.from}-${range.to}` : range.is, gives)
  })
}

test('no range of an empty blob can be satisfied', () => {
  assert.equal(rangeOf('bytes=0-', 0).is, 'unsatisfiable')
  assert.equal(rangeOf('bytes=-5', 0).is, 'unsatisfiable')
})

const bytes = bytesOf(100, 'blob')
const digest = digestOf(bytes)
const blob = {
  digest,
  size: 100,
  mediaType: 'x/y',
  async *bytes(from: number, to: number) {
    yield bytes.subarray(from, to + 1)
  },
}
const answer = (method: string, headers: Record<string, string>, immutable = true) =>
  answerWith({ blob, mediaType: 'x/y', immutable }, { method, headers })

test('a client that knows the digest is told so', () => {
  for (const header of [`"${digest}"`, `W/"${digest}"`, `"other", "${digest}"`, '*']) {
    assert.ok(isKnownToClient(header, digest), header)
    assert.equal(answer('GET', { 'if-none-match': header, range: 'bytes=0-1' }).status, 304)
  }
  for (const header of [undefined, '', '"other"', digest]) assert.ok(!isKnownToClient(header, digest), header)
})

test('the whole carries its digest, its length and no encoding', () => {
  const { status, headers } = answer('GET', {})
  assert.equal(status, 200)
  assert.deepEqual(headers, {
    'docker-distribution-api-version': 'registry/2.0',
    'docker-content-digest': digest,
    etag: `"${digest}"`,
    'accept-ranges': 'bytes',
    'cache-control': 'max-age=31536000',
    'content-type': 'x/y',
    'content-length': '100',
  })
})

test('what was asked for by tag may not be cached for long', () => {
  assert.equal(answer('GET', {}, false).headers?.['cache-control'], undefined)
})

test('a part says which one it is', () => {
  const { status, headers } = answer('GET', { range: 'bytes=10-19' })
  assert.equal(status, 206)
  assert.equal(headers?.['content-range'], 'bytes 10-19/100')
  assert.equal(headers?.['content-length'], '10')
})

test('a range that cannot be satisfied is answered with the size', () => {
  const { status, headers, stream } = answer('GET', { range: 'bytes=100-' })
  assert.equal(status, 416)
  assert.equal(headers?.['content-range'], 'bytes */100')
  assert.equal(stream, undefined)
})

test('a range holds only for the bytes that the client means', () => {
  assert.equal(answer('GET', { range: 'bytes=10-19', 'if-range': `"${digest}"` }).status, 206)
  assert.equal(answer('GET', { range: 'bytes=10-19', 'if-range': '"other"' }).status, 200)
  assert.equal(answer('GET', { range: 'bytes=10-19', 'if-range': `W/"${digest}"` }).status, 200)
  assert.equal(answer('GET', { range: 'bytes=10-19', 'if-range': 'Sat, 01 Jan 2022 00:00:00 GMT' }).status, 200)
})

test('HEAD has the headers of the whole and no body, whatever range it names', () => {
  const head = answer('HEAD', { range: 'bytes=10-19' })
  assert.equal(head.status, 200)
  assert.deepEqual(head.headers, answer('GET', {}).headers)
  assert.equal(head.stream, undefined)
})

test('the registry is what the client says, else the usual one; Docker Hub has several names', () => {
  assert.equal(
    namespaceOf(new URLSearchParams('ns=registry.example.com:5000'), 'docker.io'),
    'registry.example.com:5000',
  )
  assert.equal(namespaceOf(new URLSearchParams('ns=registry-1.docker.io'), 'ghcr.io'), 'docker.io')
  assert.equal(namespaceOf(new URLSearchParams(''), 'ghcr.io'), 'ghcr.io')
  assert.equal(namespaceOf(new URLSearchParams('ns='), 'ghcr.io'), 'ghcr.io')
})

test('every failure has an answer that sends the node on, in the registry dialect', () => {
  for (const code of failureCodes) {
    const { status, body } = refuse(new Failure(code, 'It went wrong.'), { method: 'GET', path: '/v2/' })
    assert.ok(status >= 400 && status < 600, code)
    assert.match(JSON.stringify(body), /^\{"errors":\[\{"code":"[A-Z]+(?:_[A-Z]+)*","message":"It went wrong\."/)
  }
})

test('what is our own fault keeps its text to itself, and a missing credential is asked for', () => {
  const fault = refuse(new Error('secret text'), { method: 'GET', path: '/v2/' })
  assert.equal(fault.status, 500)
  assert.ok(!JSON.stringify(fault.body).includes('secret'))
  const missing = refuse(new Failure('auth.missing', 'A token is needed.'), { method: 'GET', path: '/v2/' })
  assert.equal(missing.headers?.['www-authenticate'], 'Basic realm="Warmfront"')
})
