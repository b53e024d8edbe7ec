// The listening server and its manners towards clients.

import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Harbor and most load balancers keep a connection for up to 60 s; whoever closes first must be the client. */
const keepAliveMs = 70_000
/** Above the keep-alive, or Node would close a connection that a client is about to use. */
const headersMs = 75_000
/** For a whole request; uploads are small here. */
const requestMs = 90_000

export interface Listening {
  readonly port: number
  /** Finishes the answers under way and refuses new calls; what is still open after `graceMs` is cut. */
  close(graceMs: number): Promise<void>
}

export async function listen(app: RequestListener, host: string, port: number): Promise<Listening> {
  const server = createServer(
    { keepAliveTimeout: keepAliveMs, headersTimeout: headersMs, requestTimeout: requestMs },
    app,
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  return { port: address.port, close: (graceMs) => drain(server, graceMs) }
}

async function drain(server: Server, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceMs)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  clearTimeout(cut)
}
