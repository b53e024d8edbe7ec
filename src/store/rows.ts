// What is in a row, and what it is in the model. Pure. The row types say what our own statements wrote and what pg
// makes of it: bigint comes as a string, timestamptz as a Date, jsonb parsed.

import { createHash } from 'node:crypto'
import { parseDigest, type Digest } from '../model/digest.ts'
import type { Problem } from '../model/failure.ts'
import { noProgress, type Job, type JobContract, type JobRequest, type JobState, type Progress } from '../model/job.ts'
import type { Blob } from '../model/blob.ts'
import type { Cluster, ClusterKept, JsonObject, Peer } from '../model/peer.ts'
import { permissions, type Permission } from '../model/principal.ts'
import type { TokenRecord, TokenUse } from '../model/ports.ts'
import type { Moved, Proof, Source, Task, TaskState } from '../model/task.ts'

export interface JobRow {
  readonly id: string
  readonly task_id: string
  readonly contract: JobContract
  readonly bio: string
  readonly user_id: string
  readonly requested_by: string
  readonly state: JobState
  readonly request: JobRequest
  readonly cluster_ids: readonly number[]
  readonly pinned: string | null
  readonly platforms: readonly string[]
  readonly warnings: readonly string[]
  /** An older version wrote fewer fields. */
  readonly progress: Partial<Progress>
  readonly problem: Problem | null
  readonly cancel_requested: boolean
  readonly created_at: Date
  readonly updated_at: Date
  readonly deadline_at: Date
  readonly settled_at: Date | null
}

/** The columns of a JobRow: all that a client may see, and neither the secrets nor the lease. */
export const jobColumns = [
  'id',
  'task_id',
  'contract',
  'bio',
  'user_id',
  'requested_by',
  'state',
  'request',
  'cluster_ids',
  'pinned',
  'platforms',
  'warnings',
  'progress',
  'problem',
  'cancel_requested',
  'created_at',
  'updated_at',
  'deadline_at',
  'settled_at',
] as const satisfies readonly (keyof JobRow)[]

export const toJob = (row: JobRow): Job => ({
  id: toId(row.id),
  taskId: row.task_id,
  contract: row.contract,
  bio: row.bio,
  userId: toId(row.user_id),
  requestedBy: row.requested_by,
  state: row.state,
  request: row.request,
  clusterIds: row.cluster_ids,
  pinned: toDigest(row.pinned),
  platforms: row.platforms,
  warnings: row.warnings,
  progress: { ...noProgress, ...row.progress },
  problem: row.problem,
  cancelRequested: row.cancel_requested,
  createdAtMs: row.created_at.getTime(),
  updatedAtMs: row.updated_at.getTime(),
  deadlineAtMs: row.deadline_at.getTime(),
  settledAtMs: toMs(row.settled_at),
})

export interface TaskRow {
  readonly ordinal: number
  readonly peer_id: string
  readonly blob_key: string
  readonly state: TaskState
  readonly attempts: number
  readonly bytes: string
  readonly source: Source | null
  readonly moved: Moved
  readonly proof: Proof | null
  readonly digest: string | null
  readonly problem: Problem | null
  readonly started_at: Date | null
  readonly ended_at: Date | null
}

export const toTask = (row: TaskRow, peer: Peer, blob: Blob): Task => ({
  ordinal: row.ordinal,
  peer,
  blob,
  state: row.state,
  attempts: row.attempts,
  bytes: Number(row.bytes),
  source: row.source,
  moved: row.moved,
  proof: row.proof,
  digest: toDigest(row.digest),
  problem: row.problem,
  startedAtMs: toMs(row.started_at),
  endedAtMs: toMs(row.ended_at),
})

/** A blob's key in its job: short enough for an index, which an url need not be. */
export const keyOf = (blob: Blob): string => blob.digest ?? createHash('sha256').update(blob.url).digest('hex')

/** A task as jsonb_to_recordset takes it apart again, by the columns' names. */
export const fromTask = (task: Task): Readonly<Record<keyof TaskRow, unknown>> => ({
  ordinal: task.ordinal,
  peer_id: task.peer.id,
  blob_key: keyOf(task.blob),
  state: task.state,
  attempts: task.attempts,
  bytes: task.bytes,
  source: task.source,
  moved: task.moved,
  proof: task.proof,
  digest: task.digest,
  problem: task.problem,
  started_at: task.startedAtMs === null ? null : timestamp(task.startedAtMs),
  ended_at: task.endedAtMs === null ? null : timestamp(task.endedAtMs),
})

export interface ClusterRow {
  readonly id: string
  readonly name: string
  readonly driver: string
  readonly bio: string
  readonly is_default: boolean
  readonly platforms: readonly string[]
  readonly settings: JsonObject
  readonly from_file: boolean
  readonly kept: ClusterKept
  readonly created_at: Date
  readonly updated_at: Date
}

export const toCluster = (row: ClusterRow): Cluster => ({
  id: toId(row.id),
  name: row.name,
  driver: row.driver,
  bio: row.bio,
  isDefault: row.is_default,
  platforms: row.platforms,
  settings: row.settings,
  fromFile: row.from_file,
  kept: row.kept,
  createdAtMs: row.created_at.getTime(),
  updatedAtMs: row.updated_at.getTime(),
})

export interface TokenRow {
  readonly id: string
  readonly name: string
  readonly bio: string
  readonly hash: string
  readonly permissions: readonly string[]
  readonly user_id: string
  readonly active: boolean
  readonly expires_at: Date
  readonly last_used_at: Date | null
  readonly last_used_for: TokenUse | null
  readonly created_at: Date
  readonly updated_at: Date
}

export const toToken = (row: TokenRow): TokenRecord => ({
  id: toId(row.id),
  name: row.name,
  bio: row.bio,
  hash: row.hash,
  permissions: permissions.filter((known): known is Permission => row.permissions.includes(known)),
  userId: toId(row.user_id),
  active: row.active,
  expiresAtMs: row.expires_at.getTime(),
  lastUsedAtMs: toMs(row.last_used_at),
  lastUsedFor: row.last_used_for,
  createdAtMs: row.created_at.getTime(),
  updatedAtMs: row.updated_at.getTime(),
})

/** Ids grow from 1 by 1, so they stay exact in a number. */
export const toId = (text: string): number => Number(text)
/** What is no whole number could not even be asked for. */
export const isId = (id: number): boolean => Number.isSafeInteger(id)
const toMs = (date: Date | null): number | null => date?.getTime() ?? null
const toDigest = (text: string | null): Digest | null => (text === null ? null : (parseDigest(text) ?? null))

const latest = Date.UTC(9999, 11, 31)
/** As PostgreSQL reads it, which knows no year of five digits: what is later becomes the end of the year 9999. */
export const timestamp = (ms: number): string => new Date(Math.min(ms, latest)).toISOString()

const unstorable = '\uFFFD'

/** PostgreSQL keeps no NUL in a text, and clients and registries may send one. */
export const storable = (text: string): string => text.replaceAll('\0', unstorable)

/**
 * A value for a jsonb column. jsonb refuses NUL and half a surrogate pair; JSON.stringify writes exactly those as
 * `\u0000` and `\ud8..` to `\udf..`. The last alternative steps over other escapes, an escaped backslash among them.
 */
export const json = (value: unknown): string =>
  JSON.stringify(value).replace(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escape) =>
    escape.length === 6 ? unstorable : escape,
  )
