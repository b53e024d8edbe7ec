// Settings, addresses, headers and refusals of caching registries, as tables.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fields } from '../../../../src/kit/fields.ts'
import { parseDigest, type Digest } from '../../../../src/model/digest.ts'
import type { PeerAnswer } from '../../../../src/model/peer-http.ts'
import { confirmed } from '../../../../src/peers/registry-mirror/confirm.ts'
import { judged } from '../../../../src/peers/registry-mirror/health.ts'
import { configuredHit, wellKnownHit } from '../../../../src/peers/registry-mirror/hit.ts'
import { refusalOf } from '../../../../src/peers/registry-mirror/refusal.ts'
import { readSettings } from '../../../../src/peers/registry-mirror/settings.ts'
import { pathOf, placeOf, readUpstreams } from '../../../../src/peers/registry-mirror/upstreams.ts'

const digest = parseDigest(`sha256:${'a'.repeat(64)}`) as Digest
const image = { namespace: 'docker.io', repository: 'library/app', tag: null, digest, mediaType: '' }
const blob = { kind: 'layer', digest, size: 1, mediaType: '', url: 'https://registry-1.docker.io/v2/x' } as const

const placed = (upstreams: unknown, namespace = 'docker.io') =>
  placeOf({ ...image, namespace }, blob, readUpstreams(new Fields('clusters.m', { upstreams })))

test('an image is addressed as its registry is served', () => {
  for (const [upstreams, expected] of [
    [undefined, '/v2/library/app/blobs/'],
    [['docker.io'], '/v2/library/app/blobs/'],
    [{ 'docker.io': { prefix: 'team/hub' } }, '/v2/team/hub/library/app/blobs/'],
  ] as const) {
    const place = placed(upstreams)
    assert.ok(place)
    assert.equal(pathOf(place, false, digest), `${expected}${digest}`)
  }
  const named = placed({ 'docker.io': { ns: true } })
  assert.ok(named)
  assert.equal(pathOf(named, true, digest), `/v2/library/app/manifests/${digest}?ns=docker.io`)
  assert.equal(placed(['quay.io']), undefined)
})

test("the registry's own address is what nodes call it", () => {
  assert.equal(placed(undefined)?.registryUrl, 'https://index.docker.io')
  assert.equal(placed(undefined, 'h.io')?.registryUrl, 'https://registry-1.docker.io')
  assert.equal(placed({ 'docker.io': { url: 'https://docker.io/' } })?.registryUrl, 'https://docker.io')
})

test('settings that mean nothing are refused by name', () => {
  for (const [settings, expected] of [
    [{ profile: 'squid' }, /settings\.profile is "squid"; expected one of distribution, zot/],
    [{ upstreams: 'docker.io' }, /settings\.upstreams/],
    [{ upstreams: { 'docker.io': { prefix: '/x/' } } }, /settings\.upstreams\.docker\.io\.prefix/],
    [{ upstreams: { 'docker.io': { url: 'ftp://h' } } }, /upstreams\.docker\.io\.url/],
    [{ upstreams: { 'docker.io': { path: 'x' } } }, /upstreams\.docker\.io\.path is not a setting/],
    [{ hit_header: 'X Cache' }, /hit_header/],
    [{ hit_value: 'hit' }, /hit_value is there without settings\.hit_header/],
    [{ scheduler: 'x' }, /scheduler is not a setting/],
  ] as const) {
    assert.throws(() => readSettings(settings), { name: 'RangeError', message: expected })
  }
  assert.equal(readSettings({}).profile, 'generic')
})

