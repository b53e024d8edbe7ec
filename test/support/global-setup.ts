// Before the first and after the last test of a run: the databases that tests make theirs from, and the console.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildConsole } from '../../scripts/build-console.ts'
import { openDatabase } from '../../src/store/database.ts'
import { templates } from './database.ts'
import { findPostgresql, startPostgresql } from './postgresql.ts'
import { withClient } from './sql.ts'

const closing: (() => Promise<void>)[] = []

/** The test processes inherit the addresses through the environment. */
export async function globalSetup(): Promise<void> {
  try {
    await Promise.all([preparePostgresql(), preparePglite(), buildConsole()])
  } catch (error) {
    await globalTeardown()
    throw error
  }
}

export async function globalTeardown(): Promise<void> {
  const ended = await Promise.allSettled(closing.splice(0).map((close) => close()))
  for (const end of ended) if (end.status === 'rejected') throw end.reason
}

async function preparePostgresql(): Promise<void> {
  const programs = findPostgresql()
  if (programs === undefined) return
  const server = await startPostgresql(programs)
  closing.push(() => server.stop())
  const name = 'warmfront_template'
  await withClient(server.url, (client) => client.query(`create database ${name}`))
  await migrated({ url: server.url.replace(/postgres$/, name), dataDir: '' })
  // Nobody may connect any more: a database in use cannot be cloned.
  await withClient(server.url, (client) => client.query(`alter database ${name} allow_connections false`))
  process.env[templates.postgresql] = server.url
}

async function preparePglite(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'warmfront-pglite-'))
  closing.push(() => rm(dataDir, { recursive: true, force: true }))
  await migrated({ dataDir })
  process.env[templates.pglite] = dataDir
}

async function migrated(options: { url?: string; dataDir: string }): Promise<void> {
  const database = await openDatabase(options)
  try {
    await database.migrate()
  } finally {
    await database.close()
  }
}
