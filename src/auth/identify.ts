// Who is asking: a token becomes a principal.

import { NextFlight } from '../kit/next-flight.ts'
import type { Secret } from '../kit/secret.ts'
import { Failure } from '../model/failure.ts'
import type { Clock, TokenRecord, TokenStore, TokenUse } from '../model/ports.ts'
import { permissions, type Principal } from '../model/principal.ts'
import { hashToken, mintToken, sameHash } from './tokens.ts'

/** Longer than any token that we make or accept, and short enough to hash without a thought. */
const longestToken = 1024
const tenYearsMs = 10 * 365 * 24 * 3600 * 1000

export class Identify {
  readonly #tokens: Pick<TokenStore, 'find' | 'count' | 'insert'>
  readonly #adminHash: string | undefined
  readonly #clock: Pick<Clock, 'now'>
  readonly #lookups = new NextFlight<TokenRecord | undefined>()

  constructor(
    tokens: Pick<TokenStore, 'find' | 'count' | 'insert'>,
    adminToken: Secret | undefined,
    clock: Pick<Clock, 'now'>,
  ) {
    this.#tokens = tokens
    this.#adminHash = adminToken === undefined ? undefined : hashToken(adminToken.reveal())
    this.#clock = clock
  }

  /**
   * undefined: unknown, expired or revoked; the caller is not told which. Looked up anew after each call, never cached,
   * so that a revocation holds at once; calls that come during a lookup share the one after it, which notes the use of
   * the first of them.
   */
  async token(token: string, use: TokenUse): Promise<Principal | undefined> {
    if (token === '' || token.length > longestToken) return undefined
    const hash = hashToken(token)
    if (this.#adminHash !== undefined && sameHash(hash, this.#adminHash)) return administrator
    const record = await this.#lookups.run(hash, () => this.#tokens.find(hash, use))
    if (record === undefined || !sameHash(hash, record.hash)) return undefined
    if (!record.active || record.expiresAtMs <= this.#clock.now()) return undefined
    const { id, name, userId, permissions: held, expiresAtMs } = record
    return { tokenId: id, name, userId, permissions: held, expiresAtMs }
  }

  /**
   * On the very first start, where no token is known and none was given: makes an administrator's token and returns it,
   * for it to be shown once.
   */
  async firstToken(): Promise<string | undefined> {
    if (this.#adminHash !== undefined || (await this.#tokens.count()) > 0) return undefined
    const token = mintToken()
    const { name, userId } = administrator
    const first = { name, bio: 'Made on the first start', hash: hashToken(token), permissions, userId }
    try {
      await this.#tokens.insert({ ...first, expiresAtMs: this.#clock.now() + tenYearsMs })
    } catch (error) {
      // Another replica has started for the first time as well, and shows the token that it made.
      if (error instanceof Failure && error.code === 'request.conflict') return undefined
      throw error
    }
    return token
  }
}

const administrator: Principal = { tokenId: null, name: 'administrator', userId: 1, permissions, expiresAtMs: null }
