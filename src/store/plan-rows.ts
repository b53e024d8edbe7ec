// The statements that read a job's plan for a picture of it: little of each task, and none goes through all rows of a
// large job, since PGlite works in our own event loop.

import type { Blob } from '../model/blob.ts'
import type { Problem } from '../model/failure.ts'
import type { Peer } from '../model/peer.ts'
import type { FailedAlike, PlanAxes, PlanMark, PlanPicture, PlanWish } from '../model/plan-picture.ts'
import type { Database } from './database.ts'
import { AxesMaker, type Names } from './plan-axes.ts'
import { stretches } from './task-rows.ts'

// In PGlite each of these takes 10 to 30 ms.
const lettersAtOnce = 10_000
const namesAtOnce = 5_000
const failuresAtOnce = 5_000

interface AlikeRow {
  readonly code: string
  readonly ordinals: readonly number[]
}

type Binding = string | number | number[]

export class PlanRows {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async mark(job: number): Promise<PlanMark | undefined> {
    const [row] = await this.#rows<PlanMark>(mark, [job])
    return row
  }

  /** The letters last: where they are of the plan, all that was read before them is. */
  async picture(job: number, plan: PlanMark, wish: PlanWish): Promise<PlanPicture | undefined> {
    const axes = wish.axes ? await this.#axes(job, plan) : null
    const failures = wish.failures ? await this.#failures(job, plan) : null
    const text = await this.#letters(job, plan)
    return text === undefined || axes === undefined ? undefined : { axes, failures, letters: text }
  }

  async #letters(job: number, { plan, tasks }: PlanMark): Promise<string | undefined> {
    let all = ''
    for (const { from, to } of stretches({ from: 0, to: tasks }, lettersAtOnce)) {
      const [row] = await this.#rows<{ letters: string | null }>(letters, [job, from, to, job, plan])
      // Fewer while the job is being removed.
      if (row?.letters?.length !== to - from) return undefined
      all += row.letters
    }
    return all
  }

  async #axes(job: number, { tasks }: PlanMark): Promise<PlanAxes | undefined> {
    const axes = new AxesMaker()
    for (const { from, to } of stretches({ from: 0, to: tasks }, namesAtOnce)) {
      for (const some of await this.#rows<Names>(names, [job, from, to])) axes.add(some)
    }
    const found = await this.#rows<{ peer: Peer }>(peers, [job])
    const keyed = await this.#rows<{ key: string; blob: Blob }>(blobs, [job])
    return axes.make(
      found.map(({ peer }) => peer),
      new Map(keyed.map(({ key, blob }) => [key, blob])),
    )
  }

  async #failures(job: number, { tasks }: PlanMark): Promise<readonly FailedAlike[]> {
    const byCode = new Map<string, number[]>()
    for (const { from, to } of stretches({ from: 0, to: tasks }, failuresAtOnce)) {
      for (const { code, ordinals } of await this.#rows<AlikeRow>(failures, [job, from, to])) {
        const known = byCode.get(code) ?? []
        for (const ordinal of ordinals) known.push(ordinal)
        byCode.set(code, known)
      }
    }
    const firsts = [...byCode.values()].flatMap(([first]) => first ?? [])
    const found = await this.#rows<{ ordinal: number; problem: Problem }>(problems, [job, firsts])
    const problemOf = new Map(found.map(({ ordinal, problem }) => [ordinal, problem]))
    return [...byCode.values()].flatMap((ordinals) => {
      const problem = problemOf.get(ordinals[0] ?? -1)
      return problem === undefined ? [] : [{ problem, ordinals }]
    })
  }

  async #rows<R>(statement: string, bindings: readonly Binding[]): Promise<R[]> {
    const { rows } = await this.#database.run((db) => db.raw<{ rows: R[] }>(statement, [...bindings]))
    return rows
  }
}

/** The plan is there as a whole, and the progress is of it. */
const isWhole = `coalesce(plan_tasks = (progress->>'tasks')::integer, false)`

const mark = `
  select
    case when ${isWhole} then plans else 0 end as plan, coalesce(plan_tasks, 0) as tasks,
    coalesce((progress->>'failed')::integer, 0) as failed, updated_at::text as version,
    settled_at is not null as settled
  from jobs where id = ?`

const inStretch = 'from tasks t where t.job_id = ? and t.ordinal >= ? and t.ordinal < ?'

const letters = `
  select string_agg(letter, '') as letters from (
    select case t.state
      when 'waiting' then 'q' when 'running' then 'r' when 'failed' then 'f' when 'cancelled' then 'c'
      when 'warm' then case when t.source = 'local' then 'h' else 'w' end
    end as letter
    ${inStretch} order by t.ordinal
  ) ordered
  where exists (select from jobs where id = ? and plans = ? and ${isWhole})`

const names = `
  select coalesce(json_agg(peer_id), '[]') as peers, coalesce(json_agg(blob_key), '[]') as blobs from (
    select t.peer_id, t.blob_key ${inStretch} order by t.ordinal
  ) ordered`

const failures = `
  select problem->>'code' as code, json_agg(ordinal) as ordinals from (
    select t.problem, t.ordinal ${inStretch} and t.state = 'failed' and t.problem is not null order by t.ordinal
  ) ordered group by 1`

const problems = 'select ordinal, problem from tasks where job_id = ? and ordinal = any (?)'
const peers = 'select peer from job_peers where job_id = ?'
const blobs = 'select key, blob from job_blobs where job_id = ?'
