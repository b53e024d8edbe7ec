// A plain REST client, such as a script with curl: Bearer token, JSON in and out.

import assert from 'node:assert/strict'
import { HttpCaller, type Ears } from '../http-caller.ts'

const timeoutMs = 30_000

export interface RestAnswer {
  readonly status: number
  /** undefined where the body is no JSON. */
  readonly json: unknown
  readonly text: string
}

export class RestClient {
  readonly #endpoint: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #http: HttpCaller

  constructor(endpoint: string, token: string, ears: Ears) {
    this.#endpoint = endpoint
    this.#headers = { Authorization: `Bearer ${token}` }
    this.#http = new HttpCaller({ 'User-Agent': 'curl/8.5.0', Accept: '*/*' }, timeoutMs, ears)
  }

  async call(method: string, path: string, body?: unknown): Promise<RestAnswer> {
    const { status, body: text } = await this.#http.call({
      method,
      url: this.#endpoint + path,
      headers: this.#headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    if (status >= 200 && status < 300) this.#http.accepted({ method, path })
    return { status, text, json: jsonOf(text) }
  }

  /** The JSON of a success. */
  async ok<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call(method, path, body)
    assert.ok(answer.status >= 200 && answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.json as T
  }

  close(): void {
    this.#http.close()
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
