// Where a redirect may lead.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRedirect, judgeRedirect, mostRedirects } from '../../../src/registry/redirect.ts'

const from = new URL('https://h.io/v2/a/blobs/x')

const followed: readonly (readonly [string, string, boolean])[] = [
  ['https://s3.example.com/b?sig=1', 'https://s3.example.com/b?sig=1', false],
  ['/other', 'https://h.io/other', true],
  ['https://h.io:443/other', 'https://h.io/other', true],
  ['https://h.io:8443/other', 'https://h.io:8443/other', false],
  ['//h2.io/x', 'https://h2.io/x', false],
]
for (const [location, to, sameOrigin] of followed) {
  test(`${location} is followed ${sameOrigin ? 'with' : 'without'} the credential`, () => {
    const verdict = judgeRedirect(from, location, 0)
    assert.ok('follow' in verdict)
    assert.deepEqual([verdict.follow.href, verdict.sameOrigin], [to, sameOrigin])
  })
}

const refused = ['http://h.io/x', 'ftp://h.io/x', 'javascript:1', 'https://u:p@h.io/x', 'https://[::1', undefined]
for (const location of refused) {
  test(`${location} is not followed`, () => {
    assert.ok('refuse' in judgeRedirect(from, location, 0))
  })
}

test('http may lead to https, and then the origin is another one', () => {
  const verdict = judgeRedirect(new URL('http://h.io/x'), 'https://h.io/x', 0)
  assert.ok('follow' in verdict && !verdict.sameOrigin)
})

test('the sixth redirect is not followed', () => {
  assert.ok('follow' in judgeRedirect(from, '/x', mostRedirects - 1))
  assert.ok('refuse' in judgeRedirect(from, '/x', mostRedirects))
})

test('304 is not a redirect', () => {
  assert.deepEqual([301, 302, 303, 307, 308, 300, 304, 200].map(isRedirect), [
    ...Array.from({ length: 5 }, () => true),
    ...Array.from({ length: 3 }, () => false),
  ])
})
