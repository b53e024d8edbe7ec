// The reference of the scale bench: the same gRPC calls for the same tasks, in a bare loop, in a process of its own.
// `node bench/swarm-loop.ts <port> <peers> <blobs> <at once>` prints the seconds.

import { Client, credentials } from '@grpc/grpc-js'
import { eachAtMost } from '../src/kit/each.ts'
import { manyListen } from '../src/kit/signals.ts'
import { loadWire, type Rpc } from '../src/peers/dragonfly/wire.ts'
import { swarmIps } from '../test/support/dragonfly/swarm.ts'

const [port = 0, peers = 0, blobs = 0, atOnce = 0] = process.argv.slice(2).map(Number)
const { downloadTask, syncPieces } = loadWire()
const clients = swarmIps(peers).map((ip) => new Client(`${ip}:${port}`, credentials.createInsecure()))

function ends<Q extends object, R>(client: Client, { path, encode, decode }: Rpc<Q, R>, request: Q): Promise<void> {
  const stream = client.makeServerStreamRequest(path, encode, decode, request)
  return new Promise((resolve, reject) =>
    stream
      .on('data', () => {})
      .on('error', reject)
      .on('end', resolve),
  )
}

const digests = Array.from({ length: blobs }, (_, n) => n.toString(16).padStart(64, '0'))
const tasks = digests.flatMap((digest) => clients.map((client) => ({ digest, client })))
const begun = performance.now()
await eachAtMost(tasks, atOnce, manyListen().signal, async ({ digest, client }) => {
  const download = {
    url: `http://127.0.0.1:1/v2/library/bare/blobs/sha256:${digest}`,
    priority: 6,
    filtered_query_params: [],
    request_header: {},
    enable_task_id_based_blob_digest: true,
  }
  await ends(client, downloadTask, { download })
  await ends(client, syncPieces, { host_id: '', task_id: digest, interested_piece_numbers: [0] })
})
console.log((performance.now() - begun) / 1000)
for (const client of clients) client.close()
