// The mirror's routes, called as the door calls them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mirrorContract } from '../../../../src/contracts/mirror/routes.ts'
import type { Answer } from '../../../../src/contracts/http/route.ts'
import type { BlobShelf, HeldBlob } from '../../../../src/model/shelf.ts'
import { bytesOf, digestOf } from '../../../support/image.ts'

const layer = bytesOf(1000, 'layer')
const manifest = Buffer.from('{"schemaVersion":2}')
const manifestType = 'application/vnd.oci.image.manifest.v1+json'

function heldAs(bytes: Buffer, mediaType: string): HeldBlob {
  return {
    digest: digestOf(bytes),
    size: bytes.length,
    mediaType,
    async *bytes(from, to) {
      yield bytes.subarray(from, to + 1)
    },
  }
}

const held = [heldAs(layer, 'application/octet-stream'), heldAs(manifest, manifestType)]
const names = new Map([['docker.io library/nginx 1.27', digestOf(manifest)]])

const shelf: BlobShelf = {
  async open(digest) {
    return held.find((blob) => blob.digest === digest)
  },
  async digestOf(namespace, repository, tag) {
    return names.get(`${namespace} ${repository} ${tag}`)
  },
}

const { routes, refuse } = mirrorContract(shelf, { defaultNamespace: 'docker.io' })

/** What the door does: the first route whose path fits, and the contract's own refusal of what it throws. */
async function get(address: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  const { pathname, searchParams } = new URL(address, 'http://mirror')
  for (const { path, pattern, run } of routes) {
    const match = pattern?.exec(pathname)
    if (path !== pathname && !match) continue
    const params = Object.fromEntries(
      Object.entries(match?.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
    )
    const signal = new AbortController().signal
    const call = {
      params,
      query: searchParams,
      headers,
      body: undefined,
      principal: null,
      clusterIds: [],
      method,
      signal,
    }
    return run(call).catch((thrown: unknown) => refuse(thrown, { method, path: pathname }))
  }
  throw new Error(`no route for ${pathname}`)
}

async function bodyOf(answer: Answer): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.stream ?? []) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}

const codeOf = ({ body }: Answer): string | undefined => /"code":"(\w+)"/.exec(JSON.stringify(body))?.[1]

test('it says that it is a registry', async () => {
  const { status, headers, body } = await get('/v2/')
  assert.equal(status, 200)
  assert.deepEqual(headers, { 'docker-distribution-api-version': 'registry/2.0' })
  assert.deepEqual(body, {})
})

test('a blob is served by its digest in any repository, also one with slashes', async () => {
  for (const name of ['nginx', 'library/nginx', 'a/b/c/blobs/d']) {
    const answer = await get(`/v2/${name}/blobs/${digestOf(layer)}?ns=anything.example`)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers?.['content-type'], 'application/octet-stream')
    assert.deepEqual(await bodyOf(answer), layer)
  }
})

test('a blob is served from where a broken pull stopped', async () => {
  const answer = await get(`/v2/nginx/blobs/${digestOf(layer)}`, 'GET', { range: 'bytes=400-' })
  assert.equal(answer.status, 206)
  assert.deepEqual(await bodyOf(answer), layer.subarray(400))
})

test('a manifest is served by tag as by digest, under its own media type', async () => {
  const byTag = await get('/v2/library/nginx/manifests/1.27?ns=docker.io')
  const byDigest = await get(`/v2/library/nginx/manifests/${digestOf(manifest)}`)
  for (const answer of [byTag, byDigest]) {
    assert.equal(answer.status, 200)
    assert.equal(answer.headers?.['content-type'], manifestType)
    assert.equal(answer.headers?.['docker-content-digest'], digestOf(manifest))
    assert.deepEqual(await bodyOf(answer), manifest)
  }
  assert.equal(byDigest.headers?.['cache-control'], 'max-age=31536000')
  assert.equal(byTag.headers?.['cache-control'], undefined)
})

test('HEAD of a tag gives digest and length without the bytes', async () => {
  const { status, headers, stream } = await get('/v2/library/nginx/manifests/1.27', 'HEAD')
  assert.equal(status, 200)
  assert.equal(headers?.['docker-content-digest'], digestOf(manifest))
  assert.equal(headers?.['content-length'], String(manifest.length))
  assert.equal(stream, undefined)
})

const unknown = digestOf(Buffer.from('unknown'))
const refusals = [
  { path: `/v2/nginx/blobs/${unknown}`, status: 404, code: 'BLOB_UNKNOWN', name: 'a blob that is not held' },
  {
    path: `/v2/nginx/manifests/${unknown}`,
    status: 404,
    code: 'MANIFEST_UNKNOWN',
    name: 'a manifest that is not held',
  },
  {
    path: `/v2/nginx/manifests/${digestOf(layer)}`,
    status: 404,
    code: 'MANIFEST_UNKNOWN',
    name: 'a layer as manifest',
  },
  { path: '/v2/library/nginx/manifests/1.28', status: 404, code: 'MANIFEST_UNKNOWN', name: 'an unknown tag' },
  {
    path: '/v2/library/nginx/manifests/1.27?ns=ghcr.io',
    status: 404,
    code: 'MANIFEST_UNKNOWN',
    name: 'another registry',
  },
  { path: '/v2/nginx/manifests/-bad', status: 404, code: 'MANIFEST_UNKNOWN', name: 'what is no tag' },
  { path: '/v2/nginx/blobs/sha256:abc', status: 400, code: 'DIGEST_INVALID', name: 'what is no digest' },
  { path: '/v2/nginx/blobs/..%2F..%2Fsecret', status: 400, code: 'DIGEST_INVALID', name: 'a path instead of a digest' },
  { path: '/v2/nginx/manifests/sha256:abc', status: 400, code: 'DIGEST_INVALID', name: 'a manifest by no digest' },
  { path: `/v2/Nginx/blobs/${unknown}`, status: 400, code: 'NAME_INVALID', name: 'a name with capitals' },
  { path: `/v2/${'a'.repeat(300)}/blobs/${unknown}`, status: 400, code: 'NAME_INVALID', name: 'a name too long' },
  { path: '/v2/nginx/tags/list', status: 404, code: 'NAME_UNKNOWN', name: 'a list of tags' },
] as const

for (const { path, status, code, name } of refusals) {
  test(`${name} is refused with ${code}`, async () => {
    const answer = await get(path)
    assert.equal(answer.status, status)
    assert.equal(codeOf(answer), code)
  })
}
