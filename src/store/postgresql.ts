// PostgreSQL, reached over its address.

import knex, { type Knex } from 'knex'
import { Failure } from '../model/failure.ts'
import { storeFault } from './faults.ts'
import { migrate } from './migrations.ts'
import { silentLog } from './silent-log.ts'

const oldestVersion = 150_000
const connectMs = 5_000
const acquireMs = 30_000
const mostConnections = 10

/** How long one statement may take, waiting for locks included: for daily work, and while tables are changed. */
const daily = { statementMs: 30_000 }
const patient = { statementMs: 600_000 }
/** On top of the server's own limit: ends the wait where the server has vanished. */
const graceMs = 5_000

/** A pool of connections to a database, of either kind. */
export interface OpenedPool {
  readonly knex: Knex
  /** Names the database to a person, without its credential. */
  readonly place: string
  readonly migrate: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Throws Failure 'store.unavailable' where it cannot be reached or is older than PostgreSQL 15. */
export async function openPostgresql(url: string): Promise<OpenedPool> {
  const place = placeOf(url)
  const pool = connect(url, daily)
  try {
    await requireVersion(pool, place)
  } catch (error) {
    await pool.destroy()
    throw storeFault(error, place)
  }
  const patiently = async () => {
    const own = connect(url, patient)
    try {
      await migrate(own)
    } finally {
      await own.destroy()
    }
  }
  return { knex: pool, place, migrate: patiently, close: () => pool.destroy() }
}

function connect(url: string, { statementMs }: { readonly statementMs: number }): Knex {
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: 'warmfront',
      connectionTimeoutMillis: connectMs,
      statement_timeout: statementMs,
      query_timeout: statementMs + graceMs,
      idle_in_transaction_session_timeout: statementMs,
      keepAlive: true,
    },
    pool: { min: 0, max: mostConnections },
    acquireConnectionTimeout: acquireMs,
    compileSqlOnError: false,
    log: silentLog,
  })
}

function placeOf(url: string): string {
  // `new URL` would quote its input in its error, and that holds the password. The scheme is required because without
  // one the user's name is taken for it, and the password for the host.
  const parsed = /^postgres(?:ql)?:\/\//.test(url) ? URL.parse(url) : null
  if (parsed === null) {
    throw new Failure(
      'store.unavailable',
      "The database's address is not a URL of PostgreSQL; expected postgresql://user:password@host:5432/database.",
    )
  }
  const host = parsed.host === '' ? (parsed.searchParams.get('host') ?? 'localhost') : parsed.host
  return `at ${host}${parsed.pathname}`
}

async function requireVersion(pool: Knex, place: string): Promise<void> {
  const { rows } = await pool.raw<{ rows: { number: number; text: string }[] }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as text`,
  )
  const [version] = rows
  if (version === undefined || version.number < oldestVersion) {
    throw new Failure(
      'store.unavailable',
      `The database ${place} is PostgreSQL ${version?.text ?? 'of an unknown version'}; 15 or newer is needed.`,
    )
  }
}
