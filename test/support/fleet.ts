// A fleet of dfdaemons before one registry, and a service that drives it: cluster 2, `fleet`.

import assert from 'node:assert/strict'
import type { components } from '../../openapi/open-api.ts'
import { startDaemon, type FakeDaemon } from './dragonfly/daemon.ts'
import { startScheduler, type FakeScheduler } from './dragonfly/scheduler.ts'
import { startRegistry, type TestRegistry } from './registry.ts'
import { startService, type Job, type TestService } from './service.ts'
import { makeFiles } from './warmed.ts'

export type ShownTask = components['schemas']['Task']

export interface FleetOptions {
  readonly seeds: number
  readonly ordinary: number
  /** For the service, beside those that tell it of the fleet. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface Fleet {
  readonly service: TestService
  readonly registry: TestRegistry
  readonly scheduler: FakeScheduler
  /** Seed peers first; each is on an address of its own, 127.0.2.1 and so on. */
  readonly daemons: readonly FakeDaemon[]
  /** A job for the fleet alone. */
  preheat(args: Readonly<Record<string, unknown>>): Promise<Job>
  /** All of them. */
  tasks(job: number, query?: string): Promise<readonly ShownTask[]>
  close(): Promise<void>
}

export const fleetCluster = 2

export async function startFleet({ seeds, ordinary, settings = {} }: FleetOptions): Promise<Fleet> {
  await using opening = new AsyncDisposableStack()
  const registry = await startRegistry()
  opening.defer(() => registry.close())
  const scheduler = await startScheduler()
  opening.defer(() => scheduler.close())
  const daemons: FakeDaemon[] = []
  for (let n = 0; n < seeds + ordinary; n++) {
    const daemon = await startDaemon({ hostname: `node-${n}`, host: `127.0.2.${n + 1}`, seed: n < seeds, scheduler })
    opening.defer(() => daemon.close())
    daemons.push(daemon)
  }
  const files = await makeFiles()
  opening.defer(() => files.remove())
  const clusters = [{ name: 'fleet', driver: 'dragonfly', schedulers: [scheduler.address] }]
  const service = await startService({ WARMFRONT_CONFIG: await files.settings({ clusters }), ...settings })
  opening.defer(() => service.stop())
  const open = opening.move()
  return {
    service,
    registry,
    scheduler,
    daemons,
    async preheat(args) {
      const body = { type: 'preheat', args: { type: 'image', ...args }, scheduler_cluster_ids: [fleetCluster] }
      const answer = await service.call('POST', '/oapi/v1/jobs', body)
      assert.equal(answer.status, 200, answer.text)
      return answer.json as Job
    },
    tasks: (job, query = '') => allTasks(service, job, query),
    close: () => open.disposeAsync(),
  }
}

export async function allTasks(service: TestService, job: number, query = ''): Promise<readonly ShownTask[]> {
  const tasks: ShownTask[] = []
  for (let page = 1; ; page++) {
    const { json } = await service.call('GET', `/oapi/v1/jobs/${job}/tasks?per_page=100&page=${page}${query}`)
    const some = json as readonly ShownTask[]
    tasks.push(...some)
    if (some.length < 100) return tasks
  }
}
