// Ten thousand requests made from the documents, most with something wrong about them: nothing is answered with 5xx,
// nothing hangs, nothing is answered that was not promised, no secret comes back, and the process lives.
//
// WARMFRONT_TEST_FUZZ_SEED and WARMFRONT_TEST_FUZZ_REQUESTS try others, or more.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { settings } from '../../../src/config/settings.ts'
import { makeConforms } from '../../support/conform.ts'
import { servedDocument } from '../../support/openapi-document.ts'
import { makeFuzz, type FuzzRequest } from '../../support/openapi-fuzz.ts'
import { adminToken, startService, type TestService } from '../../support/service.ts'

const firstSeed = Number(process.env['WARMFRONT_TEST_FUZZ_SEED'] ?? 1)
const requests = Number(process.env['WARMFRONT_TEST_FUZZ_REQUESTS'] ?? 10_000)
const atOnce = 8
const withinMs = 10_000
/** What a service of its size may have grown by, the young generation and a full cache of statements included. */
const mostGrowth = 256 * 1024 * 1024
const secret = 'pl4nted-s3cret'

let service: TestService
before(async () => {
  service = await startService({
    // So that every job ends at once, and nothing leaves the machine.
    WARMFRONT_EGRESS_ALLOW: '',
    WARMFRONT_PATH_PREFIXES: '/edge',
    WARMFRONT_RATE_LIMIT_TOKEN: '0',
    WARMFRONT_RATE_LIMIT_ADDRESS: '0',
    WARMFRONT_RATE_LIMIT_FAILED_AUTH: '0',
  })
})
after(() => service.stop())

const contracts = settings.contracts.read(settings.contracts.fallback ?? '')
const document = servedDocument(contracts)
const conforms = makeConforms(contracts, [])
const makeRequest = makeFuzz({ document, token: adminToken, secret, denied: '127.0.0.1:1' })

interface Answered {
  readonly status: number
  readonly headers: Headers
  /** undefined: it would not end by itself. */
  readonly text: string | undefined
}

function send(agent: Agent, { method, path, headers, body }: FuzzRequest): Promise<Answered> {
  const url = new URL(service.url)
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const call = request({
      agent,
      host: url.hostname,
      port: url.port,
      method,
      path,
      headers: { ...headers, ...length },
      signal: AbortSignal.timeout(withinMs),
    })
    call.on('error', reject)
    call.on('response', (answer) => {
      const received = new Headers(
        Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]),
      )
      const settle = (text: string | undefined) => resolve({ status: answer.statusCode ?? 0, headers: received, text })
      if (received.get('content-type')?.startsWith('text/event-stream') === true) {
        call.off('error', reject).on('error', () => {})
        call.destroy()
        settle(undefined)
      } else textOf(answer).then(settle, reject)
    })
    call.end(body)
  })
}

function complaintAbout({ method, path }: FuzzRequest, { status, headers, text }: Answered): string | undefined {
  if (status >= 500) return `answered ${status}: ${text}`
  const said = [text ?? '', ...headers.values()].join('\n')
  if (said.includes(secret) || said.includes(adminToken)) return `a secret came back: ${said}`
  try {
    conforms({ method, path, status, headers, text })
    return undefined
  } catch (error) {
    return String(error)
  }
}

const residentBytes = (): number | undefined => {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]) * 1024
  } catch {
    // Not on this system.
    return undefined
  }
}

