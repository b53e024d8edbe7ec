// The one thing that a get_task or delete_task is about.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { subjectOf } from '../../../src/engine/subject.ts'
import type { TaskRequest } from '../../../src/model/job.ts'
import { digestOf, fileRequest } from './samples.ts'

const request = (taskId: string | null, url: string | null): TaskRequest => {
  const { urls: _, ...common } = fileRequest([])
  return { ...common, type: 'get_task', taskId, url }
}
const hex = digestOf(7).slice(7)
const registry = 'https://registry.example/v2/team/app'

test("a bare id is one of Dragonfly's, and may be the digest of a blob", () => {
  const { kind, digest, url } = subjectOf(request(hex, null))
  assert.deepEqual([kind, digest, url], ['file', digestOf(7), `task:${hex}`])
})

for (const { url, kind, digest } of [
  { url: `${registry}/blobs/${digestOf(7)}`, kind: 'layer', digest: digestOf(7) },
  { url: `${registry}/blobs/${digestOf(7)}?ns=docker.io`, kind: 'layer', digest: digestOf(7) },
  { url: `${registry}/blobs/sha256%3A${hex}`, kind: 'layer', digest: digestOf(7) },
  { url: `${registry}/manifests/${digestOf(7)}`, kind: 'manifest', digest: digestOf(7) },
  { url: `${registry}/manifests/1.0`, kind: 'file', digest: null },
  { url: 'https://files.example/model.bin', kind: 'file', digest: null },
]) {
  test(`${url} is a ${kind}`, () => {
    const blob = subjectOf(request(null, url))
    assert.deepEqual([blob.kind, blob.digest, blob.url, blob.size], [kind, digest, url, null])
  })
}
