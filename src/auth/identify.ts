// Who is asking: a token becomes a principal.

import type { Clock, TokenStore } from '../model/ports.ts'
import { permissions, type Principal } from '../model/principal.ts'
import type { Secret } from '../kit/secret.ts'
import { hashToken, mintToken, sameHash } from './tokens.ts'

/** Longer than any token that we make or accept, and short enough to hash without a thought. */
const longestToken = 1024
const tenYearsMs = 10 * 365 * 24 * 3600 * 1000

export class Identify {
  readonly #tokens: TokenStore
  readonly #adminHash: string | undefined
  readonly #clock: Pick<Clock, 'now'>

  constructor(tokens: TokenStore, adminToken: Secret | undefined, clock: Pick<Clock, 'now'>) {
    this.#tokens = tokens
    this.#adminHash = adminToken === undefined ? undefined : hashToken(adminToken.reveal())
    this.#clock = clock
  }

  /** undefined: unknown, expired or revoked; the caller is not told which. One round trip, never cached. */
  async token(token: string): Promise<Principal | undefined> {
    if (token === '' || token.length > longestToken) return undefined
    const hash = hashToken(token)
    if (this.#adminHash !== undefined && sameHash(hash, this.#adminHash)) return administrator
    const record = await this.#tokens.find(hash)
    if (record === undefined || !sameHash(hash, record.hash)) return undefined
    if (!record.active || record.expiresAtMs <= this.#clock.now()) return undefined
    return { tokenId: record.id, name: record.name, userId: record.userId, permissions: record.permissions }
  }

  /**
   * On the very first start, where no token is known and none was given: makes an administrator's token and returns it,
   * for it to be shown once.
   */
  async firstToken(): Promise<string | undefined> {
    if (this.#adminHash !== undefined || (await this.#tokens.count()) > 0) return undefined
    const token = mintToken()
    await this.#tokens.insert({
      name: administrator.name,
      hash: hashToken(token),
      permissions: administrator.permissions,
      userId: administrator.userId,
      expiresAtMs: this.#clock.now() + tenYearsMs,
    })
    return token
  }
}

const administrator: Principal = { tokenId: null, name: 'administrator', userId: 1, permissions }