test('the well-known headers of caches are understood', () => {
  const table: readonly (readonly [Readonly<Record<string, string>>, 'hit' | 'miss' | undefined])[] = [
    [{}, undefined],
    [{ 'x-cache-status': 'HIT' }, 'hit'],
    [{ 'x-cache-status': 'MISS', age: '10' }, 'miss'],
    [{ 'x-cache-status': 'EXPIRED' }, 'miss'],
    [{ 'x-cache-status': 'STALE' }, 'hit'],
    [{ 'x-cache-status': 'REVALIDATED' }, 'hit'],
    [{ 'cf-cache-status': 'DYNAMIC' }, 'miss'],
    [{ 'x-cache': 'HIT from proxy.example.com' }, 'hit'],
    [{ 'x-cache': 'TCP_HIT' }, 'hit'],
    [{ 'x-cache': 'TCP_MISS' }, 'miss'],
    [{ 'x-cache': 'Hit from cloudfront' }, 'hit'],
    [{ 'x-cache': 'HIT, MISS' }, 'miss'],
    [{ 'x-cache': 'MISS, HIT' }, 'hit'],
    [{ 'cache-status': '"edge"; hit' }, 'hit'],
    [{ 'cache-status': 'edge; hit; ttl=30' }, 'hit'],
    [{ 'cache-status': 'far; hit, near; fwd=miss; stored' }, 'miss'],
    [{ age: '12' }, 'hit'],
    [{ age: '0' }, undefined],
    [{ age: 'young' }, undefined],
  ]
  for (const [headers, said] of table) assert.equal(wellKnownHit(headers), said, JSON.stringify(headers))
  const own = configuredHit('x-own', 'yes')
  assert.deepEqual(
    [own({ 'x-own': 'Yes' }), own({ 'x-own': 'no' }), own({ 'x-cache': 'HIT' })],
    ['hit', 'miss', undefined],
  )
})

const answer = (status: number, headers: PeerAnswer['headers'] = {}, words = ''): PeerAnswer => ({
  status,
  headers,
  words,
})

test('every refusal has its cause', () => {
  const asked = { who: 'The peer m:5000', what: 'sha256:aaaa of library/app' }
  const html = { 'content-type': 'text/html; charset=utf-8' }
  for (const [given, code] of [
    [answer(401), 'peer.denied'],
    [answer(403), 'peer.denied'],
    [answer(404), 'registry.not-found'],
    [answer(404, html), 'peer.misconfigured'],
    [answer(405), 'peer.misconfigured'],
    [answer(408), 'peer.busy'],
    [answer(429), 'peer.busy'],
    [answer(500), 'peer.broken'],
    [answer(500, {}, 'UNKNOWN: write: no space left on device'), 'peer.full'],
    [answer(502), 'peer.broken'],
    [answer(503), 'peer.busy'],
    [answer(507), 'peer.full'],
    [answer(500, { 'x-dragonfly-error-type': 'proxy' }), 'peer.broken'],
    [answer(503, { 'x-dragonfly-error-type': 'backend' }), 'registry.busy'],
  ] as const) {
    const { code: found, message } = refusalOf(given, asked, 0)
    assert.equal(found, code, JSON.stringify(given))
    assert.match(message, /^The peer m:5000 .* sha256:aaaa of library\/app \(\d{3}.*\)\.$/)
  }
  assert.equal(refusalOf(answer(429, { 'retry-after': '7' }), asked, 0).retryAfterMs, 7000)
})

test('a peer is up where it answers as a registry, and its server is its version', () => {
  for (const [given, state] of [
    [answer(200), 'up'],
    [answer(401), 'up'],
    [answer(200, { 'content-type': 'text/html' }), 'degraded'],
    [answer(404), 'degraded'],
    [answer(502), 'degraded'],
  ] as const) {
    assert.equal(judged(given).state, state)
  }
  assert.equal(judged(answer(200, { server: 'nginx/1.22.1' })).version, 'nginx/1.22.1')
})

test('a peer is looked at until it has had its time, and no longer', async () => {
  let nowMs = 0
  const slept: number[] = []
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      slept.push(ms)
      nowMs += ms
    },
  }
  const within = { ms: 400, clock, signal: new AbortController().signal }
  assert.equal(await confirmed(async () => false, within), false)
  assert.deepEqual(slept, [50, 100, 200, 50])
  slept.length = 0
  assert.equal(await confirmed(async () => slept.length === 2, within), true)
  assert.equal(slept.length, 2)
})
