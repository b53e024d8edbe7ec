// What clients of the preheats contract send, as it is understood.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseId, parsePaging, parsePreheat } from '../../../../src/contracts/preheats/wire.ts'

const nothing = { headers: {}, filter: '', identifier: '', image: '', tag: '', digest: '' }
const digest = `sha256:${'a'.repeat(64)}`
const url = 'https://harbor.example.com/v2/library/app/manifests/1.0'

test("Harbor's body is understood", () => {
  const body = { type: 'image', url, headers: { Authorization: 'Bearer t' }, image: 'library/app', tag: '1.0', digest }
  assert.deepEqual(parsePreheat(body), { ...nothing, ...body })
})

test("Dragonfly 1.x's body is understood", () => {
  const body = { type: 'file', url: 'https://example.com/a?b=1', filter: 'b&c', identifier: 'nightly', headers: null }
  assert.deepEqual(parsePreheat(body), { ...nothing, ...body, headers: {} })
})

test("Dragonfly 2's body is understood, and its name of the filter wins", () => {
  const body = { type: 'image', url: 'app:1.0', filter: 'old', filteredQueryParams: 'new', headers: {} }
  assert.equal(parsePreheat(body).filter, 'new')
  assert.equal(parsePreheat({ ...body, filteredQueryParams: '' }).filter, 'old')
})

test('keys match in any case, and headers may be lists', () => {
  const body = { TYPE: 'image', Url: url, HEADERS: { 'X-A': ['1', '2'], 'X-B': '3' }, FilteredQueryParams: 'a' }
  const parsed = parsePreheat(body)
  assert.equal(parsed.type, 'image')
  assert.equal(parsed.url, url)
  assert.equal(parsed.filter, 'a')
  assert.deepEqual(parsed.headers, { 'X-A': '1, 2', 'X-B': '3' })
})

const bad: readonly (readonly [name: string, body: unknown, says: RegExp])[] = [
  ['nothing', undefined, /not a JSON object/],
  ['null', null, /not a JSON object/],
  ['a list', [], /not a JSON object/],
  ['the base64 text of the supernode contract', 'eyJ0eXBlIjoiaW1hZ2UifQ==', /not a JSON object/],
  ['no type', { url }, /type is missing/],
  ['another type', { type: 'video', url }, /type is "video"/],
  ['no url', { type: 'image' }, /url is missing/],
  ['a url that is no text', { type: 'image', url: 7 }, /url is missing/],
  ['headers that are a text', { type: 'image', url, headers: 'a' }, /headers is not as expected/],
  ['a header that is a number', { type: 'image', url, headers: { A: 1 } }, /headers is not as expected/],
  ['a header with a line break', { type: 'image', url, headers: { A: 'a\r\nb' } }, /headers is not as expected/],
  ['a tag that is a number', { type: 'image', url, tag: 1 }, /tag is not a text of at most 128/],
  ['a long filter', { type: 'image', url, filter: 'a'.repeat(8193) }, /filter is not a text of at most 8192/],
]
for (const [name, body, says] of bad) {
  test(`a body is refused: ${name}`, () => {
    assert.throws(() => parsePreheat(body), { code: 'request.invalid', message: says })
  })
}

test('an id is a whole number as it was given; anything else was never one', () => {
  assert.equal(parseId('7'), 7)
  assert.equal(parseId('9007199254740991'), 9_007_199_254_740_991)
  for (const text of ['', '0', '07', '-1', '1.0', '1e3', 'abc', '9007199254740992', '99999999999999999999']) {
    assert.throws(() => parseId(text), { code: 'request.not-found' }, text)
  }
})

test('pages are counted from 1, of 100 at most, and 0 means the default', () => {
  const parse = (text: string) => parsePaging(new URLSearchParams(text))
  assert.deepEqual(parse(''), { page: 1, perPage: 100 })
  assert.deepEqual(parse('page=0&per_page=0'), { page: 1, perPage: 100 })
  assert.deepEqual(parse('page=3&per_page=20'), { page: 3, perPage: 20 })
  for (const text of ['page=-1', 'page=a', 'page=', 'page=10000001', 'per_page=101', 'per_page=1.5', 'page=1e3']) {
    assert.throws(() => parse(text), { code: 'request.invalid' }, text)
  }
})
