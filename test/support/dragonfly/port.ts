// On which port a server listens.

import type { Server } from 'node:net'
import { promisify } from 'node:util'
import type { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js'

export function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** `address`: `127.0.0.1:0`. */
export const bind = (server: GrpcServer, address: string, how: ServerCredentials): Promise<number> =>
  promisify((done: (error: Error | null, port: number) => void) => server.bindAsync(address, how, done))()

export const shutDown = async (server: GrpcServer): Promise<void> => server.forceShutdown()
