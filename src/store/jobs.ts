// The jobs as clients see them.

import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Sealer } from '../kit/seal.ts'
import { Failure } from '../model/failure.ts'
import { noProgress, type Job } from '../model/job.ts'
import type { JobFilter, JobStore, NewJob, Page } from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import type { Database } from './database.ts'
import { jobColumns, json, storable, toJob, toTask, type JobRow, type TaskRow } from './rows.ts'
import { sealSecrets } from './secrets.ts'

export class Jobs implements JobStore {
  readonly #database: Database
  readonly #sealer: Sealer

  /** What the sealer seals, the sealer of the queue must be able to open. */
  constructor(database: Database, sealer: Sealer) {
    this.#database = database
    this.#sealer = sealer
  }

  async insert(job: NewJob): Promise<Job> {
    const taskId = `group_${randomUUID()}`
    const rows = await this.#database.run((db) =>
      db('jobs')
        .insert({
          task_id: taskId,
          contract: job.contract,
          type: job.request.type,
          bio: storable(job.bio),
          user_id: job.userId,
          request: json(job.request),
          secrets: sealSecrets(this.#sealer, job.secrets, taskId),
          cluster_ids: json(job.clusterIds),
          progress: json(noProgress),
          deadline_at: db.raw(`now() + ? * interval '1 millisecond'`, [job.timeoutMs]),
        })
        .returning<JobRow[]>([...jobColumns]),
    )
    const [row] = rows
    if (row === undefined) throw new Error('an insert returned no row')
    return toJob(row)
  }

  async get(id: number): Promise<Job | undefined> {
    if (!isId(id)) return undefined
    const row = await this.#database.run((db) =>
      db('jobs')
        .where({ id })
        .first<JobRow | undefined>([...jobColumns]),
    )
    return row && toJob(row)
  }

  async list(filter: JobFilter, page: number, perPage: number): Promise<Page<Job>> {
    return this.#database.run(async (db) => {
      const counted = await matching(db, filter).count<{ count: string }[]>()
      const rows = await matching(db, filter)
        .select<JobRow[]>([...jobColumns])
        .orderBy('id', 'desc')
        .limit(perPage)
        .offset((page - 1) * perPage)
      return { rows: rows.map(toJob), total: Number(counted[0]?.count ?? 0) }
    })
  }

  async tasks(job: number): Promise<readonly Task[]> {
    if (!isId(job)) return []
    const rows = await this.#database.run((db) =>
      db('tasks').where({ job_id: job }).select<TaskRow[]>('*').orderBy('ordinal'),
    )
    return rows.map(toTask)
  }

  async cancel(id: number): Promise<Job | undefined> {
    if (!isId(id)) return undefined
    const { problem } = new Failure('job.cancelled', 'The job was cancelled before it began.')
    const { rows } = await this.#database.run((db) => db.raw<{ rows: JobRow[] }>(cancel, [id, json(problem), id]))
    return rows[0] && toJob(rows[0])
  }
}

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
  select ${jobColumns.join(', ')} from jobs where id = ? and not exists (select from changed)`

/** What is no whole number could not even be asked for. */
const isId = (id: number): boolean => Number.isSafeInteger(id)

function matching(db: Knex, filter: JobFilter): Knex.QueryBuilder {
  const query = db('jobs')
  if (filter.states !== undefined) query.whereIn('state', [...filter.states])
  if (filter.type !== undefined) query.where('type', filter.type)
  if (filter.userId !== undefined) query.where('user_id', filter.userId)
  return query
}
