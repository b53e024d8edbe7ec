// Lists of jobs by what is asked for. PGlite works in our own event loop, so no statement reads all jobs' rows.

import type { Knex } from 'knex'
import type { Job, JobRequest } from '../model/job.ts'
import type { JobFilter, Page } from '../model/ports.ts'
import type { Database } from './database.ts'
import { jobColumns, json, storable, toJob, type JobRow } from './rows.ts'

/** In PGlite this takes some 25 ms, whatever is looked for. */
const lookedAtOnce = 10_000
/** The largest bigint. */
const aboveAll = '9223372036854775807'

interface Condition {
  readonly sql: string
  readonly binding: string | number | string[]
}

interface Stretch {
  /** The lowest id that was looked at. */
  readonly last: string | null
  readonly looked: number
  readonly matched: number
  readonly ids: readonly string[] | null
}

/** The jobs of a page among those that match. */
interface Cut {
  readonly skipped: number
  readonly most: number
  readonly signal: AbortSignal | undefined
}

export class JobList {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Newest first. `page` from 1. What is searched is incomplete once the signal has fired. */
  async page(filter: JobFilter, page: number, perPage: number, signal?: AbortSignal): Promise<Page<Job>> {
    const { states, types, ...rest } = filter
    if (states?.length === 0 || types?.length === 0) return { rows: [], total: 0 }
    const cut = { skipped: (page - 1) * perPage, most: perPage, signal }
    const isIndexed = Object.keys(rest).length === 0
    return isIndexed ? this.#byState(states, types, cut) : this.#search(filter, cut)
  }

  /** Counted in an index. */
  #byState(states: JobFilter['states'], types: JobFilter['types'], { skipped, most }: Cut): Promise<Page<Job>> {
    const matching = (db: Knex) => {
      const query = db('jobs')
      if (states !== undefined) query.whereIn('state', [...states])
      if (types !== undefined) query.whereIn('type', [...types])
      return query
    }
    return this.#database.run(async (db) => {
      const counted = await matching(db).count<{ count: string }[]>()
      const rows = await matching(db)
        .select<JobRow[]>([...jobColumns])
        .orderBy('id', 'desc')
        .limit(most)
        .offset(skipped)
      return { rows: rows.map(toJob), total: Number(counted[0]?.count ?? 0) }
    })
  }

  async #search(filter: JobFilter, { skipped, most, signal }: Cut): Promise<Page<Job>> {
    const ids: string[] = []
    let total = 0
    for (let below: string | null = aboveAll; below !== null && signal?.aborted !== true;) {
      const open: Cut = { skipped: Math.max(0, skipped - total), most: most - ids.length, signal }
      const stretch: Stretch = await this.#look(filter, below, open)
      ids.push(...(stretch.ids ?? []))
      total += stretch.matched
      below = stretch.looked < lookedAtOnce ? null : stretch.last
    }
    return { rows: await this.#get(ids), total }
  }

  async #look(filter: JobFilter, below: string, { skipped, most }: Cut): Promise<Stretch> {
    const conditions = conditionsOf(filter)
    const matches = conditions.length === 0 ? 'true' : conditions.map(({ sql }) => sql).join(' and ')
    const bindings = conditions.map(({ binding }) => binding)
    const { peer } = filter
    const [sql, asked] =
      peer === undefined
        ? [ofAll(matches), [...bindings, below, lookedAtOnce]]
        : [ofPeer(matches), [storable(peer), below, lookedAtOnce, ...bindings]]
    const { rows } = await this.#database.run((db) =>
      db.raw<{ rows: Stretch[] }>(sql, [...asked, skipped + 1, skipped + most]),
    )
    const [stretch] = rows
    if (stretch === undefined) throw new Error('a count returned no row')
    return stretch
  }

  async #get(ids: readonly string[]): Promise<readonly Job[]> {
    if (ids.length === 0) return []
    const rows = await this.#database.run((db) =>
      db('jobs')
        .whereIn('id', [...ids])
        .select<JobRow[]>([...jobColumns])
        .orderBy('id', 'desc'),
    )
    return rows.map(toJob)
  }
}

/** Characters: a file job has up to a mebibyte of addresses, and a search reads this of thousands of jobs. */
const longestSearch = 16 * 1024

/** What a job is found by, in small letters. In ours: some databases know no others than those of ASCII. */
export const searchText = (request: JobRequest, bio: string): string =>
  storable([bio, ...addressesOf(request)].join('\n').slice(0, longestSearch).toLowerCase())

const addressesOf = (request: JobRequest): readonly string[] =>
  request.type === 'file' ? request.urls : request.url === null ? [] : [request.url]

// Jobs of older versions have no text to search, until their note is changed.
const search = `
  coalesce(jobs.search, lower(concat_ws(chr(10), jobs.request->>'url', jobs.request->>'urls', jobs.bio)))`

/** All but the peer. */
function conditionsOf({ states, types, userId, contract, cluster, text }: JobFilter): readonly Condition[] {
  return [
    ...(states === undefined ? [] : [{ sql: 'jobs.state = any (?)', binding: [...states] }]),
    ...(types === undefined ? [] : [{ sql: 'jobs.type = any (?)', binding: [...types] }]),
    ...(userId === undefined ? [] : [{ sql: 'jobs.user_id = ?', binding: userId }]),
    ...(contract === undefined ? [] : [{ sql: 'jobs.contract = ?', binding: contract }]),
    ...(cluster === undefined ? [] : [{ sql: 'jobs.cluster_ids @> ?::jsonb', binding: json([cluster]) }]),
    ...(text === undefined ? [] : [{ sql: `strpos(${search}, ?) > 0`, binding: storable(text.toLowerCase()) }]),
  ]
}

const sums = `
  select
    min(id) as last, count(*)::integer as looked, count(*) filter (where matches)::integer as matched,
    (array_agg(id order by id desc) filter (where matches))[?:?] as ids
  from looked`

const ofAll = (matches: string): string => `
  with looked as materialized (
    select id, ${matches} as matches from jobs where id < ?::bigint order by id desc limit ?
  ) ${sums}`

// No join: a look for each job is always by the primary key.
const ofPeer = (matches: string): string => `
  with known as materialized (
    select job_id as id from job_peers where id = ? and job_id < ?::bigint order by job_id desc limit ?
  ), looked as materialized (
    select id, (select ${matches} from jobs where jobs.id = known.id) as matches from known
  ) ${sums}`
