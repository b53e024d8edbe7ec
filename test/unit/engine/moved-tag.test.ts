// A client is told when its tag means another image by now.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { movedTag } from '../../../src/engine/moved-tag.ts'
import type { ImageName } from '../../../src/model/blob.ts'
import { parseDigest, type Digest } from '../../../src/model/digest.ts'
import { fileRequest, imageRequest } from '../../support/origins.ts'

const digestOf = (letter: string): Digest => {
  const digest = parseDigest(`sha256:${letter.repeat(64)}`)
  assert.ok(digest)
  return digest
}
const request = imageRequest('registry.example.com/library/app:1.0')
const image: ImageName = {
  namespace: 'registry.example.com',
  repository: 'library/app',
  tag: '1.0',
  digest: digestOf('a'),
  mediaType: 'application/vnd.oci.image.index.v1+json',
}

test('a tag that means what was expected gives no warning, and neither does one of which nothing was expected', () => {
  assert.deepEqual(movedTag({ ...request, expectedDigest: digestOf('a') }, image), [])
  assert.deepEqual(movedTag(request, image), [])
})

test('a tag that has moved gives a warning that names both images', () => {
  assert.deepEqual(movedTag({ ...request, expectedDigest: digestOf('b') }, image), [
    `registry.example.com/library/app:1.0 is ${digestOf('a')} by now, and no longer ${digestOf('b')}, which was expected.`,
  ])
})

test('files have no tag', () => {
  assert.deepEqual(movedTag(fileRequest(['https://files.example.com/a']), null), [])
})
