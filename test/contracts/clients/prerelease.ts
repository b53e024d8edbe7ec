// The Harbor driver that was never released (steven-zou/harbor src/distribution@93aea9b, "0.10.1"), with its oddities:
// a slash too many, a body that is marshalled twice, keys as Go names its fields, and an address that it never filled in.

import assert from 'node:assert/strict'
import { HttpCaller, type Ears } from '../http-caller.ts'
import { marshal } from '../harbor/go-json.ts'
import { goInt, field, goString, struct, unmarshal } from '../harbor/go-types.ts'

const answerType = struct('response', {
  code: field('Code', goInt),
  msg: field('Msg', goString),
  data: field('Data', struct('', { taskId: field('TaskID', goString), status: field('Status', goString) })),
})
export type SupernodeAnswer = typeof answerType.zero

const timeoutMs = 10_000

export class PrereleaseDriver {
  readonly #endpoint: string
  readonly #http: HttpCaller

  constructor(endpoint: string, ears: Ears) {
    this.#endpoint = endpoint
    this.#http = new HttpCaller({ 'User-Agent': 'Go-http-client/1.1' }, timeoutMs, ears)
  }

  check(): Promise<SupernodeAnswer> {
    return this.#call('GET', '/api/check')
  }

  /** `url` is a reference, such as `registry.example.com/library/app:1.0`. */
  preheat(type: string, url: string, headers: Readonly<Record<string, string>> = {}): Promise<SupernodeAnswer> {
    // A []byte handed to json.Marshal: base64 in quotation marks.
    const inner = marshal({ Type: type, url, Headers: headers })
    return this.#call('POST', '/api/preheat', marshal(Buffer.from(inner).toString('base64')))
  }

  /** The driver forgot to fill in the id, and Go escapes the braces. */
  progressOfNothing(): Promise<SupernodeAnswer> {
    return this.#call('GET', '/api/preheat/%7BtaskId%7D')
  }

  /** As the document means it. */
  progress(taskId: string): Promise<SupernodeAnswer> {
    return this.#call('GET', `/api/preheat/${taskId}`)
  }

  close(): void {
    this.#http.close()
  }

  async #call(method: string, path: string, body?: string): Promise<SupernodeAnswer> {
    const url = `${this.#endpoint}/${path}`
    const answer = await this.#http.call({ method, url, headers: {}, body })
    assert.ok([200, 201].includes(answer.status), `${answer.status} ${answer.body}`)
    // A chunked answer would be taken for an empty one.
    if (method === 'POST') assert.ok(Number(answer.headers['content-length']) > 0)
    const read = unmarshal(answer.body, answerType)
    if (read.code === 200n) this.#http.accepted({ method, path })
    return read
  }
}
