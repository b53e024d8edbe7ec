// The tasks of a job as they are asked for: whole, in pages, or summed up where they are many.

import { Batch } from '../kit/batch.ts'
import type { Outcome, Page, TaskFilter } from '../model/ports.ts'
import type { Task } from '../model/task.ts'
import type { Database } from './database.ts'
import { storable } from './rows.ts'
import { nothingNamed, stretches, TaskRows, type Condition, type Stretch } from './task-rows.ts'

/** So many are read together with those of other jobs. */
const fewTasks = 500
const together = { most: 32, atOnce: 2 }

// In PGlite each of these takes 15 to 30 ms.
const readAtOnce = 1_000
const countedAtOnce = 20_000
const removedAtOnce = 5_000

export class Tasks {
  readonly #rows: TaskRows
  readonly #few = new Batch<number, readonly Task[]>(together, (jobs) => this.#ofJobs(jobs))

  constructor(database: Database) {
    this.#rows = new TaskRows(database)
  }

  /** In the order of the plan. */
  async all(job: number): Promise<readonly Task[]> {
    return this.#read(job, [{ from: 0, to: await this.#rows.planned(job) }], every)
  }

  async outcome(job: number, mostSuccesses: number, about = Number.POSITIVE_INFINITY): Promise<Outcome> {
    const few = about <= fewTasks ? inFull(await this.#few.add(job)) : undefined
    if (few !== undefined && few.successes.length <= mostSuccesses) return few
    const { byPeer, warm, notAllWarm } = await this.#tallies(job)
    if (warm <= mostSuccesses) return inFull(await this.all(job))
    const peers = await this.#rows.peers(job)
    return {
      failures: await this.#read(job, notAllWarm, notWarm),
      successes: null,
      byPeer: peers.flatMap(({ id, peer }) => {
        const tally = byPeer.get(id)
        return tally === undefined ? [] : [{ peer, ...tally }]
      }),
    }
  }

  async page(job: number, filter: TaskFilter, page: number, perPage: number): Promise<Page<Task>> {
    const planned = await this.#rows.planned(job)
    const skipped = (page - 1) * perPage
    const condition = await this.#matching(job, filter)
    if (condition !== every) return this.#pageOf(job, { from: 0, to: planned }, condition, { skipped, perPage })
    // Ordinals have no gaps.
    const stretch = { from: Math.min(skipped, planned), to: Math.min(skipped + perPage, planned) }
    return { rows: await this.#read(job, [stretch], every), total: planned }
  }

  /** What the job's conductor writes meanwhile stays. */
  async remove(job: number): Promise<void> {
    const all = { from: 0, to: (await this.#rows.last(job)) + 1 }
    for (const stretch of stretches(all, removedAtOnce)) await this.#rows.remove(job, stretch)
  }

  async #pageOf(
    job: number,
    all: Stretch,
    condition: Condition,
    { skipped, perPage }: { readonly skipped: number; readonly perPage: number },
  ): Promise<Page<Task>> {
    const named = nothingNamed()
    const rows: Task[] = []
    let total = 0
    for (const stretch of stretches(all, countedAtOnce)) {
      const offset = Math.max(0, skipped - total)
      const matched = await this.#rows.count(job, stretch, condition)
      total += matched
      const limit = Math.min(perPage - rows.length, matched - offset)
      if (limit <= 0) continue
      const found = await this.#rows.whole(await this.#rows.some(job, stretch, condition, { limit, offset }), named)
      rows.push(...(found.get(job) ?? []))
    }
    return { rows, total }
  }

  async #read(job: number, where: readonly Stretch[], condition: Condition): Promise<readonly Task[]> {
    const named = nothingNamed()
    const read: Task[] = []
    for (const stretch of where.flatMap((each) => stretches(each, readAtOnce))) {
      const rows = await this.#rows.some(job, stretch, condition, { limit: readAtOnce, offset: 0 })
      read.push(...((await this.#rows.whole(rows, named)).get(job) ?? []))
    }
    return read
  }

  async #ofJobs(jobs: readonly number[]): Promise<readonly (readonly Task[])[]> {
    const found = await this.#rows.ofJobs(jobs)
    return jobs.map((job) => found.get(job) ?? [])
  }

  async #tallies(job: number) {
    const byPeer = new Map<string, { warm: number; tasks: number }>()
    const notAllWarm: Stretch[] = []
    let warm = 0
    for (const stretch of stretches({ from: 0, to: await this.#rows.planned(job) }, countedAtOnce)) {
      const found = await this.#rows.tallies(job, stretch)
      if (found.some((each) => each.warm < each.tasks)) notAllWarm.push(stretch)
      for (const each of found) {
        const sum = byPeer.get(each.id) ?? { warm: 0, tasks: 0 }
        byPeer.set(each.id, { warm: sum.warm + each.warm, tasks: sum.tasks + each.tasks })
        warm += each.warm
      }
    }
    return { byPeer, notAllWarm, warm }
  }

  async #matching(job: number, { state, peer, blob }: TaskFilter): Promise<Condition> {
    const conditions: Condition[] = []
    if (state !== undefined) conditions.push({ sql: 't.state = ?', bindings: [state] })
    if (peer !== undefined) {
      conditions.push({ sql: 't.peer_id = any (?)', bindings: [await this.#rows.peersNamed(job, storable(peer))] })
    }
    if (blob !== undefined) {
      const asked = storable(blob)
      // A file's digest is known only once it is warm.
      const sql = '(t.blob_key = any (?) or t.digest = ?)'
      conditions.push({ sql, bindings: [await this.#rows.blobsNamed(job, asked), asked] })
    }
    if (conditions.length === 0) return every
    return {
      sql: conditions.map(({ sql }) => sql).join(' and '),
      bindings: conditions.flatMap(({ bindings }) => bindings),
    }
  }
}

const every: Condition = { sql: 'true', bindings: [] }
const notWarm: Condition = { sql: `t.state <> 'warm'`, bindings: [] }

const inFull = (tasks: readonly Task[]) => ({
  failures: tasks.filter(({ state }) => state !== 'warm'),
  successes: tasks.filter(({ state }) => state === 'warm'),
  byPeer: [],
})
