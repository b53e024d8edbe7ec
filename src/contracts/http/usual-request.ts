// What a job is like whose client can say no more than what it wants. Pure.

import { redactHeaders } from '../../kit/redact.ts'
import { concurrentPeers, concurrentTasks, type FileRequest } from '../../model/job.ts'
import { tokenNameOf } from '../../model/principal.ts'
import type { Call } from './route.ts'

/** What such a client's command takes from its call beside the body. */
export interface Asked {
  readonly userId: number
  readonly requestedBy: string
  /** Those of the path's prefix; empty means all. */
  readonly clusterIds: readonly number[]
  readonly timeoutMs: number
}

export const askedBy = ({ principal, clusterIds }: Call, timeoutMs: number): Asked => ({
  userId: principal?.userId ?? 0,
  requestedBy: tokenNameOf(principal),
  clusterIds,
  timeoutMs,
})

/** The part of a request that images and files have in common. */
export type UsualRequest = Omit<FileRequest, 'type' | 'urls'>

/** `headers` as the client sent them: what may be a secret in them is masked. */
export const usualRequest = (timeoutMs: number, headers: Readonly<Record<string, string>>): UsualRequest => ({
  peers: { scope: 'single_seed_peer', ips: null, count: null, percentage: null },
  concurrentTasks: concurrentTasks.usual,
  concurrentPeers: concurrentPeers.usual,
  timeoutMs,
  tag: '',
  application: '',
  filteredQueryParams: [],
  pieceLength: null,
  successPercentage: 100,
  headers: redactHeaders(headers),
  username: '',
})
