// The console as it is served: the page and its parts, small on the wire, kept where they may be, and nothing else.

import assert from 'node:assert/strict'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { startService, type TestService } from '../../support/service.ts'

let service: TestService
before(async () => {
  service = await startService({ WARMFRONT_PATH_PREFIXES: '/edge' })
})
after(() => service.stop())

const call = (method: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
  service.call(method, path, undefined, headers)

/** As it is on the wire, which fetch would decode. */
async function raw(path: string, acceptEncoding: string): Promise<{ answer: IncomingMessage; body: Buffer }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    httpGet(service.url + path, { headers: { 'accept-encoding': acceptEncoding } }, resolve).on('error', reject)
  })
  return { answer, body: await buffer(answer) }
}

/** The address of the script that the page begins with. */
async function scriptOf(page: string): Promise<string> {
  const [, script = ''] = /<script[^>]* src="\.\/(assets\/[^"]+\.js)"/.exec(page) ?? []
  assert.notEqual(script, '', page)
  return script
}

test('a browser is led from the address of the service to the console, and all others are told what answers', async () => {
  const browser = await call('GET', '/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
  assert.equal(browser.status, 302)
  assert.equal(browser.headers.get('location'), 'console/')
  const curl = await call('GET', '/', { accept: '*/*' })
  assert.equal(curl.status, 200)
  assert.equal((curl.json as { console: string }).console, '/console/')
  for (const answer of [browser, curl]) assert.equal(answer.headers.get('vary'), 'Accept')
})

test('without its slash the console leads to itself, below a prefix too', async () => {
  for (const root of ['', '/edge']) {
    const answer = await call('GET', `${root}/console`)
    assert.equal(answer.status, 308)
    const target = new URL(answer.headers.get('location') ?? '', `http://a.test${root}/console`)
    assert.equal(target.pathname, `${root}/console/`)
  }
})

test('the page has no script and no style of its own, and its policy takes none', async () => {
  const page = await call('GET', '/console/')
  assert.equal(page.status, 200)
  assert.equal(page.headers.get('cache-control'), 'no-cache')
  assert.doesNotMatch(page.text, /<script(?![^>]*\ssrc=)|<style|\son\w+=|style=/)
  const policy = page.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'self';/)
  assert.match(policy, /script-src 'self';/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.doesNotMatch(policy, /unsafe|https?:|\*/)
})

test('its parts come compressed as the browser takes them, are the same text, and may be kept for ever', async () => {
  const path = `/console/${await scriptOf((await call('GET', '/console/')).text)}`
  const plain = await raw(path, 'identity')
  const gzip = await raw(path, 'gzip, deflate')
  const brotli = await raw(path, 'gzip, deflate, br;q=0.9')
  assert.equal(plain.answer.headers['content-encoding'], undefined)
  assert.equal(gzip.answer.headers['content-encoding'], 'gzip')
  assert.equal(brotli.answer.headers['content-encoding'], 'br')
  assert.deepEqual(gunzipSync(gzip.body), plain.body)
  assert.deepEqual(brotliDecompressSync(brotli.body), plain.body)
  const refused = await raw(path, 'br;q=0, gzip;q=0.0')
  assert.equal(refused.answer.headers['content-encoding'], undefined)
  for (const { answer, body } of [plain, gzip, brotli]) {
    assert.equal(answer.headers['content-length'], String(body.length))
    assert.match(answer.headers['cache-control'] ?? '', /immutable/)
    assert.equal(answer.headers.vary, 'Accept-Encoding')
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    assert.equal(answer.headers['content-type'], 'text/javascript; charset=utf-8')
  }
})

test('HEAD says what GET would', async () => {
  const got = await call('GET', '/console/')
  const head = await call('HEAD', '/console/')
  assert.equal(head.status, 200)
  assert.equal(head.text, '')
  assert.equal(head.headers.get('content-type'), got.headers.get('content-type'))
})

test('nothing else of the disk is served', async () => {
  for (const name of ['..%2findex.html', '..%2f..%2fpackage.json', '__proto__', 'index.html', 'sources.sha256']) {
    assert.equal((await call('GET', `/console/assets/${name}`)).status, 404, name)
  }
  for (const path of ['/console/sources.sha256', '/console/index.html', '/console/assets/']) {
    assert.equal((await call('GET', path)).status, 404, path)
  }
})

/** What a browser loads before the first page stands there: the script of the page and what it imports at once. */
test('the first visit loads at most 250 kB of scripts, gzipped', async () => {
  const page = (await call('GET', '/console/')).text
  const seen = new Set<string>()
  const queue = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, script = '']) => script)
  let bytes = 0
  for (let script = queue.pop(); script !== undefined; script = queue.pop()) {
    if (seen.has(script)) continue
    seen.add(script)
    const { body, answer } = await raw(`/console/${script}`, 'gzip')
    assert.equal(answer.statusCode, 200)
    bytes += body.length
    const text = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(body).toString() : body.toString()
    for (const [, next = ''] of text.matchAll(/(?:^|;)import[^"'`(]*["'`]\.\/([^"'`]+\.js)["'`]/g))
      queue.push(`assets/${next}`)
  }
  assert.ok(seen.size > 0)
  assert.ok(bytes <= 250_000, `${bytes} bytes in ${[...seen].join(', ')}`)
})
