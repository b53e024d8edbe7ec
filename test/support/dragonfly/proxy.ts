// The HTTP proxy of a fake dfdaemon, as nodes use it: what matches its rule goes through the daemon, all else past it.

import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { portOf } from './port.ts'
import { taskIdOf, usualFilteredParams } from '../../../src/peers/dragonfly/task-id.ts'
import { BackendError, type Source, type TaskStore } from './tasks.ts'

export interface ProxyOptions {
  /** What goes through the daemon; null: nothing. */
  rule: RegExp | null
  /** `proxy.registryMirror.enableTaskIDBasedBlobDigest` */
  digestIds: boolean
  /** Clients before 1.4.1 did not. */
  filtersNs: boolean
  /** Something before it takes the header away. */
  ignoresTag: boolean
}

export class FakeProxy {
  readonly requests: IncomingMessage[] = []
  readonly #server: Server
  readonly #store: TaskStore
  readonly #options: ProxyOptions

  constructor(store: TaskStore, options: ProxyOptions) {
    this.#store = store
    this.#options = options
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  async listen(host: string): Promise<number> {
    this.#server.listen(0, host)
    await once(this.#server, 'listening')
    return portOf(this.#server)
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(request)
    const registry = headerOf(request, 'x-dragonfly-registry') ?? 'http://127.0.0.1:9'
    const url = new URL(request.url ?? '/', registry)
    const { rule } = this.#options
    if (request.method !== 'GET' || rule === null || !rule.test(`${url.origin}${url.pathname}`)) {
      this.#pass(url, request, response)
      return
    }
    try {
      await this.#serve(url, request, response)
    } catch (error) {
      const isBackend = error instanceof BackendError
      response.writeHead((isBackend ? error.statusCode : undefined) ?? 500, {
        ...(isBackend && error.headers['retry-after'] !== undefined
          ? { 'retry-after': error.headers['retry-after'] }
          : {}),
        'x-dragonfly-error-type': isBackend ? 'backend' : 'dfdaemon',
      })
      response.end()
    }
  }

  async #serve(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const source = this.#sourceOf(url, request)
    const task = await this.#store.start(source)
    const headers = {
      'x-dragonfly-task-id': source.taskId,
      ...(task.finishedAt === undefined ? {} : { 'x-dragonfly-task-download-finished': 'true' }),
    }
    const end = /^bytes=0-(\d+)$/.exec(request.headers.range ?? '')?.[1]
    if (end !== undefined) {
      const bytes = await this.#store.readPart(task, source, Number(end) + 1)
      response.writeHead(206, { ...headers, 'content-range': `bytes 0-${end}/${task.contentLength}` })
      response.end(bytes)
      return
    }
    const pieces: Buffer[] = []
    await this.#store.download(task, source, (piece) => pieces.push(piece.bytes))
    response.writeHead(200, { ...headers, 'content-length': task.contentLength })
    response.end(Buffer.concat(pieces))
  }

  #sourceOf(url: URL, request: IncomingMessage): Source {
    const filtered = usualFilteredParams.filter((name) => this.#options.filtersNs || name !== 'ns')
    const piece = /^(\d+)mib$/.exec(headerOf(request, 'x-dragonfly-piece-length') ?? '')?.[1]
    const pieceLength = piece === undefined ? null : Number(piece) * 1024 * 1024
    const taskId = taskIdOf(url.href, this.#options.digestIds, {
      tag: (this.#options.ignoresTag ? undefined : headerOf(request, 'x-dragonfly-tag')) ?? '',
      application: headerOf(request, 'x-dragonfly-application') ?? '',
      filteredQueryParams: filtered,
      pieceLength,
    })
    const { authorization } = request.headers
    const headers = authorization === undefined ? {} : { authorization }
    return { taskId, url: url.href, headers, pieceLength: pieceLength ?? undefined }
  }

  #pass(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const { host: _, ...headers } = request.headers
    const passed = ask(url, { method: request.method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.writeHead(502, { 'x-dragonfly-error-type': 'proxy' }).end())
    passed.end()
  }
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}
