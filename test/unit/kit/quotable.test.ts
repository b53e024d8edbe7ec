import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onOneLine, quotable } from '../../../src/kit/redact.ts'

/** A stranger's words, and what is repeated of them. */
const words: readonly (readonly [string, string])[] = [
  ['manifest unknown', 'manifest unknown'],
  [' two\r\nlines\u2028and\tmore ', 'two lines and more'],
  ['\u001b[31mred\u202e\ufeff\0', '[31mred'],
  ['try Bearer abcdef.0123456789', 'try Bearer ***'],
  ['try Basic dXNlcjpwYXNz', 'try Basic ***'],
  ['see https://me:secret@h.io/x', 'see https://***@h.io/x'],
  ['see https://h.io/b?X-Amz-Signature=a1b2&x=1', 'see https://h.io/b?X-Amz-Signature=***&x=1'],
  ['see /b?x=1&api_key=k&access_token=t', 'see /b?x=1&api_key=***&access_token=***'],
  ['wf_abcdefghijklmnopqrstuvwxyz', 'wf_***'],
  ['<script>x</script>', '‹script›x‹/script›'],
]
for (const [text, expected] of words) {
  test(`quotable: ${JSON.stringify(text)} is repeated as ${JSON.stringify(expected)}`, () => {
    assert.equal(quotable(text), expected)
  })
}

test('quotable: of many words the first two hundred characters are repeated', () => {
  assert.equal(quotable('x'.repeat(200)), 'x'.repeat(200))
  assert.equal(quotable('x'.repeat(201)), `${'x'.repeat(200)}…`)
})

test('quotable: a credential that the end would cut in two is masked before', () => {
  const text = `${'x'.repeat(190)} Bearer abcdef0123456789`
  assert.ok(!quotable(text).includes('abcdef'))
})

test('one line: spaces are one space, and nothing stands around it', () => {
  assert.equal(onOneLine('\n a \u00a0 b\u200b\n'), 'a b')
})
