// An answer onto the wire.

import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Answer } from './route.ts'

/** Resolves when the answer is out, or when the client has gone. A stream that breaks breaks the connection too. */
export async function send(res: ServerResponse, answer: Answer, head: boolean): Promise<void> {
  if (answer.stream !== undefined && !head) {
    res.writeHead(answer.status, answer.headers)
    // The client sees a connection that ends before Content-Length, which is the only honest thing left to say.
    await pipeline(answer.stream, res).catch(() => res.destroy())
    return
  }
  const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body))
  const type =
    answer.text === undefined && answer.body !== undefined ? { 'content-type': 'application/json; charset=utf-8' } : {}
  // The pre-release Harbor driver reads an answer only when it says its length.
  const length =
    answer.stream === undefined && answer.status !== 304 ? { 'content-length': String(Buffer.byteLength(text)) } : {}
  res.writeHead(answer.status, { ...type, ...length, ...answer.headers })
  res.end(head ? undefined : text)
}
