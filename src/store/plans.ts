// How a job's conductor writes its plan and what becomes of it: in pieces, each fenced and a statement of its own.

import type { Blob } from '../model/blob.ts'
import type { Progress } from '../model/job.ts'
import type { Peer } from '../model/peer.ts'
import type { Lease } from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import type { Database } from './database.ts'
import { fromTask, json, keyOf } from './rows.ts'

/** PGlite works in our own event loop: so many rows keep it for some 20 ms, and 2,000 would for 80. */
const tasksAtOnce = 500

export class Plans {
  readonly #database: Database
  /** By object, since tasks share them: what the holder of a lease wrote is not sent again with each task. */
  readonly #written = new WeakMap<Lease, WeakSet<Peer | Blob>>()

  constructor(database: Database) {
    this.#database = database
  }

  async savePlan(lease: Lease, tasks: readonly Task[], progress: Progress): Promise<boolean> {
    if (!(await this.#fenced(beginPlan, [lease.job, lease.epoch]))) return false
    for (let from = 0; from < tasks.length; from += tasksAtOnce) {
      if (!(await this.#write(lease, tasks.slice(from, from + tasksAtOnce)))) return false
    }
    const last = await this.#end(lease, tasks.length, progress)
    if (last === undefined) return false
    for (let from = tasks.length; from <= last; from += tasksAtOnce) {
      if (!(await this.#drop(lease, from, from + tasksAtOnce))) return false
    }
    return true
  }

  async saveTasks(lease: Lease, tasks: readonly Task[], progress: Progress): Promise<boolean> {
    let from = 0
    for (; from + tasksAtOnce < tasks.length; from += tasksAtOnce) {
      if (!(await this.#write(lease, tasks.slice(from, from + tasksAtOnce)))) return false
    }
    return this.#write(lease, tasks.slice(from), progress)
  }

  async #write(lease: Lease, tasks: readonly Task[], progress?: Progress): Promise<boolean> {
    const written = this.#writtenBy(lease)
    const peers = new Map(tasks.filter(({ peer }) => !written.has(peer)).map(({ peer }) => [peer.id, peer]))
    const blobs = new Map(tasks.filter(({ blob }) => !written.has(blob)).map(({ blob }) => [keyOf(blob), blob]))
    const fence = progress === undefined ? [] : [json(progress)]
    const bindings = [
      json([...peers].map(([id, peer]) => ({ id, peer }))),
      json([...blobs].map(([key, blob]) => ({ key, blob }))),
      json(tasks.map(fromTask)),
    ]
    const held = await this.#fenced(progress === undefined ? saveTasks : saveTasksAndProgress, [
      ...fence,
      lease.job,
      lease.epoch,
      ...bindings,
    ])
    if (held) for (const thing of [...peers.values(), ...blobs.values()]) written.add(thing)
    return held
  }

  /** The last ordinal that is there, -1 for none; undefined: the lease is lost. */
  async #end(lease: Lease, count: number, progress: Progress): Promise<number | undefined> {
    const { rows } = await this.#database.run((db) =>
      db.raw<{ rows: { last: number }[] }>(endPlan, [json(progress), count, lease.job, lease.epoch]),
    )
    return rows[0]?.last
  }

  #drop(lease: Lease, from: number, to: number): Promise<boolean> {
    return this.#fenced(dropTasks, [lease.job, lease.epoch, from, to])
  }

  async #fenced(statement: string, bindings: readonly (string | number)[]): Promise<boolean> {
    const { rows } = await this.#database.run((db) => db.raw<{ rows: unknown[] }>(statement, [...bindings]))
    return rows.length === 1
  }

  #writtenBy(lease: Lease): WeakSet<Peer | Blob> {
    const known = this.#written.get(lease) ?? new WeakSet()
    this.#written.set(lease, known)
    return known
  }
}

const fence = 'id = ? and lease_epoch = ? and settled_at is null'
const held = `select id from jobs where ${fence} for update`
const told = `update jobs set progress = ?::jsonb, updated_at = now() where ${fence} returning id`

// One statement is one transaction: where the fence does not hold, there is nothing to insert for.
const saveWhere = (fenced: string): string => `
  with fenced as (${fenced}), peers as (
    insert into job_peers as p (job_id, id, peer)
    select fenced.id, new.* from fenced, jsonb_to_recordset(?::jsonb) as new (id text, peer jsonb)
    on conflict (job_id, id) do update set peer = excluded.peer where p.peer <> excluded.peer
  ), blobs as (
    insert into job_blobs as b (job_id, key, blob)
    select fenced.id, new.* from fenced, jsonb_to_recordset(?::jsonb) as new (key text, blob jsonb)
    on conflict (job_id, key) do update set blob = excluded.blob where b.blob <> excluded.blob
  ), saved as (
    insert into tasks (
      job_id, ordinal, peer_id, blob_key, state, attempts, bytes, source, moved, proof, digest, problem, started_at,
      ended_at
    )
    select fenced.id, new.* from fenced, jsonb_to_recordset(?::jsonb) as new (
      ordinal integer, peer_id text, blob_key text, state text, attempts integer, bytes bigint, source text, moved jsonb,
      proof text, digest text, problem jsonb, started_at timestamptz, ended_at timestamptz
    )
    on conflict (job_id, ordinal) do update set
      peer_id = excluded.peer_id, blob_key = excluded.blob_key, state = excluded.state, attempts = excluded.attempts,
      bytes = excluded.bytes, source = excluded.source, moved = excluded.moved, proof = excluded.proof,
      digest = excluded.digest, problem = excluded.problem, started_at = excluded.started_at,
      ended_at = excluded.ended_at
  )
  select id from fenced`

const saveTasks = saveWhere(held)
const saveTasksAndProgress = saveWhere(told)

// From here to the end there is no plan that could be read as one: rows of two may stand side by side.
const beginPlan = `update jobs set plan_tasks = null where ${fence} returning id`

const endPlan = `
  with fenced as (
    update jobs set progress = ?::jsonb, plans = plans + 1, plan_tasks = ?, updated_at = now()
    where ${fence} returning id
  )
  select coalesce((select max(ordinal) from tasks where job_id = fenced.id), -1) as last from fenced`

const dropTasks = `
  with fenced as (${held}), dropped as (
    delete from tasks using fenced where job_id = fenced.id and ordinal >= ? and ordinal < ?
  )
  select id from fenced`
