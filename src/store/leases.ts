// Who conducts which job: the job's own row is its place in the queue, and a lease in it says who has it.

import type { Knex } from 'knex'
import type { Sealer } from '../kit/seal.ts'
import type { Claim, JobChange, JobEnd, JobQueue, Lease } from '../model/ports.ts'
import type { Problem } from '../model/failure.ts'
import type { Progress } from '../model/job.ts'
import type { Task } from '../model/task.ts'
import type { Database } from './database.ts'
import { Plans } from './plans.ts'
import { jobColumns, json, toId, toJob, type JobRow } from './rows.ts'
import { openSecrets } from './secrets.ts'

interface ClaimedRow extends JobRow {
  readonly lease_epoch: number
  readonly first_epoch: number
  readonly secrets: Buffer | null
}

/** The database's clock alone decides what has expired, so that replicas need not agree about the time. */
export class Leases implements JobQueue {
  readonly #database: Database
  readonly #sealer: Sealer
  readonly #plans: Plans

  constructor(database: Database, sealer: Sealer) {
    this.#database = database
    this.#sealer = sealer
    this.#plans = new Plans(database)
  }

  async claim(holder: string, leaseMs: number, limit: number): Promise<readonly Claim[]> {
    const { rows } = await this.#database.run((db) => db.raw<{ rows: ClaimedRow[] }>(claim, [limit, holder, leaseMs]))
    return rows.map((row) => this.#toClaim(row)).toSorted((a, b) => a.job.id - b.job.id)
  }

  async extend(lease: Lease, leaseMs: number): Promise<'held' | 'cancel requested' | 'lost'> {
    const rows = await this.#database.run((db) =>
      held(db, lease)
        .update({ lease_until: fromNow(db, leaseMs) })
        .returning<{ cancel_requested: boolean }[]>('cancel_requested'),
    )
    if (rows[0] === undefined) return 'lost'
    return rows[0].cancel_requested ? 'cancel requested' : 'held'
  }

  change(lease: Lease, change: JobChange): Promise<boolean> {
    const { state, pinned, platforms, warnings, progress } = change
    return this.#database.run(async (db) => {
      const written = await held(db, lease).update({
        updated_at: db.fn.now(),
        ...(state !== undefined && { state }),
        ...(pinned !== undefined && { pinned }),
        ...(platforms !== undefined && { platforms: json(platforms) }),
        ...(warnings !== undefined && { warnings: json(warnings) }),
        ...(progress !== undefined && { progress: json(progress) }),
      })
      return written === 1
    })
  }

  savePlan(lease: Lease, tasks: readonly Task[], progress: Progress): Promise<boolean> {
    return this.#plans.savePlan(lease, tasks, progress)
  }

  saveTasks(lease: Lease, tasks: readonly Task[], progress: Progress): Promise<boolean> {
    return this.#plans.saveTasks(lease, tasks, progress)
  }

  settle(lease: Lease, end: JobEnd): Promise<boolean> {
    return this.#database.run(async (db) => {
      const written = await held(db, lease).update({
        state: end.state,
        problem: end.problem === null ? null : json(end.problem),
        progress: json(end.progress),
        ...settled(db),
      })
      return written === 1
    })
  }

  /** Afterwards the lease is an old one: its holder writes nothing more either. */
  async release(lease: Lease): Promise<void> {
    await this.#database.run((db) => held(db, lease).update(givenBack(db)))
  }

  async endOverdue(problem: Problem): Promise<readonly number[]> {
    const rows = await this.#database.run((db) =>
      db('jobs')
        .whereNull('settled_at')
        .where('deadline_at', '<=', db.fn.now())
        .where((nobody) => nobody.whereNull('lease_until').orWhere('lease_until', '<=', db.fn.now()))
        .update({ state: 'failed', problem: json(problem), ...settled(db) })
        .returning<{ id: string }[]>('id'),
    )
    return rows.map(({ id }) => toId(id))
  }

  /**
   * Makes every lease void, whoever has it: for the start of a process that knows itself to be the only one, as with
   * the embedded database. The jobs can be claimed at once. Returns how many there were.
   */
  releaseAll(): Promise<number> {
    return this.#database.run((db) => db('jobs').whereNotNull('lease_until').update(givenBack(db)))
  }

  #toClaim(row: ClaimedRow): Claim {
    const job = toJob(row)
    return {
      lease: { job: job.id, epoch: row.lease_epoch },
      begun: row.lease_epoch - row.first_epoch,
      job,
      secrets: openSecrets(this.#sealer, row.secrets, job.taskId),
    }
  }
}

const fromNow = (db: Knex, ms: number): Knex.Raw => db.raw(`now() + ? * interval '1 millisecond'`, [ms])

/** The fence of every write: the job's row, as long as this lease is the last one given and the job goes on. */
const held = (db: Knex, lease: Lease): Knex.QueryBuilder =>
  db('jobs').where({ id: lease.job, lease_epoch: lease.epoch }).whereNull('settled_at')

/** What a job's row holds once the job is over: no secret, no lease. */
const settled = (db: Knex) => ({
  secrets: null,
  lease_holder: null,
  lease_until: null,
  settled_at: db.fn.now(),
  updated_at: db.fn.now(),
})

/** What a job's row holds when nobody has it. The epoch grows, so that whoever had it writes nothing more. */
const givenBack = (db: Knex) => ({
  lease_holder: null,
  lease_until: null,
  lease_epoch: db.raw('lease_epoch + 1'),
})

// Materialized: inlined, the planner may run it again for each row, and lock more jobs than the limit.
const claim = `
  with due as materialized (
    select id from jobs
    where settled_at is null and (lease_until is null or lease_until <= now())
    order by id limit ? for update skip locked
  )
  update jobs set
    lease_holder = ?, lease_epoch = lease_epoch + 1, lease_until = now() + ? * interval '1 millisecond'
  from due where jobs.id = due.id
  returning ${jobColumns.map((name) => `jobs.${name}`).join(', ')}, lease_epoch, first_epoch, secrets`
