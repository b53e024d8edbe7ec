// The jobs as clients see them.

import { randomUUID } from 'node:crypto'
import { Batch } from '../kit/batch.ts'
import type { Sealer } from '../kit/seal.ts'
import { Failure } from '../model/failure.ts'
import { noProgress, type Job, type JobSecrets } from '../model/job.ts'
import type { PlanMark, PlanPicture, PlanWish } from '../model/plan-picture.ts'
import type { JobFilter, JobStore, NewJob, Outcome, Page, TaskFilter } from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import type { Database } from './database.ts'
import { JobList, searchText } from './job-list.ts'
import { PlanRows } from './plan-rows.ts'
import { isId, jobColumns, json, storable, toId, toJob, type JobRow } from './rows.ts'
import { sealSecrets } from './secrets.ts'
import { Tasks } from './tasks.ts'

export class Jobs implements JobStore {
  readonly #database: Database
  readonly #sealer: Sealer
  readonly #tasks: Tasks
  readonly #list: JobList
  readonly #plans: PlanRows
  /** Harbor's workers post all at once: what comes during an insert goes into the next one. */
  readonly #inserts = new Batch<NewRow, Job>(together, (rows) => this.#insertAll(rows))
  readonly #reads = new Batch<number, Job | undefined>(together, (ids) => this.#getAll(ids))

  /** What the sealer seals, the sealer of the queue must be able to open. */
  constructor(database: Database, sealer: Sealer) {
    this.#database = database
    this.#sealer = sealer
    this.#tasks = new Tasks(database)
    this.#list = new JobList(database)
    this.#plans = new PlanRows(database)
  }

  async insert(job: NewJob): Promise<Job> {
    return this.#inserts.add(this.#toRow(job))
  }

  async insertOnce(key: string, job: NewJob): Promise<{ readonly job: Job; readonly made: boolean }> {
    const row = this.#toRow(job)
    const { rows } = await this.#database.run((db) =>
      db.raw<{ rows: JobRow[] }>(insertOnce, [json([row]), storable(key)]),
    )
    const [inserted] = rows
    if (inserted === undefined) throw new Error('an insert returned no row')
    return { job: toJob(inserted), made: inserted.task_id === row.task_id }
  }

  async get(id: number): Promise<Job | undefined> {
    return isId(id) ? this.#reads.add(id) : undefined
  }

  async list(filter: JobFilter, page: number, perPage: number, signal?: AbortSignal): Promise<Page<Job>> {
    return this.#list.page(filter, page, perPage, signal)
  }

  async tasks(job: number): Promise<readonly Task[]> {
    return isId(job) ? this.#tasks.all(job) : []
  }

  async outcome(job: number, mostSuccesses: number, about?: number): Promise<Outcome> {
    if (!isId(job)) return { failures: [], successes: [], byPeer: [] }
    return this.#tasks.outcome(job, mostSuccesses, about)
  }

  async taskPage(job: number, filter: TaskFilter, page: number, perPage: number): Promise<Page<Task>> {
    return isId(job) ? this.#tasks.page(job, filter, page, perPage) : { rows: [], total: 0 }
  }

  async planMark(job: number): Promise<PlanMark | undefined> {
    return isId(job) ? this.#plans.mark(job) : undefined
  }

  async planPicture(job: number, mark: PlanMark, wish: PlanWish): Promise<PlanPicture | undefined> {
    return this.#plans.picture(job, mark, wish)
  }

  async note(id: number, bio: string): Promise<Job | undefined> {
    const job = await this.get(id)
    if (job === undefined) return undefined
    const [row] = await this.#database.run((db) =>
      db('jobs')
        .where({ id })
        .update({ bio: storable(bio), search: searchText(job.request, bio) })
        .returning<JobRow[]>([...jobColumns]),
    )
    return row && toJob(row)
  }

  async remove(id: number): Promise<boolean> {
    if (!isId(id)) return false
    await this.#tasks.remove(id)
    return this.#database.transaction(async (trx) => {
      const removed = await trx('jobs').where({ id }).del()
      // What its conductor wrote until the job was gone.
      await trx('tasks').where({ job_id: id }).del()
      return removed === 1
    })
  }

  async reopen(job: Job, secrets: JobSecrets, timeoutMs: number): Promise<Job | undefined> {
    const sealed = sealSecrets(this.#sealer, secrets, job.taskId)
    const { rows } = await this.#database.run((db) => db.raw<{ rows: JobRow[] }>(reopen, [sealed, timeoutMs, job.id]))
    return rows[0] && toJob(rows[0])
  }

  async cancel(id: number): Promise<Job | undefined> {
    if (!isId(id)) return undefined
    const { problem } = new Failure('job.cancelled', 'The job was cancelled before it began.')
    const { rows } = await this.#database.run((db) => db.raw<{ rows: JobRow[] }>(cancel, [id, json(problem), id]))
    return rows[0] && toJob(rows[0])
  }

  #toRow(job: NewJob): NewRow {
    const taskId = `group_${randomUUID()}`
    return {
      task_id: taskId,
      contract: job.contract,
      type: job.request.type,
      bio: job.bio,
      user_id: job.userId,
      requested_by: job.requestedBy,
      search: searchText(job.request, job.bio),
      request: job.request,
      secrets: sealSecrets(this.#sealer, job.secrets, taskId)?.toString('base64') ?? null,
      cluster_ids: job.clusterIds,
      progress: noProgress,
      timeout_ms: job.timeoutMs,
    }
  }

  async #insertAll(rows: readonly NewRow[]): Promise<readonly Job[]> {
    const inserted = await this.#database.run((db) => db.raw<{ rows: JobRow[] }>(insert, [json(rows)]))
    const byTask = new Map(inserted.rows.map((row) => [row.task_id, row]))
    return rows.map(({ task_id }) => {
      const row = byTask.get(task_id)
      if (row === undefined) throw new Error('an insert returned no row')
      return toJob(row)
    })
  }

  async #getAll(ids: readonly number[]): Promise<readonly (Job | undefined)[]> {
    const { rows } = await this.#database.run((db) => db.raw<{ rows: JobRow[] }>(get, [[...ids]]))
    const byId = new Map(rows.map((row) => [toId(row.id), toJob(row)]))
    return ids.map((id) => byId.get(id))
  }
}

