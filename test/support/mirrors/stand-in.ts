// What the stand-ins for caching registries share: a server on a free port, and the way to their origin.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface StandIn {
  /** 127.0.0.1 and the port. */
  readonly address: string
  /** `GET /v2/…`, in the order they came. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

export interface Question {
  readonly method: string
  readonly path: string
  /** Of the path, where it is one of a manifest or a blob. */
  readonly kind: 'manifests' | 'blobs' | undefined
  readonly repository: string
  /** A digest or a tag. */
  readonly name: string
  readonly headers: IncomingMessage['headers']
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Of a HEAD too, which is answered with its length. */
  readonly body?: Buffer
}

export async function startStandIn(answer: (question: Question) => Promise<Reply>): Promise<StandIn> {
  const requests: string[] = []
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const question = questionOf(request)
    requests.push(`${question.method} ${request.url}`)
    const {
      status,
      headers = {},
      body = Buffer.alloc(0),
    } = await answer(question).catch(() => ({ status: 502 }) as Reply)
    const length = 'transfer-encoding' in headers ? {} : { 'content-length': `${body.length}` }
    response.writeHead(status, { ...length, ...headers })
    response.end(question.method === 'HEAD' ? undefined : body)
  }
  const server = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const at = server.address()
  if (at === null || typeof at === 'string') throw new Error('no port')
  return {
    address: `127.0.0.1:${at.port}`,
    requests,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function questionOf({ method = '', url = '', headers }: IncomingMessage): Question {
  const path = url.replace(/\?.*$/, '')
  const [, repository = '', kind, name = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? []
  return { method, path, kind: kind === 'manifests' || kind === 'blobs' ? kind : undefined, repository, name, headers }
}

export interface Fetched {
  readonly status: number
  readonly mediaType: string
  readonly body: Buffer
}

/** Throws where the origin does not answer, or breaks off. */
export async function fetchFrom(origin: string, path: string, headers: Record<string, string> = {}): Promise<Fetched> {
  const response = await fetch(`${origin}${path}`, { headers: { accept: '*/*', ...headers } })
  const body = Buffer.from(await response.arrayBuffer())
  return { status: response.status, mediaType: response.headers.get('content-type') ?? '', body }
}

export const isRight = (digest: string, body: Buffer): boolean =>
  digest === `sha256:${createHash('sha256').update(body).digest('hex')}`

export const unknown = (code: string): Reply => ({
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ errors: [{ code, message: 'unknown' }] })),
})

/** As distribution serves what is in its store: RFC 9110 ranges, a quoted ETag, an age. */
export function stored(question: Question, mediaType: string, body: Buffer): Reply {
  const headers = {
    'accept-ranges': 'bytes',
    'cache-control': 'max-age=31536000',
    'content-type': mediaType,
    'docker-content-digest': question.name,
    'docker-distribution-api-version': 'registry/2.0',
    etag: `"${question.name}"`,
  }
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(question.headers.range ?? '') ?? []
  if (from === undefined || to === undefined) return { status: 200, headers, body }
  const range = `bytes ${from}-${to}/${body.length}`
  return { status: 206, headers: { ...headers, 'content-range': range }, body: body.subarray(+from, +to + 1) }
}

/** As distribution passes on what it does not have: no ranges, and a bare ETag. */
export const passed = ({ name }: Question, { mediaType, body }: Fetched): Reply => ({
  status: 200,
  headers: {
    'content-type': mediaType,
    'docker-content-digest': name,
    'docker-distribution-api-version': 'registry/2.0',
    etag: name,
  },
  body,
})
