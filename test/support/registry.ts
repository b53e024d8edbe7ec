// A registry (and web server) for tests: it serves what it was given, remembers every request, and misbehaves on
// demand, as real registries do only by chance.

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { once } from 'node:events'
import { text as textOf } from 'node:stream/consumers'
import type { MadeDocument, MadeImage } from './image.ts'
import { digestOf } from './image.ts'
import { Guard, type RegistryAuth } from './registry-auth.ts'
import { type Content, type Fault, faulty, found, json, ranged, refusal } from './registry-content.ts'

export type { Fault }

export interface RegistryOptions {
  readonly auth?: RegistryAuth
  /** PEM texts; the registry speaks https with them. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Blobs are answered by 307 to this base address, such as the url of a second registry. */
  readonly redirectBlobsTo?: string
  /** What object stores do with a signed URL: a request that bears an Authorization is refused with 400. */
  readonly refuseAuthorization?: boolean
  /** Manifests are answered without Docker-Content-Digest, as old registries do. */
  readonly noDigestHeader?: boolean
}

export interface RecordedRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  /** Of a POST. */
  readonly form?: URLSearchParams
  /** 0 until the answer began. */
  status: number
  /** Bytes of the body that were handed to the connection. */
  bytesSent: number
  /** The client went away before the answer's end, or the registry cut it. */
  aborted: boolean
  ended: boolean
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly record: RecordedRequest
}

const chunkBytes = 256 * 1024

export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const registry = new TestRegistry(options)
  await registry.listen()
  return registry
}

export class TestRegistry {
  readonly requests: RecordedRequest[] = []
  /** How many connections were made to it. */
  connections = 0
  /** The most requests that were being answered at the same time; one is over when its last byte was handed over. */
  mostAtOnce = 0
  #atOnce = 0
  /** Only with `auth`. */
  readonly guard: Guard | undefined
  /** Redirects blobs; may be changed while it runs. */
  redirectBlobsTo: string | undefined
  readonly #options: RegistryOptions
  readonly #server
  readonly #documents = new Map<string, MadeDocument>()
  readonly #blobs = new Map<string, Uint8Array>()
  readonly #files = new Map<string, { readonly bytes: Uint8Array; readonly mediaType: string }>()
  readonly #faults: { readonly fault: Fault; left: number }[] = []
  readonly #watchers = new Set<() => void>()
  #port = 0

  constructor(options: RegistryOptions) {
    this.#options = options
    this.redirectBlobsTo = options.redirectBlobsTo
    this.guard = options.auth === undefined ? undefined : new Guard(options.auth)
    const answer = (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response)
    this.#server = options.tls === undefined ? createServer(answer) : createTlsServer(options.tls, answer)
    this.#server.on('connection', () => this.connections++)
    this.#server.on('tlsClientError', () => {}) // a client that refuses our certificate is often what a test wants
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    this.#port = address.port
  }

  /** `127.0.0.1:<port>`, as image references name it. */
  get host(): string {
    return `127.0.0.1:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  get url(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://${this.host}`
  }

  /** Stores the image in a repository and names it. */
  push(repository: string, image: MadeImage, ...tags: string[]): void {
    for (const document of image.documents) this.pushDocument(repository, document)
    for (const bytes of image.blobs.values()) this.pushBlob(repository, bytes)
    this.pushDocument(repository, image.top, ...tags)
  }

  pushDocument(repository: string, document: MadeDocument, ...tags: string[]): void {
    for (const name of [document.digest, ...tags]) this.#documents.set(`${repository}@${name}`, document)
  }

  pushBlob(repository: string, bytes: Uint8Array): void {
    this.#blobs.set(`${repository}@${digestOf(bytes)}`, bytes)
  }

  /** A plain file under any path outside /v2/. */
  putFile(path: string, bytes: Uint8Array, mediaType = 'application/octet-stream'): void {
    this.#files.set(path, { bytes, mediaType })
  }

