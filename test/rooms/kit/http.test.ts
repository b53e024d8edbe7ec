// The outgoing client against real sockets: caps, backpressure, deadlines, and connections that are used again.

import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { HttpClient, type HttpClientOptions, type HttpRequest } from '../../../src/kit/http.ts'
import { EgressPolicy, type EgressOptions } from '../../../src/kit/egress.ts'
import { headerOf } from '../../../src/kit/http-exchange.ts'
import { bytesOf } from '../../support/image.ts'
import { startRegistry } from '../../support/registry.ts'
import { rawServer } from './raw-server.ts'

const short = { connectMs: 300, firstByteMs: 300, noProgressMs: 300 }

async function bench(t: TestContext, options: Partial<HttpClientOptions> = {}) {
  const server = await startRegistry()
  const egress = new EgressPolicy({ allow: ['127.0.0.0/8'] })
  const http = new HttpClient({ egress, userAgent: 'warmfront/test', ...options })
  t.after(async () => {
    await http.close()
    await server.close()
  })
  const asking = (path: string, change: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'GET',
    url: new URL(path, server.url),
    headers: {},
    purpose: 'registry',
    tls: {},
    signal: AbortSignal.timeout(30_000),
    ...change,
  })
  return { server, http, asking }
}

test('connections are used again, and headers are ours', async (t) => {
  const { server, http, asking } = await bench(t)
  server.putFile('/x', Buffer.from('hello'))
  for (let count = 0; count < 20; count++) {
    const { status, body } = await http.read(asking('/x', { headers: { 'x-a': '1' } }), 100)
    assert.deepEqual([status, body.toString()], [200, 'hello'])
  }
  assert.ok(server.connections <= 2)
  const { headers } = server.requests[0] ?? {}
  assert.deepEqual(
    [headers?.['user-agent'], headers?.['x-a'], headers?.['accept-encoding']],
    ['warmfront/test', '1', 'identity'],
  )
})

test('a body up to the cap is read, one byte more is too-large', async (t) => {
  const { server, http, asking } = await bench(t)
  server.putFile('/x', Buffer.alloc(1000))
  assert.equal((await http.read(asking('/x'), 1000)).body.length, 1000)
  await assert.rejects(http.read(asking('/x'), 999), { kind: 'too-large' })
})

test('the body of a refusal is cut at 8 KiB instead', async (t) => {
  const { server, http, asking } = await bench(t)
  server.fault({ path: '/x', status: 500, body: 'e'.repeat(10_000_000) })
  const { status, body } = await http.read(asking('/x'), 10)
  assert.deepEqual([status, body.length], [500, 8192])
  const streamed = await http.stream(asking('/x'), () => undefined)
  assert.deepEqual([streamed.status, streamed.body.length], [500, 8192])
})

test('what is compressed stays compressed', async (t) => {
  const { server, http, asking } = await bench(t)
  server.fault({ path: '/x', status: 200, headers: { 'content-encoding': 'gzip' }, body: 'not really' })
  assert.equal((await http.read(asking('/x'), 100)).body.toString(), 'not really')
})

test('redirects are answers', async (t) => {
  const { server, http, asking } = await bench(t)
  server.fault({ path: '/x', status: 302, headers: { location: '/y' } })
  assert.equal((await http.read(asking('/x'), 100)).status, 302)
  assert.equal(server.requests.length, 1)
})

test('a reader that is slow holds the sender back, and gets every byte in order', async (t) => {
  const { server, http, asking } = await bench(t)
  const bytes = bytesOf(64 * 1024 * 1024, 'slow')
  server.putFile('/x', bytes)
  const release = Promise.withResolvers<void>()
  let [at, equal, running] = [0, true, 0]
  const reading = http.stream(asking('/x'), async () => async (chunk) => {
    running++
    assert.equal(running, 1)
    equal &&= chunk.equals(bytes.subarray(at, at + chunk.length))
    at += chunk.length
    if (at === chunk.length) await release.promise
    else if (at % 7 === 0) await Promise.resolve()
    running--
  })
  // The first piece is held: what the sender can get rid of by itself is what sockets hold, never the whole.
  await drained(server.requests)
  assert.ok((server.requests[0]?.bytesSent ?? 0) < bytes.length)
  release.resolve()
  const { body } = await reading
  assert.deepEqual([at, equal, body.length], [bytes.length, true, 0])
})

