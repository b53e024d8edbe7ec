// A server that writes bytes, not HTTP: what a real one never sends.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

/** What is done with the socket when `bytes` have come. `count` is how often that was so before, on any socket. */
export type Script = (socket: Socket, count: number, bytes: Buffer) => void

/** Closed with the test. `onConnect` is done before anything was asked. */
export async function rawServer(t: TestContext, script: Script, onConnect: (socket: Socket) => void = () => {}) {
  const sockets = new Set<Socket>()
  let count = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => script(socket, count++, bytes))
    onConnect(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address() as AddressInfo | null
  assert.ok(address)
  return new URL(`http://127.0.0.1:${address.port}/`)
}
