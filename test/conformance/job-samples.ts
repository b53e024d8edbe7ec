// Jobs, tasks and clusters for the case books of the store.

import { parseDigest, type Digest } from '../../src/model/digest.ts'
import type { FileRequest, Progress } from '../../src/model/job.ts'
import { noProgress } from '../../src/model/job.ts'
import type { Cluster } from '../../src/model/peer.ts'
import type { NewJob } from '../../src/model/ports.ts'
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
  headers: { Authorization: '***' },
  username: 'ann',
}

export const newJob = (given: Partial<NewJob> = {}): NewJob => ({
  contract: 'open-api',
  bio: 'before the rollout',
  userId,
  request: fileRequest,
  secrets: {},
  clusterIds: [1, 2],
  timeoutMs: 60_000,
  ...given,
})

export function digest(letter: string): Digest {
  const parsed = parseDigest(`sha256:${letter.repeat(64)}`)
  if (parsed === undefined) throw new Error('not a hex letter')
  return parsed
}

export const task = (ordinal: number, given: Partial<Task> = {}): Task => ({
  ordinal,
  peer: { id: 'local:1', clusterId: 1, hostname: 'here', ip: '127.0.0.1', seed: true, ordinary: true },
  blob: {
    kind: 'layer',
    digest: digest('a'),
    size: 67_108_864,
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    url: `https://registry.example/v2/team/app/blobs/${digest('a')}`,
  },
  state: 'waiting',
  attempts: 0,
  bytes: 0,
  source: null,
  proof: null,
  digest: null,
  problem: null,
  startedAtMs: null,
  endedAtMs: null,
  ...given,
})

export const tasks = (count: number): Task[] => Array.from({ length: count }, (_, ordinal) => task(ordinal))

export const progress = (given: Partial<Progress>): Progress => ({ ...noProgress, ...given })

export const clusterSample = (id: number): Cluster => ({
  id,
  name: `cluster ${id}`,
  driver: 'local',
  bio: '',
  isDefault: id === 1,
  platforms: [],
  kept: { scopes: {}, scheduler: {}, seedPeer: {}, peer: {} },
  createdAtMs: 0,
  updatedAtMs: 0,
})
