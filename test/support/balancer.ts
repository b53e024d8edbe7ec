// A load balancer as operators have one before their replicas: connections go to those whose /readyz says 200.

import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const lookEveryMs = 100

export interface Balancer {
  readonly url: string
  close(): Promise<void>
}

export async function startBalancer(replicas: readonly string[]): Promise<Balancer> {
  const ready = new Set(replicas)
  const closing = new AbortController()
  const looking = Promise.all(replicas.map((url) => look(url, ready, closing.signal)))
  const sockets = new Set<Socket>()
  let turn = 0
  const server = createServer((client) => {
    const chosen = [...ready]
    const target = new URL(chosen[turn++ % chosen.length] ?? 'http://127.0.0.1:9')
    const replica = connect(Number(target.port), target.hostname)
    join(client, replica)
    join(replica, client)
    for (const socket of [client, replica]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      closing.abort()
      for (const socket of sockets) socket.destroy()
      server.close()
      await Promise.all([looking, once(server, 'close')])
    },
  }
}

/** A half that breaks breaks the other one, so that a client sees what its replica did. */
function join(from: Socket, to: Socket): void {
  from.pipe(to)
  from.on('error', () => to.resetAndDestroy())
}

async function look(url: string, ready: Set<string>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const says = await fetch(`${url}/readyz`, { signal, headers: { connection: 'close' } }).catch(() => undefined)
    await says?.text().catch(() => {})
    if (says?.status === 200) ready.add(url)
    else ready.delete(url)
    await pause(lookEveryMs, undefined, { signal }).catch(() => {})
  }
}
