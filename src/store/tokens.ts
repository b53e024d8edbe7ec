// The access tokens, known only by their hashes.

import type { Knex } from 'knex'
import { Failure } from '../model/failure.ts'
import type { NewToken, Page, TokenChange, TokenFilter, TokenRecord, TokenStore, TokenUse } from '../model/ports.ts'
import type { Database } from './database.ts'
import { isTaken } from './faults.ts'
import { isId, json, storable, timestamp, toToken, type TokenRow } from './rows.ts'

export class Tokens implements TokenStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async find(hash: string, use: TokenUse): Promise<TokenRecord | undefined> {
    const { rows } = await this.#database.run((db) => db.raw<{ rows: TokenRow[] }>(find, [json(use), hash, hash]))
    return rows[0] && toToken(rows[0])
  }

  async count(): Promise<number> {
    return this.#database.run((db) => countOf(db('tokens')))
  }

  /** A hash that is there already is refused by the database: a fault, since tokens are random. */
  async insert(token: NewToken): Promise<TokenRecord> {
    try {
      const [row] = await this.#database.run((db) =>
        db('tokens')
          .insert({
            name: storable(token.name),
            bio: storable(token.bio),
            hash: token.hash,
            permissions: json(token.permissions),
            user_id: token.userId,
            expires_at: timestamp(token.expiresAtMs),
          })
          .returning<TokenRow[]>('*'),
      )
      if (row === undefined) throw new Error('an insert returned no row')
      return toToken(row)
    } catch (error) {
      if (!isTaken(error, 'tokens_name_key')) throw error
      throw new Failure('request.conflict', `There is a token named ${JSON.stringify(token.name)} already.`)
    }
  }

  async get(id: number): Promise<TokenRecord | undefined> {
    if (!isId(id)) return undefined
    const row = await this.#database.run((db) => db('tokens').where({ id }).first<TokenRow | undefined>('*'))
    return row && toToken(row)
  }

  async list(filter: TokenFilter, page: number, perPage: number): Promise<Page<TokenRecord>> {
    return this.#database.run(async (db) => {
      const total = await countOf(matching(db, filter))
      const rows = await matching(db, filter)
        .select<TokenRow[]>('*')
        .orderBy('id', 'desc')
        .limit(perPage)
        .offset((page - 1) * perPage)
      return { rows: rows.map(toToken), total }
    })
  }

  async change(id: number, change: TokenChange): Promise<TokenRecord | undefined> {
    if (!isId(id)) return undefined
    const { bio, permissions, active, expiresAtMs, userId } = change
    const [row] = await this.#database.run((db) =>
      db('tokens')
        .where({ id })
        .update({
          updated_at: db.fn.now(),
          ...(bio !== undefined && { bio: storable(bio) }),
          ...(permissions !== undefined && { permissions: json(permissions) }),
          ...(active !== undefined && { active }),
          ...(expiresAtMs !== undefined && { expires_at: timestamp(expiresAtMs) }),
          ...(userId !== undefined && { user_id: userId }),
        })
        .returning<TokenRow[]>('*'),
    )
    return row && toToken(row)
  }

  async remove(id: number): Promise<boolean> {
    if (!isId(id)) return false
    return (await this.#database.run((db) => db('tokens').where({ id }).del())) === 1
  }
}

// Notes the use at most once a minute. Skipping a locked row, it waits for nobody: whoever has it notes the use, or
// changes the token. What it did not note it reads, revoked and expired tokens among it.
const find = `
  with used as (
    update tokens set last_used_at = now(), last_used_for = ?::jsonb where id = (
      select id from tokens
      where hash = ? and active and expires_at > now()
        and (last_used_at is null or last_used_at <= now() - interval '1 minute')
      for update skip locked
    )
    returning *
  )
  select * from used
  union all
  select * from tokens where hash = ? and not exists (select from used)`

async function countOf(query: Knex.QueryBuilder): Promise<number> {
  const rows = await query.count<{ count: string }[]>()
  return Number(rows[0]?.count ?? 0)
}

function matching(db: Knex, filter: TokenFilter): Knex.QueryBuilder {
  const query = db('tokens')
  if (filter.active !== undefined) query.where('active', filter.active)
  if (filter.userId !== undefined) query.where('user_id', filter.userId)
  return query
}
