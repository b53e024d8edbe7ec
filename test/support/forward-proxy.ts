// A forward proxy that keeps nothing and remembers what it was asked, as it came.

import { once } from 'node:events'
import {
  createServer,
  request as ask,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'

export interface Forwarded {
  readonly method: string
  /** The request target, in absolute form where it is one. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** Of the client, which tells its connections apart. */
  readonly port: number | undefined
}

export interface ForwardProxy {
  /** 127.0.0.1 and the port. */
  readonly address: string
  readonly requests: readonly Forwarded[]
  close(): Promise<void>
}

/** `tls`: PEM texts, with which TLS is spoken to it. What is not on this machine, and every https origin, is answered 502. */
export async function startForwardProxy(tls?: { readonly key: string; readonly cert: string }): Promise<ForwardProxy> {
  const requests: Forwarded[] = []
  const answer = (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: target = '', headers } = incoming
    requests.push({ method, target, headers, port: incoming.socket.remotePort })
    if (!target.startsWith('http://127.0.0.1')) {
      response.writeHead(502, { 'content-type': 'text/plain' }).end(`no way to ${target}`)
      return
    }
    const onward = ask(target, { method, headers })
    onward.on('response', (reply) => {
      response.writeHead(reply.statusCode ?? 502, { ...reply.headers, via: '1.1 forward.test' })
      reply.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    onward.end()
  }
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
  server.on('tlsClientError', () => {})
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    address: `127.0.0.1:${address.port}`,
    requests,
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}