/** Waits until a request has begun to be answered and then, for some turns of the loop, sent nothing more. */
async function drained(requests: readonly { readonly bytesSent: number }[]): Promise<void> {
  for (let [last, still] = [-1, 0]; still < 200;) {
    await new Promise((resolve) => setImmediate(resolve))
    const sent = requests[0]?.bytesSent ?? -1
    still = sent > 0 && sent === last ? still + 1 : 0
    last = sent
  }
}

test("the reader's own error ends the request and is heard as it is", async (t) => {
  const { server, http, asking } = await bench(t)
  server.putFile('/x', Buffer.alloc(1_000_000))
  const own = Object.assign(new Error('own'), { code: 'ECONNREFUSED' })
  const fail = () => {
    throw own
  }
  const isOwn = (error: unknown) => error === own
  await assert.rejects(http.stream(asking('/x'), fail), isOwn)
  await assert.rejects(
    http.stream(asking('/x'), () => fail),
    isOwn,
  )
  await assert.rejects(
    http.stream(asking('/x'), () => () => Promise.reject(own)),
    isOwn,
  )
})

test('a request that is given up rejects with the reason, after the reader has finished its piece', async (t) => {
  const { server, http, asking } = await bench(t)
  server.putFile('/x', Buffer.alloc(1_000_000))
  const stop = new AbortController()
  const reason = new Error('enough')
  const release = Promise.withResolvers<void>()
  let finished = false
  const reading = http.stream(asking('/x', { signal: stop.signal }), () => async () => {
    stop.abort(reason)
    await release.promise
    finished = true
  })
  release.resolve()
  await assert.rejects(reading, (error) => error === reason)
  assert.ok(finished)
  await assert.rejects(http.read(asking('/x', { signal: stop.signal }), 10), (error) => error === reason)
})

test('a request that is given up while its connection is opened is never sent', async (t) => {
  const found = Promise.withResolvers<void>()
  const lookup = () => found.promise.then(() => [{ address: '127.0.0.1', family: 4 }])
  const { server, http, asking } = await bench(t, { lookup })
  server.putFile('/x', Buffer.from('x'))
  const url = new URL('/x', server.url)
  url.hostname = 'h.test'
  const stop = new AbortController()
  const reading = http.read(asking('/x', { url, signal: stop.signal }), 10)
  stop.abort('a reason that is no error')
  await assert.rejects(reading, (reason) => reason === 'a reason that is no error')
  found.resolve()
  await http.read(asking('/x', { url }), 10)
  assert.equal(server.requests.length, 1)
})

test('a HEAD has ended before its taker is found: the reply waits for that, and fails with it', async (t) => {
  const { server, http, asking } = await bench(t)
  server.putFile('/x', Buffer.from('x'))
  const later = () => new Promise<undefined>((resolve) => setImmediate(resolve, undefined))
  assert.equal((await http.stream(asking('/x', { method: 'HEAD' }), later)).status, 200)
  const own = new Error('own')
  const isOwn = (error: unknown) => error === own
  await assert.rejects(
    http.stream(asking('/x', { method: 'HEAD' }), () => later().then(() => Promise.reject(own))),
    isOwn,
  )
  const stop = new AbortController()
  const reading = http.stream(asking('/x', { method: 'HEAD', signal: stop.signal }), () => {
    setImmediate(() => stop.abort(own))
    return later().then(later).then(later)
  })
  await assert.rejects(reading, isOwn)
})

test('a connection that is reset while the reader is slow hands on no piece twice or out of order', async (t) => {
  const { http, asking } = await bench(t)
  const bytes = bytesOf(20_000, 'reset').toString('hex')
  const gone = Promise.withResolvers<void>()
  const url = await rawServer(t, (socket) => {
    socket.on('close', () => gone.resolve())
    socket.write(`HTTP/1.1 200 OK\r\n\r\n${bytes.slice(0, 10)}`, () =>
      socket.write(bytes.slice(10), () => socket.resetAndDestroy()),
    )
  })
  let [text, running] = ['', 0]
  const reading = http.stream(asking('/', { url }), () => async (chunk) => {
    running++
    assert.equal(running, 1)
    await gone.promise
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
    text += chunk.toString()
    running--
  })
  await assert.rejects(reading, { kind: 'broken-off' })
  assert.ok(text !== '' && bytes.startsWith(text))
})

