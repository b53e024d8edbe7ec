// The access tokens, known only by their hashes.

import type { TokenRecord, TokenStore } from '../model/ports.ts'
import type { Database } from './database.ts'
import { json, storable, timestamp, toId, toToken, type TokenRow } from './rows.ts'

/** Every method is one round trip. */
export class Tokens implements TokenStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async find(hash: string): Promise<TokenRecord | undefined> {
    const row = await this.#database.run((db) => db('tokens').where({ hash }).first<TokenRow | undefined>('*'))
    return row && toToken(row)
  }

  async count(): Promise<number> {
    const rows = await this.#database.run((db) => db('tokens').count<{ count: string }[]>())
    return Number(rows[0]?.count ?? 0)
  }

  /** A hash that is there already is refused by the database: a fault, since tokens are random. */
  async insert(token: Omit<TokenRecord, 'id' | 'active'>): Promise<number> {
    const rows = await this.#database.run((db) =>
      db('tokens')
        .insert({
          name: storable(token.name),
          hash: token.hash,
          permissions: json(token.permissions),
          user_id: token.userId,
          expires_at: timestamp(token.expiresAtMs),
        })
        .returning<{ id: string }[]>('id'),
    )
    const [row] = rows
    if (row === undefined) throw new Error('an insert returned no row')
    return toId(row.id)
  }
}
