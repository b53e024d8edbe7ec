// The database behind all stores: opened, brought up to date, asked for its health, closed.

import type { Knex } from 'knex'
import type { Announce } from '../model/event.ts'
import { Failure } from '../model/failure.ts'
import { storeFault } from './faults.ts'
import { openPglite } from './pglite.ts'
import { openPostgresql, type OpenedPool } from './postgresql.ts'

export interface DatabaseOptions {
  /** A PostgreSQL connection URL; absent means the embedded database. */
  readonly url?: string | undefined
  /** Where the embedded database lives, in `database`. Its lock must be held (see lockDirectory). */
  readonly dataDir: string
  readonly announce?: Announce
}

/**
 * Opens PostgreSQL 15 or newer, or the embedded database. Throws Failure 'store.unavailable' with a sentence for the
 * operator where that cannot be. The tables are brought up to date by migrate(), not by opening.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, dataDir, announce } = options
  if (url !== undefined) return new Database('postgresql', await openPostgresql(url))
  const onFault = (error: unknown) => announce?.({ at: 'fault', where: 'database maintenance', error })
  return new Database('pglite', await openPglite(dataDir, onFault))
}

/** What the stores stand on. Every error leaves as storeFault() says. */
export class Database {
  readonly kind: 'postgresql' | 'pglite'
  readonly #pool: OpenedPool
  #closing: Promise<void> | undefined

  constructor(kind: 'postgresql' | 'pglite', pool: OpenedPool) {
    this.kind = kind
    this.#pool = pool
  }

  /** One piece of work, each statement by itself. */
  async run<T>(work: (db: Knex) => PromiseLike<T>): Promise<T> {
    if (this.#closing !== undefined) {
      throw new Failure('store.unavailable', `The database ${this.#pool.place} is closed.`)
    }
    try {
      return await work(this.#pool.knex)
    } catch (error) {
      throw storeFault(error, this.#pool.place)
    }
  }

  /** All of the work or nothing of it. */
  transaction<T>(work: (trx: Knex) => Promise<T>): Promise<T> {
    return this.run((db) => db.transaction(work))
  }

  /** Brings the tables up to date. Safe to call from several replicas at once, and again. */
  migrate(): Promise<void> {
    return this.run(() => this.#pool.migrate())
  }

  /** Resolves when a statement came back; throws Failure 'store.unavailable' otherwise. */
  async health(): Promise<void> {
    await this.run((db) => db.raw('select 1'))
  }

  /** Waits for what is under way. Calling it again waits for the same end. */
  close(): Promise<void> {
    this.#closing ??= this.#pool.close()
    return this.#closing
  }
}
