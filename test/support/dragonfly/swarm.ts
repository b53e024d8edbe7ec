// A thousand dfdaemons in one process, for benchmarks: one port on all addresses of the loopback interface, and behind
// each address a peer of its own that holds what it was told to and answers at once. It is its own scheduler, too.
// `node test/support/dragonfly/swarm.ts [peers] [bytes of each blob]` prints its port.

import { Server, ServerCredentials, status, type sendUnaryData } from '@grpc/grpc-js'
import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js'
import { taskIdOf } from '../../../src/peers/dragonfly/task-id.ts'
import type { FakeDownload } from './daemon.ts'
import { bind, shutDown } from './port.ts'
import { healthService, schedulerService, serviceOf, uploadService } from './services.ts'

export interface SwarmOptions {
  readonly peers: number
  /** Every blob is so long, and is one piece. */
  readonly blobBytes: number
}

export interface Swarm {
  readonly port: number
  /** `host:port` of each peer. */
  readonly addresses: readonly string[]
  /** Calls of DownloadTask by now. */
  readonly downloads: number
  close(): Promise<void>
}

/** The addresses of its peers, from 127.0.1.1 on. */
export const swarmIps = (peers: number): readonly string[] =>
  Array.from({ length: peers }, (_, n) => `127.0.${1 + Math.floor(n / 250)}.${1 + (n % 250)}`)

export async function startSwarm({ peers, blobBytes }: SwarmOptions): Promise<Swarm> {
  const server = new Server()
  let downloads = 0
  /** By the authority that a call names: the ids of what the peer holds. */
  const held = new Map<string, Set<string>>()
  const heldBy = (authority: string): Set<string> => {
    const known = held.get(authority) ?? new Set()
    held.set(authority, known)
    return known
  }
  const piece = { number: 0, offset: 0, length: blobBytes }
  server.addService(serviceOf(uploadService), {
    DownloadTask(call: ServerWritableStream<{ readonly download: FakeDownload }, object>) {
      downloads++
      const id = idOf(call.request.download)
      const mine = heldBy(call.getHost())
      if (!mine.has(id)) {
        mine.add(id)
        call.write({ task_id: id, download_task_started_response: { content_length: blobBytes } })
        const moved = { ...piece, traffic_type: 'REMOTE_PEER' }
        call.write({ task_id: id, download_piece_finished_response: { piece: moved } })
      }
      call.end()
    },
    StatLocalTask(call: ServerUnaryCall<{ readonly task_id: string }, object>, done: sendUnaryData<object>) {
      if (!heldBy(call.getHost()).has(call.request.task_id))
        return done({ code: status.NOT_FOUND, details: 'not found' })
      done(null, { content_length: blobBytes, piece_length: 4 * 1024 * 1024, finished_at: { seconds: 1 } })
    },
    SyncPieces(call: ServerWritableStream<{ readonly task_id: string }, object>) {
      if (heldBy(call.getHost()).has(call.request.task_id)) call.write(piece)
      call.end()
    },
    DeleteTask(call: ServerUnaryCall<{ readonly task_id: string }, object>, done: sendUnaryData<object>) {
      heldBy(call.getHost()).delete(call.request.task_id)
      done(null, {})
    },
  })
  server.addService(serviceOf(healthService), {
    Check: (_call: unknown, done: sendUnaryData<object>) => done(null, { status: 'SERVING' }),
  })
  server.addService(serviceOf(schedulerService), {
    ListHosts: (_call: unknown, done: sendUnaryData<object>) => done(null, { hosts }),
  })
  const port = await bind(server, '0.0.0.0:0', ServerCredentials.createInsecure())
  const ips = swarmIps(peers)
  const hosts = ips.map((ip, number) => ({ id: ip, type: number === 0 ? 1 : 0, hostname: `node-${number}`, ip, port }))
  return {
    port,
    addresses: ips.map((ip) => `${ip}:${port}`),
    get downloads() {
      return downloads
    },
    close: () => shutDown(server),
  }
}

function idOf(download: FakeDownload): string {
  return taskIdOf(download.url, download.enable_task_id_based_blob_digest, {
    tag: download.tag ?? '',
    application: download.application ?? '',
    filteredQueryParams: download.filtered_query_params,
    pieceLength: download.piece_length ?? null,
  })
}

if (import.meta.main) {
  const [peers = '1000', blobBytes = '1048576'] = process.argv.slice(2)
  const swarm = await startSwarm({ peers: Number(peers), blobBytes: Number(blobBytes) })
  process.stdout.write(`${swarm.port}\n`)
  // It lives as long as who started it keeps its input open.
  process.stdin.resume().on('end', () => void swarm.close())
}
