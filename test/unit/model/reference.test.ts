// Image names: what is read, what is refused, and that printing gives back what was read.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../src/model/failure.ts'
import { parseReference, printReference } from '../../../src/model/reference.ts'

const hex = 'a'.repeat(64)

/** text → scheme, host, namespace, prefix, repository, tag, digest */
const read: readonly (readonly [string, readonly (string | null)[]])[] = [
  ['alpine', [null, 'registry-1.docker.io', 'docker.io', '', 'library/alpine', 'latest', null]],
  ['alpine:3.20', [null, 'registry-1.docker.io', 'docker.io', '', 'library/alpine', '3.20', null]],
  ['grafana/grafana', [null, 'registry-1.docker.io', 'docker.io', '', 'grafana/grafana', 'latest', null]],
  ['docker.io/alpine', [null, 'registry-1.docker.io', 'docker.io', '', 'library/alpine', 'latest', null]],
  ['index.docker.io/a/b:c', [null, 'registry-1.docker.io', 'docker.io', '', 'a/b', 'c', null]],
  ['registry-1.docker.io/a/b', [null, 'registry-1.docker.io', 'docker.io', '', 'a/b', 'latest', null]],
  [`alpine@sha256:${hex}`, [null, 'registry-1.docker.io', 'docker.io', '', 'library/alpine', null, `sha256:${hex}`]],
  [`ghcr.io/a/b:v1@sha256:${hex}`, [null, 'ghcr.io', 'ghcr.io', '', 'a/b', 'v1', `sha256:${hex}`]],
  [`h.io/a@sha512:${hex}${hex}`, [null, 'h.io', 'h.io', '', 'a', null, `sha512:${hex}${hex}`]],
  ['localhost/x', [null, 'localhost', 'localhost', '', 'x', 'latest', null]],
  ['localhost:5000/x', [null, 'localhost:5000', 'localhost:5000', '', 'x', 'latest', null]],
  ['[::1]:5000/x:y', [null, '[::1]:5000', '[::1]:5000', '', 'x', 'y', null]],
  ['[0:0::1]/x', [null, '[::1]', '[::1]', '', 'x', 'latest', null]],
  ['Registry.Example.com/x', [null, 'registry.example.com', 'registry.example.com', '', 'x', 'latest', null]],
  ['0x7f.1:5000/x', [null, '127.0.0.1:5000', '127.0.0.1:5000', '', 'x', 'latest', null]],
  ['h.io/a__b/c-d.e/f_g:A_1.-', [null, 'h.io', 'h.io', '', 'a__b/c-d.e/f_g', 'A_1.-', null]],
  ['https://h.io/a/b:1', ['https', 'h.io', 'h.io', '', 'a/b', '1', null]],
  ['HTTP://h.io:80/a', ['http', 'h.io:80', 'h.io:80', '', 'a', 'latest', null]],
  ['https://docker.io/alpine', ['https', 'registry-1.docker.io', 'docker.io', '', 'library/alpine', 'latest', null]],
  ['https://h.io/v2/a/b/manifests/1', ['https', 'h.io', 'h.io', '', 'a/b', '1', null]],
  ['https://h.io/v2/a/manifests/1?ns=docker.io', ['https', 'h.io', 'h.io', '', 'a', '1', null]],
  [`http://h.io/v2/a/manifests/sha256:${hex}`, ['http', 'h.io', 'h.io', '', 'a', null, `sha256:${hex}`]],
  ['https://h.io/x/api/docker/y/v2/a/b/manifests/1', ['https', 'h.io', 'h.io', '/x/api/docker/y', 'a/b', '1', null]],
  ['https://h.io/v2/a/v2/b/manifests/1', ['https', 'h.io', 'h.io', '', 'a/v2/b', '1', null]],
  ['https://h.io/v2/v2/v2/manifests/v2', ['https', 'h.io', 'h.io', '', 'v2/v2', 'v2', null]],
  ['https://h.io/p/v2/a/v2/manifests/1', ['https', 'h.io', 'h.io', '/p', 'a/v2', '1', null]],
  ['https://h.io/v2/a/manifests/b/manifests/1', ['https', 'h.io', 'h.io', '', 'a/manifests/b', '1', null]],
]

for (const [text, expected] of read) {
  test(`${text} is read and printed`, () => {
    const reference = parseReference(text)
    const { scheme, host, namespace, prefix, repository, tag, digest } = reference
    assert.deepEqual([scheme, host, namespace, prefix, repository, tag, digest], expected)
    assert.deepEqual(parseReference(printReference(reference)), reference)
  })
}

const refused: readonly string[] = [
  '',
  ' ',
  'alpine ',
  'al pine',
  'alpine\n',
  'alpine\u0000',
  'álpine',
  'Alpine',
  'alpine:',
  'alpine:-x',
  `alpine:${'x'.repeat(129)}`,
  'alpine@',
  'alpine@sha256:abc',
  `alpine@sha256:${'A'.repeat(64)}`,
  `alpine@sha256:${hex}@sha256:${hex}`,
  'alpine@md5:0123',
  `${'a/'.repeat(128)}a`,
  'x'.repeat(3000),
  'a//b',
  'a/',
  '/a',
  'h.io/../a',
  'h.io/a/../b',
  'h.io/a/./b',
  'h.io/a___b',
  'h.io/-a',
  'h.io/a-',
  'h.io/a..b',
  'h.io:/a',
  'h.io:0/a',
  'h.io:65536/a',
  'h.io:http/a',
  '-h.io/a',
  'h..io/a',
  'h.io./a',
  '[::1/a',
  '[::g]/a',
  '[]/a',
  '1.2.3.400/a',
  'ftp://h.io/a',
  'file:///etc/passwd',
  'https://',
  'https://h.io',
  'https://h.io/',
  'https:///a',
  'https://user@h.io/a',
  'https://user:secret@h.io/v2/a/manifests/1',
  'https://h.io/a?x=1',
  'https://h.io/a?ns=x&y=1',
  'https://h.io/a#x',
  'https://h.io/v2/a/manifests/',
  'https://h.io/v2//manifests/1',
  'https://h.io/v2/manifests/1',
  'https://h.io/v2/',
  `https://h.io/v2/a/blobs/sha256:${hex}`,
  'https://h.io/v2/A/manifests/1',
  'https://h.io/v2/a/manifests/../1',
  'https://h.io/v2/a/../b/manifests/1',
  'https://h.io/x/../v2/a/manifests/1',
  'https://h.io//x/v2/a/manifests/1',
  'https://h.io/%2e%2e/v2/a/manifests/1',
  'https://h.io/v2/a%2fb/manifests/1',
  'https://h.io\\@evil/v2/a/manifests/1',
]

for (const text of refused) {
  test(`${JSON.stringify(text.slice(0, 60))} is refused`, () => {
    assert.throws(
      () => parseReference(text),
      (error) => error instanceof Failure && error.code === 'reference.invalid',
    )
  })
}

test('a refusal does not repeat a password', () => {
  assert.throws(
    () => parseReference('https://user:opensesame@h.io/a'),
    (error) => error instanceof Failure && !error.message.includes('opensesame'),
  )
})
