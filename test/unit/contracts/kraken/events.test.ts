// Notifications as they are understood, and what a pushed image is as a command.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuse } from '../../../../src/contracts/kraken/refusals.ts'
import { toSubmission } from '../../../../src/contracts/kraken/translate.ts'
import { isPush, parseNotification, type RegistryEvent } from '../../../../src/contracts/kraken/wire.ts'
import { Failure, failureCodes } from '../../../../src/model/failure.ts'

const digest = `sha256:${'a'.repeat(64)}`
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json'
const asked = { userId: 3, requestedBy: 'harbor', clusterIds: [2], timeoutMs: 60_000 }

const understood: RegistryEvent = {
  id: 'an-id',
  action: 'push',
  mediaType: dockerManifest,
  digest,
  repository: 'library/app',
  url: 'https://harbor.example.com/v2/library/app/manifests/1.0',
  tag: '1.0',
  host: '',
}
const pushed = (change: Partial<RegistryEvent>): RegistryEvent => ({ ...understood, ...change })

test("Harbor's notification is understood", () => {
  const { id, url } = understood
  const target = { MediaType: dockerManifest, Digest: digest, Repository: 'library/app', Url: url, Tag: '1.0' }
  const event = { Id: id, TimeStamp: '', Action: 'push', Target: target, Request: null, Actor: null }
  assert.deepEqual(parseNotification({ Events: [event] }), { from: 'harbor', events: [understood] })
})

test("a registry's notification is understood", () => {
  const { id, url, tag } = understood
  const target = { mediaType: dockerManifest, size: 1, digest, length: 1, repository: 'library/app', url, tag }
  const event = { id, action: 'push', target, request: { host: 'r.example.com:5000' }, actor: {}, source: {} }
  const events = [pushed({ host: 'r.example.com:5000' })]
  assert.deepEqual(parseNotification({ events: [event] }), { from: 'registry', events })
})

test('a registry without events has nothing to say, and a Harbor without one is refused', () => {
  for (const body of [{}, { events: null }, { events: [] }, { events: 'none' }]) {
    assert.deepEqual(parseNotification(body), { from: 'registry', events: [] })
  }
  for (const body of [{ Events: null }, { Events: [] }]) {
    assert.throws(() => parseNotification(body), { code: 'request.invalid', message: /no events/ })
  }
})

test('what is no JSON object, or has more than a thousand events, is refused', () => {
  for (const body of [undefined, null, [], 'text', 7]) {
    assert.throws(() => parseNotification(body), { code: 'request.invalid' })
  }
  assert.equal(parseNotification({ events: Array.from({ length: 1000 }, () => ({})) }).events.length, 1000)
  assert.throws(() => parseNotification({ events: Array.from({ length: 1001 }, () => ({})) }), {
    code: 'request.too-large',
  })
})

test('events that are no objects, or have other types inside, are no pushes', () => {
  const odd = [null, 1, 'push', [], {}, { action: 'push' }, { action: 'push', target: 1 }, { action: ['push'] }]
  assert.equal(parseNotification({ events: odd }).events.filter(isPush).length, 0)
})

const images = [
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
]
test('pushes of images count, and nothing else', () => {
  for (const mediaType of images) assert.equal(isPush(pushed({ mediaType })), true, mediaType)
  for (const mediaType of ['', 'application/octet-stream', 'application/vnd.oci.image.layer.v1.tar+gzip']) {
    assert.equal(isPush(pushed({ mediaType })), false, mediaType)
  }
  for (const action of ['', 'pull', 'mount', 'delete']) assert.equal(isPush(pushed({ action })), false, action)
})

const byDigest = `http://r.example.com:5000/v2/library/app/manifests/${digest}`
const addresses: readonly {
  readonly name: string
  readonly event: Partial<RegistryEvent>
  readonly url: string
  readonly expects: string | undefined
}[] = [
  { name: 'Harbor, by tag', event: {}, url: understood.url, expects: digest },
  {
    name: 'a registry, by digest with a tag beside it',
    event: { url: byDigest },
    url: 'http://r.example.com:5000/v2/library/app/manifests/1.0',
    expects: digest,
  },
  {
    name: 'a tag that a replacement pattern would read',
    event: { url: byDigest, tag: '__$&' },
    url: 'invalid',
    expects: undefined,
  },
  { name: 'a registry, by digest alone', event: { url: byDigest, tag: '' }, url: byDigest, expects: undefined },
  {
    name: 'a registry behind a path',
    event: { url: byDigest.replace('/v2/', '/docker/v2/') },
    url: 'http://r.example.com:5000/docker/v2/library/app/manifests/1.0',
    expects: digest,
  },
  {
    name: 'no address, but the host that was called',
    event: { url: '', host: 'r.example.com:5000' },
    url: 'r.example.com:5000/library/app:1.0',
    expects: digest,
  },
  {
    name: 'a relative address, and the host that was called',
    event: { url: `/v2/library/app/manifests/${digest}`, tag: '', host: 'r.example.com' },
    url: `r.example.com/library/app@${digest}`,
    expects: undefined,
  },
  {
    name: 'a host that could be a repository',
    event: { url: '', host: 'registry' },
    url: 'https://registry/library/app:1.0',
    expects: digest,
  },
  { name: 'no digest', event: { digest: '' }, url: understood.url, expects: undefined },
  { name: 'a digest that is none', event: { digest: 'latest' }, url: understood.url, expects: undefined },
  { name: 'neither address nor host', event: { url: '' }, url: 'invalid', expects: undefined },
  {
    name: 'a host without a repository',
    event: { url: '', repository: '', host: 'r' },
    url: 'invalid',
    expects: undefined,
  },
  {
    name: 'no tag and no digest',
    event: { url: '', host: 'r.io', tag: '', digest: '' },
    url: 'invalid',
    expects: undefined,
  },
  {
    name: 'a password in the address',
    event: { url: 'https://u:p@r.io/v2/a/manifests/b' },
    url: 'invalid',
    expects: undefined,
  },
]
for (const { name, event, url, expects } of addresses) {
  test(`what is preheated: ${name}`, () => {
    if (url === 'invalid') {
      assert.throws(() => toSubmission(pushed(event), asked), { code: 'reference.invalid' })
      return
    }
    const { request } = toSubmission(pushed(event), asked)
    assert.ok(request.type === 'image')
    assert.equal(request.url, url)
    assert.equal(request.expectedDigest, expects)
  })
}

test('the event makes the command: once for its id, with no credential, for the clusters asked for', () => {
  const { request: _request, ...command } = toSubmission(understood, asked)
  assert.deepEqual(command, {
    contract: 'kraken',
    bio: '',
    userId: 3,
    requestedBy: 'harbor',
    secrets: {},
    clusterIds: [2],
    idempotencyKey: 'kraken:an-id',
  })
})

test('an id that cannot be kept names nothing', () => {
  for (const id of ['', 'with space', 'nul\0', 'x'.repeat(256)]) {
    assert.equal('idempotencyKey' in toSubmission(pushed({ id }), asked), false)
  }
})

test('every refusal has a status that is one', () => {
  for (const code of failureCodes) {
    const { status } = refuse(new Failure(code, 'x'), { method: 'POST', path: '/registry/notifications' })
    assert.ok(status >= 400, `${code} is ${status}`)
  }
})
