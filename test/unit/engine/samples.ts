// Peers, clusters, drivers and tasks for the tests of the engine.

import { usualRequest } from '../../support/requests.ts'
import assert from 'node:assert/strict'
import { planTasks } from '../../../src/engine/plan.ts'
import type { Team } from '../../../src/engine/choose.ts'
import type { Blob } from '../../../src/model/blob.ts'
import { parseDigest, type Digest } from '../../../src/model/digest.ts'
import type { FileRequest, ImageRequest } from '../../../src/model/job.ts'
import type { Cluster, HealthState, Member, Peer, PeerChoice } from '../../../src/model/peer.ts'
import type { Capabilities, Crew, PeerDriver } from '../../../src/model/driver.ts'
import type { Clock, Origin } from '../../../src/model/ports.ts'
import { parseReference } from '../../../src/model/reference.ts'
import type { Task } from '../../../src/model/task.ts'

export const never = new AbortController().signal

/** Ends when all that is due in this turn of the event loop and the next few is done. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
}

export function digestOf(n: number): Digest {
  const digest = parseDigest(`sha256:${n.toString(16).padStart(64, '0')}`)
  assert.ok(digest)
  return digest
}

export const blobOf = (n: number, change: Partial<Blob> = {}): Blob => ({
  kind: 'layer',
  digest: digestOf(n),
  size: 100,
  mediaType: 'application/octet-stream',
  url: `https://registry.example/v2/a/blobs/${digestOf(n)}`,
  ...change,
})

/** Peer 7 of cluster 1 has the id `p7` and the ip 10.0.0.7. */
export const peerOf = (n: number, change: Partial<Peer> = {}): Peer => ({
  id: `p${n}`,
  clusterId: 1,
  hostname: `node-${n}`,
  ip: `10.0.0.${n}`,
  address: `10.0.0.${n}:4000`,
  location: '',
  seed: false,
  ordinary: true,
  ...change,
})

export const memberOf = (peer: Peer, state: HealthState = 'up', detail = ''): Member => ({
  peer,
  health: { state, detail, version: null, diskFree: null, held: null, checkedAtMs: 0 },
})

export const clusterOf = (id: number, change: Partial<Cluster> = {}): Cluster => ({
  id,
  name: `cluster-${id}`,
  driver: 'test',
  bio: '',
  isDefault: id === 1,
  platforms: [],
  settings: {},
  fromFile: true,
  kept: { scopes: {}, scheduler: {}, seedPeer: {}, peer: {} },
  createdAtMs: 0,
  updatedAtMs: 0,
  ...change,
})

export const canDo = (change: Partial<Capabilities> = {}): Capabilities => ({
  sharesPieces: false,
  bodyThroughUs: false,
  probe: 'exact',
  cancel: 'stops',
  evict: false,
  documents: true,
  files: true,
  resumed: 'believed',
  ...change,
})

/** As it is when all came from the origin. */
export const warmed: PeerDriver['warm'] = async (_peer, { digest, size }) => {
  const bytes = size ?? 0
  return { digest, bytes, moved: { origin: bytes }, source: 'origin', proof: 'digest' }
}

/** Its peers hold at once whatever they are asked for, fetched from the origin. */
export const driverOf = (can: Partial<Capabilities> = {}, change: Partial<PeerDriver> = {}): PeerDriver => ({
  kind: 'test',
  can: canDo(can),
  health: async () => ({ state: 'up', detail: '', version: null, diskFree: null, held: null }),
  probe: async () => 'unknown',
  warm: warmed,
  close: async () => {},
  ...change,
})

export const crewOf = (members: readonly Member[], change: Partial<Crew> = {}): Crew => ({
  cluster: clusterOf(1),
  driver: driverOf(),
  members,
  ...change,
})

export const teamOf = (peers: readonly Peer[], change: Partial<Team> = {}): Team => ({
  cluster: clusterOf(peers[0]?.clusterId ?? 1),
  driver: driverOf(),
  peers,
  oneEach: false,
  ...change,
})

export const unreadable: Origin = {
  read: () => assert.fail('no bytes are read'),
  authorization: () => assert.fail('no credential is asked for'),
  askThrough: () => assert.fail('no proxy is asked'),
}

export const choiceOf = (change: Partial<PeerChoice> = {}): PeerChoice => ({
  scope: 'all_peers',
  ips: null,
  count: null,
  percentage: null,
  ...change,
})

export function imageRequest(peers: Partial<PeerChoice> = {}, change: Partial<ImageRequest> = {}): ImageRequest {
  const url = 'registry.example/team/app:1'
  return {
    ...usualRequest,
    type: 'image',
    url,
    reference: parseReference(url),
    platforms: [],
    peers: choiceOf(peers),
    ...change,
  }
}

export const fileRequest = (urls: readonly string[], peers: Partial<PeerChoice> = {}): FileRequest => ({
  ...usualRequest,
  type: 'file',
  urls,
  peers: choiceOf(peers),
})

/** Each of the blobs at each of the peers. */
export const tasksOf = (peers: readonly Peer[], blobs: readonly Blob[]): readonly Task[] =>
  planTasks([{ artifact: { image: null, platforms: [], blobs, warnings: [] }, teams: [teamOf(peers)] }])

export const many = <T>(count: number, make: (n: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, n) => make(n))

/** A clock that is wound by hand. */
export class HandClock implements Clock {
  #nowMs = 0
  readonly #sleeping = new Set<{ readonly untilMs: number; readonly wake: () => void }>()

  now(): number {
    return this.#nowMs
  }

  get sleepers(): number {
    return this.#sleeping.size
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const sleeper = { untilMs: this.#nowMs + ms, wake: resolve }
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
    this.#sleeping.add(sleeper)
    try {
      await promise
    } finally {
      this.#sleeping.delete(sleeper)
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Later by so much; who was to be woken by then is. */
  async wind(ms: number): Promise<void> {
    this.#nowMs += ms
    for (const { untilMs, wake } of this.#sleeping) if (untilMs <= this.#nowMs) wake()
    await settled()
  }
}

/** Numbers in [0,1), the same ones for the same seed. */
export function diceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