/** As jsonb_to_recordset takes it apart. */
interface NewRow {
  readonly task_id: string
  readonly contract: string
  readonly type: string
  readonly bio: string
  readonly user_id: number
  readonly requested_by: string
  readonly search: string
  readonly request: unknown
  /** Base64. */
  readonly secrets: string | null
  readonly cluster_ids: readonly number[]
  readonly progress: unknown
  readonly timeout_ms: number
}

/** A request may have a mebibyte, and the pool has ten connections. */
const together = { most: 32, atOnce: 2 }

const columns = jobColumns.join(', ')

const get = `select ${columns} from jobs where id = any (?)`

const insertOf = (key: string): string => `
  insert into jobs (
    task_id, contract, type, bio, user_id, requested_by, search, request, secrets, cluster_ids, progress, deadline_at,
    idempotency_key
  )
  select
    task_id, contract, type, bio, user_id, requested_by, search, request, decode(secrets, 'base64'), cluster_ids,
    progress, now() + timeout_ms * interval '1 millisecond', ${key}
  from jsonb_to_recordset(?) as new (
    task_id text, contract text, type text, bio text, user_id bigint, requested_by text, search text, request jsonb,
    secrets text, cluster_ids jsonb, progress jsonb, timeout_ms double precision
  )`

const insert = `${insertOf('null')} returning ${columns}`

// An update that changes nothing: it returns the earlier job even where that was made while this statement waited for
// it, which a select of the same statement could not see yet.
const insertOnce = `${insertOf('key')}, (select ?::text as key) as named
  on conflict (user_id, idempotency_key) where idempotency_key is not null do update set user_id = excluded.user_id
  returning ${columns}`

// The epoch grows, so that who conducted the job before writes nothing more, although it goes on. What failed is to be
// done again, so it counts as failed no longer.
const reopen = `
  update jobs set
    state = 'queued', problem = null, cancel_requested = false, settled_at = null,
    lease_epoch = lease_epoch + 1, first_epoch = lease_epoch + 1,
    progress = progress || '{"running": 0, "failed": 0}', secrets = ?, updated_at = now(),
    deadline_at = now() + ? * interval '1 millisecond'
  where id = ? and state in ('failed', 'cancelled')
  returning ${columns}`

/** Ends what is queued and held by nobody, marks what is under way, and leaves alone what is settled. */
const cancel = `
  with asked as (
    select id, state = 'queued' and (lease_until is null or lease_until <= now()) as idle
    from jobs where id = ? and settled_at is null for update
  ), changed as (
    update jobs set
      cancel_requested = true,
      updated_at = case when idle or not cancel_requested then now() else updated_at end,
      state = case when idle then 'cancelled' else state end,
      problem = case when idle then ?::jsonb else problem end,
      settled_at = case when idle then now() end,
      secrets = case when idle then null else secrets end,
      lease_holder = case when idle then null else lease_holder end,
      lease_until = case when idle then null else lease_until end
    from asked where jobs.id = asked.id
    returning ${jobColumns.map((name) => `jobs.${name}`).join(', ')}
  )
  select * from changed
  union all
  select ${columns} from jobs where id = ? and not exists (select from changed)`
