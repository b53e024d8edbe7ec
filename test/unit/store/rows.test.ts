import assert from 'node:assert/strict'
import { test } from 'node:test'
import { json, timestamp } from '../../../src/store/rows.ts'

const texts = [
  { name: 'plain text', text: 'a "b" \\ \n ü 🚀', kept: 'a "b" \\ \n ü 🚀' },
  { name: 'NUL', text: 'a\0b', kept: 'a\uFFFDb' },
  { name: 'a backslash before what looks like an escape', text: '\\u0000 \\ud800', kept: '\\u0000 \\ud800' },
  { name: 'a backslash before NUL', text: '\\\0', kept: '\\\uFFFD' },
  { name: 'half a surrogate pair', text: '\uD800 \uDFFF', kept: '\uFFFD \uFFFD' },
  { name: 'other control characters', text: '\u0001\u001f', kept: '\u0001\u001f' },
]

for (const { name, text, kept } of texts) {
  test(`a jsonb value keeps ${name} as far as PostgreSQL can, in keys too`, () => {
    assert.deepEqual(JSON.parse(json({ [text]: [text] })), { [kept]: [kept] })
  })
}

test('a time after the year 9999 becomes its end', () => {
  assert.equal(timestamp(1_700_000_000_123), '2023-11-14T22:13:20.123Z')
  assert.equal(timestamp(Number.MAX_SAFE_INTEGER), '9999-12-31T00:00:00.000Z')
})
