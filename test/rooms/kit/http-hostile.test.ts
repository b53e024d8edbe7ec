// The outgoing client against servers that send what no server should: each gives a typed fault or a sound answer, and
// the next request to the same server gets its own answer.

import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { EgressPolicy } from '../../../src/kit/egress.ts'
import { HttpClient, type HttpRequest } from '../../../src/kit/http.ts'
import type { HttpFaultKind } from '../../../src/kit/http-fault.ts'
import { rawServer, type Script } from './raw-server.ts'

const timeouts = { connectMs: 2_000, firstByteMs: 700, noProgressMs: 300 }
const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`
const two = 'Content-Length: 2\r\n\r\nab'
const long = 'a'.repeat(1024 * 1024)
/** What a later request must never be given. */
const poison = `${ok}Content-Length: 6\r\n\r\npoison`

type Act = (socket: Socket) => void
const end: Act = (socket) => socket.end()
const reset: Act = (socket) => socket.resetAndDestroy()

/** Writes the bytes, then acts when they have gone out. */
const says =
  (text: string, then: Act = () => {}): Act =>
  (socket) =>
    text === '' ? then(socket) : socket.write(text, 'latin1', () => then(socket))

/** Writes `first`, then `piece` again and again, with a pause between, until the connection ends. */
const drips =
  (first: string, piece: string): Act =>
  (socket) => {
    socket.write(first)
    const dripping = setInterval(() => socket.write(piece), 20)
    socket.on('close', () => clearInterval(dripping))
  }

/** Writes `first`, then `piece` without end, as fast as it is taken. */
const floods =
  (first: string, piece: string): Act =>
  (socket) => {
    socket.write(first)
    const more = () => {
      while (!socket.destroyed && socket.write(piece));
    }
    socket.on('drain', more)
    more()
  }

/** What the server does, the method, and the fault or the status and body. */
type Line = readonly [string, Act, HttpFaultKind | readonly [number, string], 'HEAD'?]

const headers: readonly Line[] = [
  ['one header of 1 MiB', says(`${ok}x-a: ${long}\r\n\r\n`), 'too-large'],
  ['a header name of 1 MiB', says(`${ok}${long}: a\r\n\r\n`), 'too-large'],
  ['10,000 headers', says(`${ok}${'x-a: b\r\n'.repeat(10_000)}\r\n`), 'too-large'],
  ['endless headers', floods(ok, 'x-a: b\r\n'.repeat(100)), 'too-large'],
  ['trailers of 1 MiB', says(`${chunked}0\r\nx-a: ${long}\r\n\r\n`), 'too-large'],
  ['endless early hints', floods('', 'HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n'.repeat(100)), 'first-byte-timeout'],
  ['early hints now and then', drips('', 'HTTP/1.1 103 Early Hints\r\n\r\n'), 'first-byte-timeout'],
  ['a byte of a header now and then', drips(`${ok}x-a: `, 'a'), 'first-byte-timeout'],
  ['a header now and then', drips(ok, 'x-a: b\r\n'), 'first-byte-timeout'],
  ['a header now and then, to HEAD', drips(ok, 'x-a: b\r\n'), 'first-byte-timeout', 'HEAD'],
  ['a byte of the status line now and then', drips('HTTP/1.1 200 ', 'a'), 'first-byte-timeout'],
  ['nothing at all', says(''), 'first-byte-timeout'],
  ['a header without a colon', says(`${ok}nothing\r\n${two}`), 'malformed'],
  ['a space before the colon', says(`${ok}x-a : b\r\n${two}`), 'malformed'],
  ['a folded header', says(`${ok}x-a: b\r\n c\r\n${two}`), 'malformed'],
  ['NUL in a header', says(`${ok}x-a: b\0c\r\n${two}`), 'malformed'],
  ['NUL in the name of a header', says(`${ok}x\0a: b\r\n${two}`), 'malformed'],
  ['headers that end in LF', says(`HTTP/1.1 200 OK\n${two}`), 'malformed'],
  ['headers named as what objects have', says(`${ok}__proto__: a\r\nconstructor: b\r\n${two}`), [200, 'ab']],
]

const lengths: readonly Line[] = [
  ['a length and chunks', says(`${ok}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab`), 'malformed'],
  ['chunks and a length', says(`${ok}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nab`), 'malformed'],
  ['an unknown transfer coding', says(`${ok}Transfer-Encoding: xchunked\r\n${two}`), 'malformed'],
  ['two lengths', says(`${ok}Content-Length: 1\r\n${two}`), 'malformed'],
  ['the same length twice', says(`${ok}Content-Length: 2\r\n${two}`), 'malformed'],
  ['a list of lengths', says(`${ok}Content-Length: 2, 2\r\n\r\nab`), 'malformed'],
  ['a negative length', says(`${ok}Content-Length: -1\r\n\r\nab`), 'malformed'],
  ['a length with a sign', says(`${ok}Content-Length: +2\r\n\r\nab`), 'malformed'],
  ['a hexadecimal length', says(`${ok}Content-Length: 0x2\r\n\r\nab`), 'malformed'],
  ['an empty length', says(`${ok}Content-Length:\r\n\r\nab`), 'malformed'],
  ['a length beyond 64 bits', says(`${ok}Content-Length: 18446744073709551618\r\n\r\nab`), 'malformed'],
  ['a negative chunk', says(`${chunked}-1\r\na\r\n0\r\n\r\n`), 'malformed'],
  ['a chunk beyond 64 bits', says(`${chunked}fffffffffffffffff\r\nab`), 'malformed'],
  ['a chunk longer than it says', says(`${chunked}2\r\nabc\r\n0\r\n\r\n`), 'malformed'],
  ['chunks that end in LF', says(`${chunked}2\nab\n0\n\n`), 'malformed'],
  ['a chunk extension of 1 MiB', says(`${chunked}2;${long}\r\nab\r\n0\r\n\r\n`), [200, 'ab']],
  ['a chunk extension without end', drips(`${chunked}2;`, 'a'), 'no-progress'],
  ['a chunk length without end', drips(chunked, '0'), 'no-progress'],
]

const bodies: readonly Line[] = [
  ['a byte now and then', drips(`${ok}Content-Length: 100\r\n\r\n`, 'a'), 'no-progress'],
  ['a chunk now and then', drips(chunked, '1\r\na\r\n'), 'no-progress'],
  ['a refusal, a byte now and then', drips('HTTP/1.1 404 No\r\n\r\n', 'a'), 'no-progress'],
  ['a body that is slow and long', drips(`${ok}\r\n`, 'a'.repeat(1024)), 'no-progress'],
  ['an endless body', floods(`${ok}\r\n`, long), 'too-large'],
  ['an endless refusal', floods('HTTP/1.1 404 No\r\n\r\n', long), [404, 'a'.repeat(8192)]],
  ['a status line of 1 MiB', says(`HTTP/1.1 200 ${long}\r\n${two}`), [200, 'ab']],
]

const ends: readonly Line[] = [
  ['FIN without a byte', says('', end), 'broken-off'],
  ['FIN in the status line', says('HTTP/1.', end), 'broken-off'],
  ['FIN after the status line', says(ok, end), 'broken-off'],
  ['FIN in the headers', says(`${ok}Content-`, end), 'broken-off'],
  ['FIN in the body', says(`${ok}Content-Length: 10\r\n\r\nabc`, end), 'broken-off'],
  ['FIN in the body, announced', says(`${ok}Connection: close\r\nContent-Length: 10\r\n\r\nabc`, end), 'broken-off'],
  ['FIN in a chunk', says(`${chunked}5\r\nab`, end), 'broken-off'],
  ['FIN between chunks', says(`${chunked}2\r\nab\r\n`, end), 'broken-off'],
  ['RST without a byte', says('', reset), 'broken-off'],
  ['RST in the headers', says(`${ok}Content-`, reset), 'broken-off'],
  ['RST in the body', says(`${ok}Content-Length: 10\r\n\r\nabc`, reset), 'broken-off'],
]

const protocols: readonly Line[] = [
  ['HTTP/0.9', says('all of it', end), 'malformed'],
  ['HTTP/1.0', says('HTTP/1.0 200 OK\r\n\r\nab', end), [200, 'ab']],
  ['HTTP/2 frames', says('\0\0\x06\x04\0\0\0\0\0\0\x05\0\0\x40\0', end), 'malformed'],
  ['another protocol', says('SSH-2.0-OpenSSH_9.2\r\n', end), 'malformed'],
  ['random bytes', says('\xff\xfe\0\x01\r\n\r\n', end), 'malformed'],
  ['a TLS alert', says('\x15\x03\x03\x00\x02\x02\x46', end), 'tls-spoken'],
  ['status 000', says(`HTTP/1.1 000 No\r\n${two}`), 'malformed'],
  ['status 99', says(`HTTP/1.1 99 No\r\n${two}`), 'malformed'],
  ['status 1000', says(`HTTP/1.1 1000 No\r\n${two}`), 'malformed'],
  ['100 that nobody asked for', says(`HTTP/1.1 100 Continue\r\n\r\n${ok}${two}`), 'malformed'],
  ['102 and the answer', says(`HTTP/1.1 102 Processing\r\n\r\n${ok}${two}`), [200, 'ab']],
  ['103 with a body', says(`HTTP/1.1 103 Hints\r\nContent-Length: 4\r\n\r\nbody${ok}${two}`), 'malformed'],
  ['101', says('HTTP/1.1 101 Switch\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nabc'), 'malformed'],
  ['101 to nothing', says('HTTP/1.1 101 Switch\r\n\r\nabc'), 'malformed'],
]

const queue: readonly Line[] = [
  ['two answers', says(`${ok}${two}${poison}`), [200, 'ab']],
  ['an answer and half of another', says(`${ok}${two}${poison.slice(0, 30)}`), [200, 'ab']],
  ['more than the length', says(`${ok}${two}cdef`), [200, 'ab']],
  ['204 with a body', says(`HTTP/1.1 204 None\r\nContent-Length: ${poison.length}\r\n\r\n${poison}`), [204, '']],
  ['204 with a body and no length', says(`HTTP/1.1 204 None\r\n\r\n${poison}`), [204, '']],
  ['304 with a body', says(`HTTP/1.1 304 Same\r\nContent-Length: ${poison.length}\r\n\r\n${poison}`), [304, '']],
  ['HEAD with a body', says(`${ok}Content-Length: ${poison.length}\r\n\r\n${poison}`), [200, ''], 'HEAD'],
  ['HEAD with chunks', says(`${chunked}5\r\nabcde\r\n0\r\n\r\n`), [200, ''], 'HEAD'],
]

function bench(t: TestContext, url: URL) {
  const http = new HttpClient({ egress: new EgressPolicy({ allow: ['127.0.0.0/8'] }), userAgent: 'test', timeouts })
  t.after(() => http.close())
  const asking = (method: 'GET' | 'HEAD' = 'GET'): HttpRequest => ({
    method,
    url,
    headers: {},
    purpose: 'registry',
    tls: {},
    signal: AbortSignal.timeout(30_000),
  })
  const own = async () => {
    const { status, body } = await http.read(asking(), 100)
    assert.deepEqual([status, body.toString()], [200, 'own'])
  }
  return { http, asking, own }
}

/** The first request meets the act, the others a sound server. */
const firstMeets =
  (act: Act): Script =>
  (socket, count) =>
    count === 0 ? act(socket) : socket.write(`${ok}Content-Length: 3\r\n\r\nown`)

for (const [name, act, expected, method] of [headers, lengths, bodies, ends, protocols, queue].flat()) {
  const outcome = typeof expected === 'string' ? expected : `an answer ${expected[0]}`
  test(`${name}: ${outcome}, and the next requests get their own answers`, async (t) => {
    const { http, asking, own } = bench(t, await rawServer(t, firstMeets(act)))
    const reading = http.read(asking(method), long.length)
    if (typeof expected === 'string') await assert.rejects(reading, { name: 'HttpFault', kind: expected })
    else {
      const { status, body } = await reading
      assert.deepEqual([status, body.toString()], expected)
    }
    await own()
    await own()
  })
}

test('an answer before the request is not taken', async (t) => {
  let connections = 0
  const greet = (socket: Socket) => void (connections++ === 0 && socket.write(poison))
  const url = await rawServer(t, (socket) => socket.write(`${ok}Content-Length: 3\r\n\r\nown`), greet)
  const { http, asking, own } = bench(t, url)
  const first = await http.read(asking(), 100).catch((error: unknown) => error)
  // It is there before the request or not, as the network has it: then it is an answer like others, or a fault.
  assert.ok(first instanceof Error ? 'kind' in first : true)
  await own()
  await own()
})

test('what comes while nobody has asked ends the connection', async (t) => {
  const first = Promise.withResolvers<Socket>()
  const script = firstMeets((socket) => socket.write(`${ok}${two}`, () => first.resolve(socket)))
  const { http, asking, own } = bench(t, await rawServer(t, script))
  assert.equal((await http.read(asking(), 100)).body.toString(), 'ab')
  const socket = await first.promise
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(poison)
  await closed
  await own()
})

test('a body that is streamed has no end to its time, as long as it goes on', async (t) => {
  const windows = 7 // two more than a body that is read whole may take
  const stop = Promise.withResolvers<void>()
  const act = drips(`${ok}\r\n`, 'a'.repeat(4096))
  const script = firstMeets((socket) => {
    act(socket)
    stop.promise.then(
      () => socket.end(),
      () => {},
    )
  })
  const { http, asking } = bench(t, await rawServer(t, script))
  const began = performance.now()
  const { status } = await http.stream(asking(), () => () => {
    if (performance.now() - began > windows * timeouts.noProgressMs) stop.resolve()
  })
  assert.equal(status, 200)
})

test('a reader may take as long as it likes; a server that is slow beside it may not', async (t) => {
  const { http, asking, own } = bench(t, await rawServer(t, firstMeets(drips(`${ok}\r\n`, 'a'))))
  let waited = false
  const reading = http.stream(asking(), async () => {
    await new Promise((resolve) => setTimeout(resolve, 3 * timeouts.noProgressMs))
    waited = true
    return () => new Promise((resolve) => setTimeout(resolve, 10))
  })
  await assert.rejects(reading, { kind: 'no-progress' })
  assert.ok(waited)
  await own()
})
