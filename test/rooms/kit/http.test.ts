// The outgoing client against real sockets: caps, backpressure, deadlines, and connections that are used again.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { HttpClient, type HttpClientOptions, type HttpRequest } from '../../../src/kit/http.ts'
import { EgressPolicy } from '../../../src/kit/egress.ts'
import { bytesOf } from '../../support/image.ts'
import { startRegistry } from '../../support/registry.ts'

const short = { connectMs: 300, firstByteMs: 300, noProgressMs: 300 }

async function bench(t: TestContext, options: Partial<HttpClientOptions> = {}) {
  const server = await startRegistry()
  const http = new HttpClient({ egress: new EgressPolicy(['127.0.0.0/8']), userAgent: 'warmfront/test', ...options })
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

/** A server that answers each connection with these bytes, and ends it where it is told to. */
async function rawServer(t: TestContext, answer: string, then: (socket: Socket) => void = () => {}) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(answer)
      then(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return new URL(`http://127.0.0.1:${address.port}/`)
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
  const url = await rawServer(t, '')
  url.protocol = 'https:'
  await assert.rejects(http.read(asking('/', { url }), 10), { kind: 'connect-timeout' })
})

/** What a server sends, whether it then ends, and the fault. */
const raw = [
  ['nothing', '', true, 'broken-off'],
  ['half a header', 'HTTP/1.1 200 OK\r\nContent-', true, 'broken-off'],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', true, 'broken-off'],
  ['half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab', true, 'broken-off'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', true, 'malformed'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', false, 'broken-off'],
  ['a bad chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', false, 'malformed'],
  ['headers without end', `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(10_000)}`, false, 'too-large'],
] as const
for (const [name, answer, ends, kind] of raw) {
  test(`a server that sends ${name} is ${kind}`, async (t) => {
    const { http, asking } = await bench(t)
    const url = await rawServer(t, answer, (socket) => void (ends && socket.end()))
    await assert.rejects(http.read(asking('/', { url }), 100), { kind })
  })
}

test('early hints are not the answer', async (t) => {
  const { http, asking } = await bench(t)
  const url = await rawServer(t, 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  assert.equal((await http.read(asking('/', { url }), 100)).body.toString(), 'ok')
})

test('a body without a length goes on to the end of the connection', async (t) => {
  const { http, asking } = await bench(t)
  const url = await rawServer(t, 'HTTP/1.1 200 OK\r\n\r\nall of it', (socket) => socket.end())
  assert.equal((await http.read(asking('/', { url }), 100)).body.toString(), 'all of it')
})

test('a body whose reader is slow survives the end of the connection', async (t) => {
  const { http, asking } = await bench(t)
  const bytes = bytesOf(300_000, 'end').toString('hex')
  const url = await rawServer(t, `HTTP/1.1 200 OK\r\n\r\n${bytes}`, (socket) => socket.end())
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