test('a request that is given up while it waits for its answer rejects at once', async (t) => {
  const { server, http, asking } = await bench(t)
  const never = Promise.withResolvers<void>()
  server.fault({ path: '/x', held: never.promise })
  const stop = new AbortController()
  const reading = http.read(asking('/x', { signal: stop.signal }), 10)
  const reason = new Error('enough')
  stop.abort(reason)
  await assert.rejects(reading, (error) => error === reason)
  never.resolve()
})

test('a server that does not begin to answer is a first-byte-timeout', async (t) => {
  const { server, http, asking } = await bench(t, { timeouts: short })
  const never = Promise.withResolvers<void>()
  server.fault({ path: '/x', held: never.promise })
  await assert.rejects(http.read(asking('/x'), 10), { kind: 'first-byte-timeout' })
  never.resolve()
})

test('a server that stops in the middle is no-progress', async (t) => {
  const { server, http, asking } = await bench(t, { timeouts: short })
  const never = Promise.withResolvers<void>()
  server.putFile('/x', Buffer.alloc(1000))
  server.fault({ path: '/x', stallAfter: { bytes: 10, until: never.promise } })
  await assert.rejects(http.read(asking('/x'), 1000), { kind: 'no-progress' })
  never.resolve()
})

test('a server that accepts and does not speak TLS is a connect-timeout', async (t) => {
  const { http, asking } = await bench(t, { timeouts: short })
  const url = await rawServer(t, () => {})
  url.protocol = 'https:'
  await assert.rejects(http.read(asking('/', { url }), 10), { kind: 'connect-timeout' })
})

