// Does for PGlite what the background processes of a PostgreSQL server do: it has none.

import type { Knex } from 'knex'

/** Without it the write-ahead log grows past its limit (half a gigabyte was seen), and reopening takes seconds. */
const everyMs = 60_000

export class Maintenance {
  readonly #pool: Knex
  readonly #onFault: (error: unknown) => void
  readonly #timer: NodeJS.Timeout
  #sweeping: Promise<void> = Promise.resolve()
  #busy = false
  #written = ''

  constructor(pool: Knex, onFault: (error: unknown) => void) {
    this.#pool = pool
    this.#onFault = onFault
    this.#timer = setInterval(() => this.#tick(), everyMs).unref()
  }

  /** Waits for a sweep under way; none begins afterwards. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#sweeping
  }

  #tick(): void {
    if (this.#busy) return
    this.#busy = true
    this.#sweeping = this.sweep()
      .catch(this.#onFault)
      .finally(() => {
        this.#busy = false
      })
  }

  /** Leaves the disk alone where nothing was written since the last sweep. */
  async sweep(): Promise<void> {
    if ((await this.#position()) === this.#written) return
    await this.#pool.raw('vacuum')
    await this.#pool.raw('analyze')
    await this.#pool.raw('checkpoint')
    this.#written = await this.#position()
  }

  async #position(): Promise<string> {
    const { rows } = await this.#pool.raw<{ rows: { at: string }[] }>('select pg_current_wal_insert_lsn()::text as at')
    return rows[0]?.at ?? ''
  }
}
