// A migrated database for one test file or one test, of either kind.

import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from '../../src/store/database.ts'
import { findPostgresql } from './postgresql.ts'
import { missing } from './requires.ts'
import { withClient } from './sql.ts'

export type DatabaseKind = Database['kind']

/** Environment variables that the global setup leaves: the server's URL, and a data directory with a database. */
export const templates = {
  postgresql: 'WARMFRONT_TEST_POSTGRESQL',
  pglite: 'WARMFRONT_TEST_PGLITE',
} as const satisfies Record<DatabaseKind, string>

export interface TestDatabase {
  readonly database: Database
  /** What openDatabase() takes to open the same one once more; two at a time only with PostgreSQL. */
  readonly options: { readonly url?: string; readonly dataDir: string }
  /** Closes it and removes it from the disk. */
  close(): Promise<void>
}

/** `skip` is for node:test: false, or why this kind cannot be tested here. */
export const databaseKinds: readonly { readonly kind: DatabaseKind; readonly skip: string | false }[] = [
  { kind: 'pglite', skip: false },
  { kind: 'postgresql', skip: whyNoPostgresql() },
]

function whyNoPostgresql(): string | false {
  const absent = missing(findPostgresql() !== undefined, 'a PostgreSQL server, 15 or newer', 'postgresql-15')
  if (absent !== false || process.env[templates.postgresql] !== undefined) return absent
  return 'needs the server of the global setup: add --test-global-setup=test/support/global-setup.ts'
}

export function openTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  return kind === 'postgresql' ? clonePostgresql() : copyPglite()
}

export async function withDatabase<T>(kind: DatabaseKind, run: (own: TestDatabase) => Promise<T>): Promise<T> {
  const own = await openTestDatabase(kind)
  try {
    return await run(own)
  } finally {
    await own.close()
  }
}

async function clonePostgresql(): Promise<TestDatabase> {
  const server = process.env[templates.postgresql]
  if (server === undefined) throw new Error('this test needs --test-global-setup=test/support/global-setup.ts')
  const dataDir = await mkdtemp(join(tmpdir(), 'warmfront-test-'))
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const remove = async () => {
    await withClient(server, (client) => client.query(`drop database if exists ${name}`))
    await rm(dataDir, { recursive: true, force: true })
  }
  await withClient(server, (client) => client.query(`create database ${name} template warmfront_template`))
  return opened({ url: server.replace(/postgres$/, name), dataDir }, remove)
}

async function copyPglite(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'warmfront-test-'))
  const remove = () => rm(dataDir, { recursive: true, force: true })
  const template = process.env[templates.pglite]
  if (template !== undefined) await cp(template, dataDir, { recursive: true })
  const own = await opened({ dataDir }, remove)
  // Without the global setup it is a new one.
  if (template === undefined) await own.database.migrate()
  return own
}

async function opened(options: TestDatabase['options'], remove: () => Promise<void>): Promise<TestDatabase> {
  try {
    const database = await openDatabase(options)
    const close = async () => {
      await database.close()
      await remove()
    }
    return { database, options, close }
  } catch (error) {
    await remove()
    throw error
  }
}
