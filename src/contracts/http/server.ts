// The listening server and its manners towards clients.

import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'

/** Harbor and most load balancers keep a connection for up to 60 s; whoever closes first must be the client. */
const keepAliveMs = 70_000
/** Above the keep-alive, or Node would close a connection that a client is about to use. */
const headersMs = 75_000
/** For a whole request; uploads are small here. */
const requestMs = 90_000
/** How often Node looks for requests that are slower than that. */
const lookEveryMs = 5_000
const idleEveryMs = 50
/** All headers of a request together; a token is some hundred bytes. */
const headerBytes = 16 * 1024
/** Far more than thousands of nodes hold open, and below the usual limit of open files. */
const mostConnections = 20_000

export interface Draining {
  /** Calls are still taken for so long: whoever sends them here has to notice first that we stop. */
  readonly delayMs: number
  /** Then no new ones; what is still open after this is cut. */
  readonly graceMs: number
}

export interface Listening {
  readonly port: number
  close(how: Draining): Promise<void>
}

export async function listen(app: RequestListener, host: string, port: number): Promise<Listening> {
  const server = createServer(
    {
      keepAliveTimeout: keepAliveMs,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: lookEveryMs,
      maxHeaderSize: headerBytes,
    },
    app,
  )
  server.maxConnections = mostConnections
  server.on('clientError', refuseBytes)
  // Node would refuse an Expect that it does not know with a bare 417; RFC 9110 lets us ignore it.
  server.on('checkExpectation', app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  return { port: address.port, close: (how) => drain(server, how) }
}

async function drain(server: Server, { delayMs, graceMs }: Draining): Promise<void> {
  if (delayMs > 0) await pause(delayMs)
  const cut = setTimeout(() => server.closeAllConnections(), graceMs)
  // close() looks for idle connections only once, and those with an answer under way become idle afterwards.
  const idle = setInterval(() => server.closeIdleConnections(), idleEveryMs)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  clearTimeout(cut)
  clearInterval(idle)
}

const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** What never became a request: answered in JSON like all else, if the connection still takes an answer. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = statusLines[error.code ?? ''] ?? '400 Bad Request'
  const body = JSON.stringify({ message: `The request cannot be read: ${status.slice(4)}.`, code: 'request.invalid' })
  const head = ['content-type: application/json; charset=utf-8', `content-length: ${body.length}`, 'connection: close']
  socket.end(`HTTP/1.1 ${status}\r\n${head.join('\r\n')}\r\n\r\n${body}`)
}