test('early hints are not the answer', async (t) => {
  const { http, asking } = await bench(t)
  const url = await rawServer(t, (socket) =>
    socket.write('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  )
  assert.equal((await http.read(asking('/', { url }), 100)).body.toString(), 'ok')
})

test('a body without a length goes on to the end of the connection', async (t) => {
  const { http, asking } = await bench(t)
  const url = await rawServer(t, (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it'))
  assert.equal((await http.read(asking('/', { url }), 100)).body.toString(), 'all of it')
})

test('a body whose reader is slow survives the end of the connection', async (t) => {
  const { http, asking } = await bench(t)
  const bytes = bytesOf(300_000, 'end').toString('hex')
  const url = await rawServer(t, (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${bytes}`))
  const chunks: Buffer[] = []
  let running = 0
  await http.stream(asking('/', { url }), () => async (chunk) => {
    running++
    assert.equal(running, 1)
    await new Promise((resolve) => setImmediate(resolve))
    chunks.push(chunk)
    running--
  })
  assert.equal(Buffer.concat(chunks).toString(), bytes)
})

test('closing breaks off what runs', async (t) => {
  const { server, http, asking } = await bench(t)
  const never = Promise.withResolvers<void>()
  server.fault({ path: '/x', held: never.promise })
  const reading = assert.rejects(http.read(asking('/x'), 10), { kind: 'broken-off' })
  await http.close()
  await reading
  never.resolve()
})

test('a pool that gave way to others still ends its request', async (t) => {
  const { server, http, asking } = await bench(t)
  server.putFile('/x', Buffer.from('x'))
  const release = Promise.withResolvers<void>()
  server.fault({ path: '/x', held: release.promise, times: 1 })
  const first = http.read(asking('/x'), 10)
  const others = Array.from({ length: 300 }, (_, count) =>
    http.read(
      asking('/x', { url: new URL(`http://127.0.1.${count % 250}:1/`), purpose: count < 250 ? 'file' : 'registry' }),
      10,
    ),
  )
  await Promise.allSettled(others)
  release.resolve()
  assert.equal((await first).body.toString(), 'x')
})

test('a POST sends its body, with its length', async (t) => {
  const { http, asking } = await bench(t)
  let text = ''
  const url = await rawServer(t, (socket, _, bytes) => {
    text += bytes.toString()
    if (text.endsWith('a=b&c=d')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { body } = await http.read(asking('/', { url, method: 'POST', headers, body: 'a=b&c=d' }), 10)
  assert.equal(body.toString(), 'ok')
  assert.match(text, /^POST \/ HTTP\/1\.1\r\n/)
  assert.match(text, /\r\ncontent-type: application\/x-www-form-urlencoded\r\n/i)
  assert.match(text, /\r\ncontent-length: 7\r\n/i)
})

const denied: readonly (readonly [string, EgressOptions, string, string])[] = [
  ['an address', {}, 'http://127.0.0.1:9/', 'loopback'],
  ['an address in brackets', {}, 'http://[::ffff:169.254.169.254]/', 'metadata'],
  ['an address in one number', {}, 'http://2852039166/', 'metadata'],
  ['a name', {}, 'http://h.test:9/', 'loopback'],
  [
    'a name that the settings deny',
    { allow: ['127.0.0.0/8'], deny: ['*.test'] },
    'http://h.test/',
    'denied-by-settings',
  ],
  ['a port', { allow: ['127.0.0.1'], ports: [{ from: 443, to: 443 }] }, 'http://127.0.0.1:9/', 'port'],
  ['the usual port of http', { allow: ['h.test'], ports: [{ from: 443, to: 443 }] }, 'http://h.test/', 'port'],
  ['the usual port of https', { allow: ['h.test'], ports: [{ from: 80, to: 80 }] }, 'https://h.test/', 'port'],
]
for (const [what, options, address, rule] of denied) {
  test(`${what} that the policy denies is never connected to: ${rule}`, async (t) => {
    const lookup = async () => [{ address: '127.0.0.1', family: 4 }]
    const { http, asking } = await bench(t, { egress: new EgressPolicy(options), lookup })
    await assert.rejects(http.read(asking('/', { url: new URL(address) }), 10), { kind: 'denied', rule })
  })
}

test('of several addresses only those that pass are connected to', async (t) => {
  const lookup = async () => [
    { address: '169.254.169.254', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]
  const { server, http, asking } = await bench(t, { lookup })
  server.putFile('/x', Buffer.from('hello'))
  const url = new URL('/x', server.url)
  url.hostname = 'h.test'
  assert.equal((await http.read(asking('/x', { url }), 10)).body.toString(), 'hello')
})

test('a name without an address, and one that cannot be looked up, is name-not-found', async (t) => {
  const lookups = [
    async () => [],
    () => Promise.reject(new Error('no resolver')),
    () => Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' })),
  ]
  for (const lookup of lookups) {
    const { http, asking } = await bench(t, { lookup })
    await assert.rejects(http.read(asking('/', { url: new URL('http://h.test/') }), 10), { kind: 'name-not-found' })
  }
})

test('a name that is looked up forever is a connect-timeout', async (t) => {
  const { http, asking } = await bench(t, { timeouts: short, lookup: () => new Promise(() => {}) })
  await assert.rejects(http.read(asking('/', { url: new URL('http://h.test/') }), 10), { kind: 'connect-timeout' })
})

test('localhost is what this machine says it is', async (t) => {
  const { server, http, asking } = await bench(t)
  server.putFile('/x', Buffer.from('hello'))
  const url = new URL('/x', server.url)
  url.hostname = 'localhost'
  assert.equal((await http.read(asking('/x', { url }), 10)).body.toString(), 'hello')
})

test('the first of a header that came twice is taken', async (t) => {
  const { http, asking } = await bench(t)
  const url = await rawServer(t, (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nLocation: /a\r\nLocation: /b\r\nETag: c\r\nContent-Length: 0\r\n\r\n'),
  )
  const reply = await http.read(asking('/', { url }), 10)
  assert.deepEqual([headerOf(reply, 'location'), headerOf(reply, 'etag'), headerOf(reply, 'x')], ['/a', 'c', undefined])
})

test('a connection that is refused is refused', async (t) => {
  const { http, asking } = await bench(t)
  const url = new URL('http://127.0.0.1:1/')
  await assert.rejects(http.read(asking('/', { url }), 10), { kind: 'refused' })
})
