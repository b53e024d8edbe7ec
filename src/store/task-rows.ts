// The statements that read a job's tasks. None goes through all rows of a large job: PGlite works in our own event loop.

import type { Blob } from '../model/blob.ts'
import type { Peer } from '../model/peer.ts'
import type { Task } from '../model/task.ts'
import type { Database } from './database.ts'
import { toId, toTask, type TaskRow } from './rows.ts'

/** Ordinals from `from` up to `to`, which is not among them. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Of tasks, which the statement calls `t`. */
export interface Condition {
  readonly sql: string
  readonly bindings: readonly Binding[]
}

type Binding = string | number | string[] | number[]

/** Of those in the stretch that match, in their order. */
interface Some {
  readonly limit: number
  readonly offset: number
}

interface TallyRow {
  readonly id: string
  readonly warm: number
  readonly tasks: number
}

interface OwnedRow extends TaskRow {
  readonly job_id: string
}

interface WholeRow extends OwnedRow {
  readonly peer: Peer | null
  readonly blob: Blob | null
}

interface PeerRow {
  readonly job_id: string
  readonly id: string
  readonly peer: Peer
}

interface BlobRow {
  readonly job_id: string
  readonly key: string
  readonly blob: Blob
}

/** Peers and blobs that were read, by `nameOf`. */
interface Named {
  readonly peers: Map<string, Peer>
  readonly blobs: Map<string, Blob>
}

export class TaskRows {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Tasks in the job's last plan. A later plan may have fewer than an earlier one, whose rows stay for a while. */
  async planned(job: number): Promise<number> {
    const [row] = await this.#rows<{ planned: number }>(planned, [job])
    return row?.planned ?? 0
  }

  async count(job: number, { from, to }: Stretch, { sql, bindings }: Condition): Promise<number> {
    const [row] = await this.#rows<{ count: number }>(countOf(sql), [job, from, to, ...bindings])
    return row?.count ?? 0
  }

  /** How many are warm, and how many there are, by the ids of the peers. */
  tallies(job: number, { from, to }: Stretch): Promise<TallyRow[]> {
    return this.#rows<TallyRow>(tallies, [job, from, to])
  }

  some(job: number, { from, to }: Stretch, { sql, bindings }: Condition, { limit, offset }: Some): Promise<OwnedRow[]> {
    return this.#rows<OwnedRow>(someOf(sql), [job, from, to, ...bindings, limit, offset])
  }

  /** All of each small job, in their order, by the ids of the jobs. One round trip. */
  async ofJobs(jobs: readonly number[]): Promise<ReadonlyMap<number, readonly Task[]>> {
    const rows = await this.#rows<WholeRow>(ofJobs, [[...jobs]])
    const there = rows.flatMap((row) => {
      const { peer, blob } = row
      return peer === null || blob === null ? [] : [{ job: toId(row.job_id), task: toTask(row, peer, blob) }]
    })
    const byJob = Map.groupBy(there, ({ job }) => job)
    return new Map([...byJob].map(([job, own]) => [job, own.map(({ task }) => task)]))
  }

  /** All that a job has had, ordered by their ids. */
  peers(job: number): Promise<PeerRow[]> {
    return this.#rows<PeerRow>(peers, [job])
  }

  async peersNamed(job: number, name: string): Promise<string[]> {
    const rows = await this.#rows<{ id: string }>(peersNamed, [job, name, name, name])
    return rows.map(({ id }) => id)
  }

  async blobsNamed(job: number, name: string): Promise<string[]> {
    const rows = await this.#rows<{ key: string }>(blobsNamed, [job, name, name])
    return rows.map(({ key }) => key)
  }

  /**
   * The rows with their peers and blobs, which tasks share, by the ids of their jobs; `named` spares asking again. What
   * was removed meanwhile is left out.
   */
  async whole(rows: readonly OwnedRow[], named = nothingNamed()): Promise<ReadonlyMap<number, readonly Task[]>> {
    await this.#name(rows, named)
    const byJob = new Map<number, Task[]>()
    for (const row of rows) {
      const peer = named.peers.get(nameOf(row.job_id, row.peer_id))
      const blob = named.blobs.get(nameOf(row.job_id, row.blob_key))
      const tasks = byJob.get(toId(row.job_id)) ?? []
      if (peer !== undefined && blob !== undefined) tasks.push(toTask(row, peer, blob))
      byJob.set(toId(row.job_id), tasks)
    }
    return byJob
  }

