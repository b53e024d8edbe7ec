// The access tokens, as those who may manage them see them: made, listed, changed, taken away.

import { Failure } from '../model/failure.ts'
import type { Clock, Page, TokenChange, TokenFilter, TokenRecord, TokenStore } from '../model/ports.ts'
import { mayDo, type Permission, type Principal } from '../model/principal.ts'
import { hashToken, mintToken } from './tokens.ts'

/** What a token may do where nobody says: as Dragonfly's manager has it. */
const usualPermissions: readonly Permission[] = ['job', 'cluster']

export interface AskedToken {
  readonly name: string
  readonly bio: string
  /** null means the usual ones: `job` and `cluster`. */
  readonly permissions: readonly Permission[] | null
  readonly expiresAtMs: number
  /** null and 0 mean the caller's. */
  readonly userId: number | null
}

export class AccessTokens {
  readonly #tokens: TokenStore
  readonly #clock: Pick<Clock, 'now'>

  constructor(tokens: TokenStore, clock: Pick<Clock, 'now'>) {
    this.#tokens = tokens
    this.#clock = clock
  }

  /**
   * Makes a token; `token` is the only copy of it. Throws `auth.denied` for a permission that the caller does not hold,
   * `request.invalid` for a time that is past, `request.conflict` for a name that is taken.
   */
  async mint(asked: AskedToken, by: Principal): Promise<{ readonly record: TokenRecord; readonly token: string }> {
    const { name, bio, permissions, expiresAtMs, userId } = asked
    const granted = permissions ?? usualPermissions
    this.#check({ permissions: granted, expiresAtMs }, by)
    const token = mintToken()
    const record = await this.#tokens.insert({
      name,
      bio,
      hash: hashToken(token),
      permissions: granted,
      // `||` because Dragonfly's clients send 0 for a user that they do not name.
      userId: userId || by.userId,
      expiresAtMs,
    })
    return { record, token }
  }

  /** Throws `request.not-found`. */
  async get(id: number): Promise<TokenRecord> {
    return known(id, await this.#tokens.get(id))
  }

  list(filter: TokenFilter, page: number, perPage: number): Promise<Page<TokenRecord>> {
    return this.#tokens.list(filter, page, perPage)
  }

  /** Holds from the next call on, at every replica. Throws `request.not-found`, and what mint throws. */
  async change(id: number, change: TokenChange, by: Principal): Promise<TokenRecord> {
    this.#check(change, by)
    return known(id, await this.#tokens.change(id, change))
  }

  /** Holds from the next call on, at every replica. Throws `request.not-found`. */
  async remove(id: number): Promise<void> {
    if (!(await this.#tokens.remove(id))) throw unknownToken(id)
  }

  #check({ permissions = [], expiresAtMs }: TokenChange, by: Principal): void {
    const denied = permissions.find((permission) => !mayDo(by, permission))
    if (denied !== undefined) {
      throw new Failure('auth.denied', `The scope ${denied} can be given only by a token that has it.`)
    }
    if (expiresAtMs !== undefined && !(expiresAtMs > this.#clock.now())) {
      throw new Failure('request.invalid', 'The time at which the token expires must lie in the future.', {
        field: 'expired_at',
      })
    }
  }
}

const unknownToken = (id: number): Failure => new Failure('request.not-found', `There is no access token ${id}.`)

function known(id: number, record: TokenRecord | undefined): TokenRecord {
  if (record === undefined) throw unknownToken(id)
  return record
}
