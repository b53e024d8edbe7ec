// The embedded database: PGlite in this process, spoken to through the same pg client and knex as a server.
// It writes without fsync: what was acknowledged survives the death of the process, not a power loss.

import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import knex, { type Knex } from 'knex'
import { Failure } from '../model/failure.ts'
import { Maintenance } from './maintenance.ts'
import { migrate } from './migrations.ts'
import type { OpenedPool } from './postgresql.ts'
import { silentLog } from './silent-log.ts'

const initialiser = fileURLToPath(new URL('pglite-init.ts', import.meta.url))
const initialiseMs = 120_000
const unfinished = 'database.new-'

/** The default of 128 MB of shared buffers would cost us as much memory, and bring nothing at our size. */
const startParams = [
  ...PGlite.defaultStartParams,
  '-c',
  'shared_buffers=8MB',
  '-c',
  'max_wal_size=64MB',
  '-c',
  'default_statistics_target=10',
]

/**
 * Opens `<dataDir>/database`, and makes it first where it is missing. The directory's lock must be held: PGlite has
 * none, and two processes would destroy each other's data. `onFault` hears what went wrong in the background.
 */
export async function openPglite(dataDir: string, onFault: (error: unknown) => void): Promise<OpenedPool> {
  const directory = join(dataDir, 'database')
  const place = `in ${directory}`
  await initialiseOnce(dataDir, directory)
  const pglite = await start(directory, place)
  const pool = knex({
    client: 'pg',
    // A function, because knex would clone an object; its type does not know PGlite's shim.
    connection: (() => createPgConfig(pglite)) as unknown as Knex.PgConnectionConfig,
    // Exactly one: two clients on the one session of PGlite mix up each other's messages.
    pool: { min: 1, max: 1, idleTimeoutMillis: 2 ** 31 - 1 },
    compileSqlOnError: false,
    log: silentLog,
  })
  yieldAfterEachQuery(pool)
  const maintenance = new Maintenance(pool, onFault)
  const close = async () => {
    await maintenance.close()
    await pool.destroy()
    await pglite.close()
  }
  return { knex: pool, place, migrate: () => migrate(pool), close }
}

/**
 * Initialising takes 690 MB of memory, so a child process does it. It works beside the place and the result is
 * renamed: a kill in the middle leaves nothing that could be taken for a database.
 */
async function initialiseOnce(dataDir: string, directory: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await removeUnfinished(dataDir)
    if (await isDatabase(directory)) return
    const fresh = join(dataDir, unfinished + randomUUID())
    const options = { timeout: initialiseMs, killSignal: 'SIGKILL' } as const
    await promisify(execFile)(process.execPath, [initialiser, fresh], options)
    await rename(fresh, directory)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('store.unavailable', `The embedded database in ${directory} could not be made.`, { cause })
  }
}

/** False where it can be made: the place is free. */
async function isDatabase(directory: string): Promise<boolean> {
  const held = await readdir(directory).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  if (held.length === 0 || held.includes('PG_VERSION')) return held.length > 0
  throw new Failure('store.unavailable', `${directory} is in the place of the embedded database, and is none.`)
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(unfinished)) await rm(join(dataDir, name), { recursive: true, force: true })
  }
}

/**
 * V8's optimizing compiler takes 550 MB for a moment over PGlite's code, and gains nothing at our load: the code keeps
 * what the baseline compiler made. V8 decides that when the module is compiled, so other modules are not concerned.
 */
async function start(directory: string, place: string): Promise<PGlite> {
  setFlagsFromString('--no-wasm-tier-up')
  setFlagsFromString('--no-wasm-dynamic-tiering')
  try {
    return await PGlite.create({ dataDir: directory, startParams })
  } catch (cause) {
    throw new Failure('store.unavailable', `The embedded database ${place} could not be opened.`, { cause })
  } finally {
    setFlagsFromString('--wasm-tier-up')
    setFlagsFromString('--wasm-dynamic-tiering')
  }
}

/**
 * PGlite answers within the same turn of the event loop, and a burst of queries would keep HTTP and timers waiting
 * until its end.
 */
function yieldAfterEachQuery(pool: Knex): void {
  const client: { _query(connection: unknown, query: unknown): Promise<unknown> } = pool.client
  const query = client._query.bind(client)
  client._query = async (connection, statement) => {
    try {
      return await query(connection, statement)
    } finally {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