  fault(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? Infinity })
  }

  healed(): void {
    this.#faults.length = 0
  }

  /** The requests whose path fits, in the order they came. */
  asked(path: string | RegExp, method?: string): readonly RecordedRequest[] {
    return this.requests.filter(
      (request) => (method === undefined || request.method === method) && fits(path, request.path),
    )
  }

  /** Resolves when so many requests whose path fits have come. */
  arrived(path: string | RegExp, count: number): Promise<void> {
    return this.#until(() => this.asked(path).length >= count)
  }

  /** Resolves when all requests that have come so far and whose path fits are over. */
  over(path: string | RegExp): Promise<void> {
    const asked = this.asked(path)
    return this.#until(() => asked.every(({ ended }) => ended))
  }

  #until(isSo: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => isSo() && resolve()
    look()
    this.#watchers.add(look)
    return promise.finally(() => this.#watchers.delete(look))
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url)
    const form = request.method === 'POST' ? { form: new URLSearchParams(await textOf(request)) } : {}
    const record: RecordedRequest = {
      ...form,
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      status: 0,
      bytesSent: 0,
      aborted: false,
      ended: false,
    }
    this.requests.push(record)
    for (const look of this.#watchers) look()
    response.on('error', () => {})
    response.on('close', () => {
      record.aborted ||= !response.writableFinished
      record.ended = true
      for (const look of this.#watchers) look()
    })
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce)
    const fault = this.#faultFor(record)
    await fault.held
    if (!response.destroyed) {
      await this.#send({ request, response, record }, faulty(this.#contentFor(url, record), fault), fault)
    }
    this.#atOnce--
  }

  #faultFor(record: RecordedRequest): Partial<Fault> {
    const found = this.#faults.find(
      ({ fault, left }) =>
        left > 0 && (fault.method === undefined || fault.method === record.method) && fits(fault.path, record.path),
    )
    if (found === undefined) return {}
    found.left--
    return found.fault
  }

  #contentFor(url: URL, record: RecordedRequest): Content {
    const { path, headers } = record
    if (this.#options.refuseAuthorization === true && headers.authorization !== undefined) {
      return refusal(400, 'InvalidArgument', 'Only one auth mechanism allowed')
    }
    const file = this.#files.get(path)
    if (file !== undefined) return found(file.bytes, { 'content-type': file.mediaType })
    if (path === '/token' && this.guard !== undefined)
      return json(...this.guard.token(url, headers.authorization, record.form))
    const challenge = this.guard?.challenge(path, headers.authorization, this.url)
    if (challenge !== undefined) {
      return { ...refusal(401, 'UNAUTHORIZED', 'authentication required'), headers: { 'www-authenticate': challenge } }
    }
    return this.#stored(path)
  }

  #stored(path: string): Content {
    if (path === '/v2/') return json(200, {})
    const parts = /^\/v2\/(?<repository>.+)\/(?<kind>manifests|blobs)\/(?<name>[^/]+)$/.exec(path)?.groups
    if (parts === undefined) return refusal(404, 'NAME_UNKNOWN', 'repository name not known to registry')
    const key = `${parts['repository']}@${parts['name']}`
    return parts['kind'] === 'manifests' ? this.#document(key) : this.#blob(key, path)
  }

  #document(key: string): Content {
    const document = this.#documents.get(key)
    if (document === undefined) return refusal(404, 'MANIFEST_UNKNOWN', 'manifest unknown')
    const digest = this.#options.noDigestHeader === true ? null : document.digest
    const content = found(document.bytes, { 'content-type': document.mediaType, 'docker-content-digest': digest })
    return { ...content, ranges: false }
  }

  #blob(key: string, path: string): Content {
    const bytes = this.#blobs.get(key)
    if (bytes === undefined) return refusal(404, 'BLOB_UNKNOWN', 'blob unknown to registry')
    if (this.redirectBlobsTo !== undefined) {
      const location = `${this.redirectBlobsTo}${path}?signature=only-for-this-read`
      return { status: 307, headers: { location }, body: new Uint8Array(), ranges: false }
    }
    return found(bytes, { 'content-type': 'application/octet-stream' })
  }

  async #send(exchange: Exchange, content: Content, fault: Partial<Fault>): Promise<void> {
    const { request, response, record } = exchange
    const range = content.ranges && fault.ignoreRange !== true ? request.headers.range : undefined
    const { status, headers, body } = ranged(content, range)
    response.statusCode = status
    for (const [name, value] of Object.entries({ 'content-length': `${body.length}`, ...headers })) {
      if (value !== null) response.setHeader(name, value)
    }
    record.status = status
    if (record.method === 'HEAD') response.end()
    else await pour(exchange, body, fault)
  }
}

async function pour({ response, record }: Exchange, body: Uint8Array, fault: Partial<Fault>): Promise<void> {
  const end = Math.min(fault.cutAfter ?? body.length, body.length)
  const stall = fault.stallAfter
  response.flushHeaders()
  for (let at = 0; at < end && !response.destroyed;) {
    if (stall !== undefined && at === stall.bytes) await stall.until
    const next = stall !== undefined && at < stall.bytes ? stall.bytes : end
    const chunk = body.subarray(at, Math.min(at + chunkBytes, next))
    at += chunk.length
    await written(response, chunk)
    record.bytesSent = at
  }
  if (fault.cutAfter === undefined) response.end()
  else response.destroy()
}

/** Settles when the chunk has left for the connection, or the connection is gone. */
function written(response: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('close', done)
      resolve()
    }
    response.once('close', done)
    response.write(chunk, done)
  })
}

const fits = (pattern: string | RegExp, path: string): boolean =>
  typeof pattern === 'string' ? pattern === path : pattern.test(path)