test(`${requests} requests from the documents, from seed ${firstSeed} on`, { timeout: 180_000 }, async (t) => {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  t.after(() => agent.destroy())
  const bytesBefore = residentBytes()
  const statuses = new Map<string, Map<number, number>>()
  const complaints: string[] = []
  let next = 0
  const worker = async () => {
    while (next < requests && complaints.length < 10) {
      const seed = firstSeed + next++
      const made = makeRequest(seed)
      const complaint = await send(agent, made).then(
        (answer) => {
          const counts = statuses.get(made.operationId) ?? new Map<number, number>()
          statuses.set(made.operationId, counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1))
          return complaintAbout(made, answer)
        },
        (error: unknown) => `no answer: ${String(error)}`,
      )
      if (complaint !== undefined) complaints.push(`seed ${seed}: ${shown(made)}\n${complaint}`)
    }
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: atOnce }, worker))
  const seconds = (performance.now() - begun) / 1000
  for (const [operation, counts] of statuses) {
    t.diagnostic(`${operation}: ${[...counts].map(([status, count]) => `${count} × ${status}`).join(', ')}`)
  }
  // Where the process has died, its last words are the best that there is.
  if (complaints.length > 0) t.diagnostic(service.output().slice(-2000))
  assert.deepEqual(complaints, [])
  const operations = document.endpoints.flatMap((endpoint) => [...endpoint.operations.values()])
  assert.deepEqual(
    operations.map(({ operationId }) => operationId).filter((id) => !statuses.has(id)),
    [],
    'never called',
  )

  assert.equal((await service.call('GET', '/readyz')).status, 200)
  const bytesAfter = residentBytes()
  if (bytesBefore !== undefined && bytesAfter !== undefined) {
    const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`
    t.diagnostic(`${mebibytes(bytesBefore)} before, ${mebibytes(bytesAfter)} after, ${seconds.toFixed(1)} s`)
    assert.ok(bytesAfter - bytesBefore < mostGrowth, `grew from ${mebibytes(bytesBefore)} to ${mebibytes(bytesAfter)}`)
  }
  const output = service.output()
  for (const planted of [secret, adminToken]) {
    const line = output.split('\n').find((one) => one.includes(planted))
    assert.equal(line, undefined, 'a secret was logged')
  }
  // What was not denied would have been looked for outside of this machine.
  assert.doesNotMatch(output, /registry\.unreachable/)
})

const shown = ({ method, path, headers, body }: FuzzRequest): string =>
  `${method} ${path.slice(0, 500)} ${JSON.stringify(headers)} ${body?.slice(0, 1000)}`

const malformed: readonly { readonly name: string; readonly bytes: string }[] = [
  { name: 'no HTTP at all', bytes: 'hello\r\n\r\n' },
  { name: 'TLS', bytes: '\x16\x03\x01\x02\x00\x01\x00' },
  { name: 'a NUL in the path', bytes: 'GET /livez\0 HTTP/1.1\r\nHost: a\r\n\r\n' },
  { name: 'a space in the path', bytes: 'GET /liv ez HTTP/1.1\r\nHost: a\r\n\r\n' },
  { name: 'a header without a colon', bytes: 'GET /livez HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n' },
  { name: 'headers beyond all measure', bytes: `GET /livez HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n` },
  { name: 'an address beyond all measure', bytes: `GET /${'x'.repeat(40_000)} HTTP/1.1\r\nHost: a\r\n\r\n` },
  {
    name: 'two lengths',
    bytes: 'POST /api/preheat HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
  },
  {
    name: 'a length and chunks',
    bytes: 'POST /api/preheat HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  },
  {
    name: 'a chunk without a length',
    bytes: 'POST /api/preheat HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  },
  {
    name: 'an address with a host',
    bytes: 'GET http://evil.test/livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  },
  { name: 'an asterisk', bytes: 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' },
  { name: 'a path without a slash', bytes: 'GET livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' },
  { name: 'a tunnel', bytes: 'CONNECT evil.test:443 HTTP/1.1\r\nHost: a\r\n\r\n' },
]

for (const { name, bytes } of malformed) {
  test(`what is hardly HTTP is answered with one JSON object, or hung up on: ${name}`, async () => {
    const { hostname, port } = new URL(service.url)
    const socket = connect(Number(port), hostname)
    const late = setTimeout(() => socket.destroy(new Error('no answer')), withinMs)
    socket.write(bytes, 'latin1')
    const answer = await textOf(socket).finally(() => clearTimeout(late))
    if (answer !== '') {
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      assert.match(head, /^HTTP\/1\.1 [24]\d\d /)
      assert.match(head, /content-type: application\/json/i)
      assert.equal(typeof JSON.parse(body), 'object')
    }
    assert.equal((await service.call('GET', '/livez')).status, 200)
  })
}
