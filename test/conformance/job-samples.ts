// Jobs, tasks and clusters for the case books of the store.

import type { Blob } from '../../src/model/blob.ts'
import { parseDigest, type Digest } from '../../src/model/digest.ts'
import type { FileRequest, Progress } from '../../src/model/job.ts'
import { noProgress } from '../../src/model/job.ts'
import type { Cluster, Peer } from '../../src/model/peer.ts'
import type { JobQueue, JobStore, NewJob } from '../../src/model/ports.ts'
import type { Task } from '../../src/model/task.ts'

export const userId = 7

export const fileRequest: FileRequest = {
  type: 'file',
  urls: ['https://files.example/model.bin?signature=***'],
  peers: { scope: 'all_peers', ips: null, count: null, percentage: null },
  concurrentTasks: 8,
  concurrentPeers: 500,
  timeoutMs: 60_000,
  tag: 'd7y',
  application: 'app',
  filteredQueryParams: ['signature'],
  pieceLength: null,
  successPercentage: 100,
  headers: { Authorization: '***' },
  username: 'ann',
}

export const newJob = (given: Partial<NewJob> = {}): NewJob => ({
  contract: 'open-api',
  bio: 'before the rollout',
  userId,
  requestedBy: 'harbor',
  request: fileRequest,
  secrets: {},
  clusterIds: [1, 2],
  timeoutMs: 60_000,
  ...given,
})

export const digest = (letter: string): Digest => parsed(letter.repeat(64))

function parsed(hex: string): Digest {
  const made = parseDigest(`sha256:${hex}`)
  if (made === undefined) throw new Error('not the hex of a sha256')
  return made
}

export const peerSample = (id: string, given: Partial<Peer> = {}): Peer => ({
  id,
  clusterId: 1,
  hostname: 'here',
  ip: '127.0.0.1',
  address: '',
  location: '',
  seed: true,
  ordinary: true,
  ...given,
})

export const layer = (digest: Digest): Blob => ({
  kind: 'layer',
  digest,
  size: 67_108_864,
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  url: `https://registry.example/v2/team/app/blobs/${digest}`,
})

export const task = (ordinal: number, given: Partial<Task> = {}): Task => ({
  ordinal,
  peer: peerSample('local-1'),
  blob: layer(digest('a')),
  state: 'waiting',
  attempts: 0,
  bytes: 0,
  source: null,
  moved: {},
  proof: null,
  digest: null,
  problem: null,
  startedAtMs: null,
  endedAtMs: null,
  ...given,
})

export const tasks = (count: number): Task[] => Array.from({ length: count }, (_, ordinal) => task(ordinal))

/** Every blob on every peer, peer by peer, as one plan. */
export function fleet(peers: number, blobs: number): Task[] {
  const layers = Array.from({ length: blobs }, (_, n) => layer(parsed(n.toString(16).padStart(64, '0'))))
  const made = Array.from({ length: peers }, (_, n) =>
    peerSample(`dragonfly-1@10.0.${n >> 8}.${n & 255}:4000`, {
      hostname: `node-${n}`,
      ip: `10.0.${n >> 8}.${n & 255}`,
      address: `10.0.${n >> 8}.${n & 255}:4000`,
    }),
  )
  return made.flatMap((peer, n) => layers.map((blob, m) => task(n * blobs + m, { peer, blob })))
}

export const warmed = (of: Task): Task => ({
  ...of,
  state: 'warm',
  attempts: 1,
  bytes: of.blob.size ?? 0,
  source: 'peer',
  moved: { origin: 1_048_576, peer: 66_060_288 },
  proof: 'pieces',
  digest: of.blob.digest,
  startedAtMs: 1_700_000_000_123,
  endedAtMs: 1_700_000_000_456,
})

export const progress = (given: Partial<Progress>): Progress => ({ ...noProgress, ...given })

export const clusterSample = (id: number): Cluster => ({
  id,
  name: `cluster ${id}`,
  driver: 'local',
  bio: '',
  isDefault: id === 1,
  platforms: [],
  settings: {},
  fromFile: false,
  kept: { scopes: {}, scheduler: {}, seedPeer: {}, peer: {} },
  createdAtMs: 0,
  updatedAtMs: 0,
})

export interface JobStoreBench {
  readonly jobs: JobStore
  readonly queue: JobQueue
  /** Every row of every table, as text. */
  readonly everything: () => Promise<string>
}
