// Where the hostile registries of the table stand: small servers on loopback, one or two for each line.

import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createSocketServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import type { FailureCode } from '../../../src/model/failure.ts'
import type { Certificate } from '../certificates.ts'
import { makeImage, type ImageOptions, type MadeDocument, type MadeImage } from '../image.ts'

/** One hostile registry, and how its job has to end. */
export interface Line {
  /** What the registry does, as a sentence. */
  readonly name: string
  /** The cause of the job's failure, or SUCCESS where there is nothing that it should fail of. */
  readonly ends: FailureCode | 'SUCCESS'
  /** What the sentence of the cause, or of the warnings, has in it. */
  readonly says?: RegExp
  readonly open: (stage: Stage) => Opened | Promise<Opened>
}

export interface Opened {
  /** What the job is to preheat. */
  readonly url: string
  /** Of the job, beside its type and url. */
  readonly args?: Readonly<Record<string, unknown>>
  /** Texts that may stand neither in the job nor in the log. */
  readonly secrets?: readonly string[]
  /** What has to be true of the line's own servers in the end. */
  readonly check?: () => void
}

/** A request as a site saw it. */
export interface Ask {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** How many requests for the same path came before. */
  readonly before: number
}

type Headers = Readonly<Record<string, OutgoingHttpHeader>>

/** A whole answer; or what is done with the connection, which HTTP has no words for. A HEAD gets the head of the same. */
export type Answer =
  | { readonly status?: number; readonly headers?: Headers; readonly body?: string | Buffer }
  | ((response: ServerResponse, ask: Ask) => void)

/** undefined: as an honest registry would answer. */
export type Misdeed = (ask: Ask) => Answer | undefined

export interface Site {
  /** `127.0.0.1:<port>` */
  readonly host: string
  readonly port: number
  readonly asks: readonly Ask[]
}

/** More than the service takes, so that it is the service that says no. */
const maxHeaderSize = 64 * 1024

export const repository = 'hostile/image'
export const tagPath = `/v2/${repository}/manifests/latest`

export const isManifest = ({ path }: Ask): boolean => path.includes('/manifests/')
export const isBlob = ({ path }: Ask): boolean => path.includes('/blobs/')

/** Plain: loopback means http to the service. */
export const imageAt = ({ host }: Pick<Site, 'host'>): string => `${host}/${repository}:latest`
export const imageByDigest = ({ host }: Pick<Site, 'host'>, digest: string): string => `${host}/${repository}@${digest}`

export class Stage {
  /** Of the line: what it makes out of this is in no other line's image. */
  readonly seed: string
  /** For 127.0.0.1; the service trusts its authority. */
  readonly certificate: Certificate
  /** For 127.0.0.1, of an authority that nobody trusts, of another host, and of yesterday. */
  readonly badCertificates: Readonly<Record<'stranger' | 'otherHost' | 'expired', Certificate>>
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()

  constructor(seed: string, certificates: Pick<Stage, 'certificate' | 'badCertificates'>) {
    this.seed = seed
    this.certificate = certificates.certificate
    this.badCertificates = certificates.badCertificates
  }

  image(options: ImageOptions = {}): MadeImage {
    return makeImage({ seed: this.seed, ...options })
  }

  /** Honest but for its misdeed. */
  registry(misdeed: Misdeed, image: MadeImage = this.image()): Promise<Site> {
    return this.site((ask) => misdeed(ask) ?? honest(image, ask))
  }

  site(answer: (ask: Ask) => Answer, tls?: Certificate): Promise<Site> {
    const asks: Ask[] = []
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname
      const { method = '', headers } = request
      const before = asks.filter((one) => one.path === path && one.method === method).length
      const ask = { method, path, headers, before }
      asks.push(ask)
      response.on('error', () => {})
      give(response, ask, answer(ask))
    }
    const server =
      tls === undefined
        ? createServer({ maxHeaderSize }, handle)
        : createTlsServer({ cert: tls.cert, key: tls.key, maxHeaderSize }, handle)
    server.on('tlsClientError', () => {}) // a client that refuses our certificate is what some lines want
    return this.#listen(server, asks)
  }

  /** Speaks for itself, to each request on its own: `head` is the request's, up to the empty line. */
  raw(answer: (socket: Socket, head: string) => void): Promise<Site> {
    const asks: Ask[] = []
    return this.#listen(
      createSocketServer({ allowHalfOpen: true }, (socket) => {
        let text = ''
        socket.on('data', (bytes) => {
          text += bytes.toString('latin1')
          for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
            const head = text.slice(0, end)
            text = text.slice(end + 4)
            const [method = '', path = ''] = head.split(' ')
            asks.push({ method, path, headers: {}, before: asks.filter((one) => one.path === path).length })
            answer(socket, head)
          }
        })
      }),
      asks,
    )
  }

  /** Sees the connection as soon as it stands. */
  sockets(met: (socket: Socket) => void): Promise<Site> {
    return this.#listen(createSocketServer(met), [])
  }

  /** Nobody listens there any more. */
  async nobody(): Promise<Site> {
    const server = createSocketServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    return { host: `127.0.0.1:${port}`, port, asks: [] }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(
      this.#servers.map((server) => {
        server.close()
        return once(server, 'close')
      }),
    )
  }

  async #listen(server: Server, asks: readonly Ask[]): Promise<Site> {
    this.#servers.push(server)
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { host: `127.0.0.1:${port}`, port, asks }
  }
}

const hasBody = (status: number): boolean => status !== 204 && status !== 304

export function give(response: ServerResponse, ask: Ask, answer: Answer): void {
  if (typeof answer === 'function') {
    answer(response, ask)
    return
  }
  const { status = 200, headers = {}, body = '' } = answer
  response.writeHead(status, { ...(hasBody(status) ? { 'content-length': Buffer.byteLength(body) } : {}), ...headers })
  response.end(body)
}

/** What a registry that means well answers for this image. */
export function honest(image: MadeImage, { path, headers }: Ask): Answer {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (path.includes('/blobs/')) {
    const bytes = [...image.blobs].find(([digest]) => digest === name)?.[1]
    if (bytes === undefined) return { status: 404 }
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
    if (from === 0) return { body: bytes }
    const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
    return { status: 206, headers: range, body: bytes.subarray(from) }
  }
  const document = path === tagPath ? image.top : image.documents.find(({ digest }) => digest === name)
  return document === undefined ? { status: 404 } : documentAnswer(document)
}

export const documentAnswer = ({ mediaType, digest, bytes }: MadeDocument): Answer => ({
  headers: { 'content-type': mediaType, 'docker-content-digest': digest },
  body: bytes,
})

/** Begins an answer; its body, which a HEAD has none of, is the business of `send`. */
export const begun =
  (headers: Headers, send: (response: ServerResponse) => void, status = 200): Answer =>
  (response, { method }) => {
    response.writeHead(status, headers)
    response.flushHeaders()
    if (method === 'HEAD') response.end()
    else send(response)
  }

/** Sends the same piece again and again, as fast as it is taken; at most so often. */
export function pour(to: Socket | ServerResponse, piece: string | Buffer, times = Infinity): void {
  let left = times
  const more = () => {
    while (left-- > 0) {
      if (to.destroyed) return
      if (!to.write(piece)) {
        to.once('drain', more)
        return
      }
    }
    to.end()
  }
  more()
}

/** Sends a piece every now and then, for as long as anybody listens. */
export function drip(to: Socket | ServerResponse, piece: string, everyMs = 100): void {
  const timer = setInterval(() => to.write(piece), everyMs)
  to.once('close', () => clearInterval(timer))
}