  /** Removes them from the table. */
  async remove(job: number, { from, to }: Stretch): Promise<void> {
    await this.#rows(remove, [job, from, to])
  }

  /** The last ordinal that is there, of whichever plan; -1 for none. */
  async last(job: number): Promise<number> {
    const [row] = await this.#rows<{ last: number | null }>(last, [job])
    return row?.last ?? -1
  }

  // Not by a join: with old statistics the planner takes a large job for a small one, and goes through all its peers
  // for each of its tasks.
  async #name(rows: readonly OwnedRow[], { peers, blobs }: Named): Promise<void> {
    const noPeer = rows.filter((row) => !peers.has(nameOf(row.job_id, row.peer_id)))
    const noBlob = rows.filter((row) => !blobs.has(nameOf(row.job_id, row.blob_key)))
    if (noPeer.length > 0) {
      const found = await this.#rows<PeerRow>(peersOf, keysOf(noPeer, 'peer_id'))
      for (const { job_id, id, peer } of found) peers.set(nameOf(job_id, id), peer)
    }
    if (noBlob.length > 0) {
      const found = await this.#rows<BlobRow>(blobsOf, keysOf(noBlob, 'blob_key'))
      for (const { job_id, key, blob } of found) blobs.set(nameOf(job_id, key), blob)
    }
  }

  async #rows<R>(statement: string, bindings: readonly Binding[]): Promise<R[]> {
    const { rows } = await this.#database.run((db) => db.raw<{ rows: R[] }>(statement, [...bindings]))
    return rows
  }
}

/** One after the other, none longer than `most`. */
export function stretches({ from, to }: Stretch, most: number): Stretch[] {
  const count = Math.ceil((to - from) / most)
  return Array.from({ length: count }, (_, n) => ({ from: from + n * most, to: Math.min(to, from + (n + 1) * most) }))
}

export const nothingNamed = (): Named => ({ peers: new Map(), blobs: new Map() })

const nameOf = (job: string, key: string): string => `${job} ${key}`

const keysOf = (rows: readonly OwnedRow[], key: 'peer_id' | 'blob_key'): Binding[] => [
  [...new Set(rows.map((row) => row.job_id))],
  [...new Set(rows.map((row) => row[key]))],
]

const planned = `select (progress->>'tasks')::integer as planned from jobs where id = ?`
const last = 'select max(ordinal) as last from tasks where job_id = ?'

const inStretch = 'tasks t where t.job_id = ? and t.ordinal >= ? and t.ordinal < ?'
const countOf = (condition: string): string => `select count(*)::integer as count from ${inStretch} and ${condition}`
const someOf = (condition: string): string =>
  `select t.* from ${inStretch} and ${condition} order by t.ordinal limit ? offset ?`
const tallies = `
  select t.peer_id as id, count(*) filter (where t.state = 'warm')::integer as warm, count(*)::integer as tasks
  from ${inStretch} group by t.peer_id`
const remove = `delete from ${inStretch}`

// No join either: a look for each row is always by the primary key, and a small job has few rows.
const ofJobs = `
  select
    t.*,
    (select peer from job_peers p where p.job_id = t.job_id and p.id = t.peer_id) as peer,
    (select blob from job_blobs b where b.job_id = t.job_id and b.key = t.blob_key) as blob
  from jobs join tasks t on t.job_id = jobs.id and t.ordinal < (jobs.progress->>'tasks')::integer
  where jobs.id = any (?) order by t.job_id, t.ordinal`

const peers = 'select job_id, id, peer from job_peers where job_id = ? order by id collate "C"'
const peersOf = 'select job_id, id, peer from job_peers where job_id = any (?) and id = any (?)'
const blobsOf = 'select job_id, key, blob from job_blobs where job_id = any (?) and key = any (?)'
const peersNamed = `
  select id from job_peers where job_id = ? and (id = ? or peer->>'hostname' = ? or peer->>'ip' = ?)`
const blobsNamed = `select key from job_blobs where job_id = ? and (key = ? or blob->>'url' = ?)`
