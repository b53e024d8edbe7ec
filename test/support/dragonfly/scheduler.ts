// A scheduler for tests: it lists the daemons that announced themselves, and tells them of each other.

import { Server, ServerCredentials, status, type sendUnaryData } from '@grpc/grpc-js'
import { bind, shutDown } from './port.ts'
import { schedulerService, serviceOf } from './services.ts'
import type { Source, TaskStore, Tracker } from './tasks.ts'

/** A daemon, as it announces itself. */
interface Announced {
  readonly host: string
  readonly hostname: string
  readonly port: number
  readonly proxyPort: number
  readonly seed: boolean
  readonly store: TaskStore
}

export class FakeScheduler implements Tracker {
  /** It answers nobody any more: daemons go to the origin, each for itself. */
  isBroken = false
  /** Hosts that died without a word are listed for an hour. */
  readonly deadHosts: object[] = []
  port = 0
  readonly #server = new Server()
  readonly #daemons: Announced[] = []
  /** By task: who goes to the origin for it. */
  readonly #parents = new Map<string, TaskStore>()

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  async listen(): Promise<void> {
    this.#server.addService(serviceOf(schedulerService), {
      ListHosts: (_call: unknown, done: sendUnaryData<object>) => {
        if (this.isBroken) done({ code: status.INTERNAL, details: 'redis is gone' })
        else done(null, { hosts: [...this.#daemons.map(hostMessage), ...this.deadHosts] })
      },
    })
    this.port = await bind(this.#server, '127.0.0.1:0', ServerCredentials.createInsecure())
  }

  close(): Promise<void> {
    return shutDown(this.#server)
  }

  announce(daemon: Announced): void {
    this.#daemons.push(daemon)
  }

  register(taskId: string, store: TaskStore): void {
    if (this.isBroken) throw new Error('the scheduler is not available')
    const seed = this.#daemons.find((daemon) => daemon.seed)?.store
    if (!this.#parents.has(taskId)) this.#parents.set(taskId, seed ?? store)
  }

  parentOf({ taskId }: Source, asker: TaskStore): TaskStore {
    return this.#parents.get(taskId) ?? asker
  }

  forget(taskId: string, store: TaskStore): void {
    if (this.#parents.get(taskId) === store) this.#parents.delete(taskId)
  }
}

export async function startScheduler(): Promise<FakeScheduler> {
  const scheduler = new FakeScheduler()
  await scheduler.listen()
  return scheduler
}

const hostMessage = (daemon: Announced) => ({
  id: `${daemon.host}-${daemon.hostname}`,
  type: daemon.seed ? 1 : 0,
  hostname: daemon.hostname,
  ip: daemon.host,
  port: daemon.port,
  network: { location: 'rack-1', idc: 'east' },
  disk: { total: 1e12, free: 5e11 },
  build: { git_version: '1.5.1' },
  proxy_port: daemon.proxyPort,
})
