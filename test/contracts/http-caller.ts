// HTTP as Go's client does it: bare headers, few idle connections, and no word of what the answer is about.

import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { Exchange } from '../support/conform.ts'

/** Hears what a client does. */
export interface Ears {
  /** Of every answer. `path` is what was sent, with its query. */
  answered(exchange: Exchange): void
  /** Of a call whose answer the client took for a success. `path` is what its contract calls it. */
  accepted(called: { readonly method: string; readonly path: string }): void
}

export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

export interface Received {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export class HttpCaller {
  readonly #ears: Ears
  readonly #headers: Readonly<Record<string, string>>
  readonly #timeoutMs: number
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 2 })

  /** `headers` go with every call. */
  constructor(headers: Readonly<Record<string, string>>, timeoutMs: number, ears: Ears) {
    this.#headers = headers
    this.#timeoutMs = timeoutMs
    this.#ears = ears
  }

  /** Rejects where the connection breaks. An answer that redirects is an answer like others: none may come. */
  async call({ method, url, headers, body }: Sent): Promise<Received> {
    const signal = AbortSignal.timeout(this.#timeoutMs)
    const outgoing = request(url, { method, agent: this.#agent, signal })
    // Go keeps a connection open without saying so.
    outgoing.removeHeader('Connection')
    const json =
      body === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) }
    for (const [name, value] of Object.entries({
      ...this.#headers,
      ...json,
      ...headers,
      'Accept-Encoding': 'gzip',
    })) {
      outgoing.setHeader(name, value)
    }
    outgoing.end(body)
    const [response] = (await once(outgoing, 'response', { signal })) as [IncomingMessage]
    const bytes = Buffer.concat(await Array.fromAsync(response as AsyncIterable<Buffer>))
    const text = response.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
    const received = { status: response.statusCode ?? 0, headers: response.headers, body: text.toString('utf8') }
    this.#ears.answered(exchangeOf({ method, url, headers }, received))
    return received
  }

  accepted(called: Parameters<Ears['accepted']>[0]): void {
    this.#ears.accepted(called)
  }

  close(): void {
    this.#agent.destroy()
  }
}

function exchangeOf({ method, url }: Sent, { status, headers, body }: Received): Exchange {
  const { pathname, search } = new URL(url)
  const get = (name: string): string | null => {
    const value = headers[name.toLowerCase()]
    return value === undefined ? null : [value].flat().join(', ')
  }
  return { method, path: pathname + search, status, headers: { get }, text: body }
}
