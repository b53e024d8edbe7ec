// The services of the driver's own interface files, for servers.

import { join } from 'node:path'
import type { ServiceDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

export const uploadService = 'dfdaemon.v2.DfdaemonUpload'
export const schedulerService = 'scheduler.v2.Scheduler'
export const healthService = 'grpc.health.v1.Health'

/** Loads once for all servers of a test. */
const definitions = loadSync(['dfdaemon.proto', 'scheduler.proto', 'health.proto'], {
  includeDirs: [join(import.meta.dirname, '../../../src/peers/dragonfly/proto')],
  keepCase: true,
  longs: Number,
  defaults: true,
})

export function serviceOf(name: string): ServiceDefinition {
  const found = definitions[name]
  if (found === undefined || 'format' in found) throw new Error(`no service ${name}`)
  return found
}
