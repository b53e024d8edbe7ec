// How often one client may call: express-rate-limit, counting in the database so that all replicas count together.

import type { Request, RequestHandler } from 'express'
import { ipKeyGenerator, rateLimit, type ClientRateLimitInfo, type Store } from 'express-rate-limit'
import { Failure } from '../../model/failure.ts'
import type { HitStore } from '../../model/ports.ts'

const windowMs = 60_000
/** Keys that a replica remembers; the oldest is forgotten first, and is asked for again when it comes back. */
const mostKeys = 10_000

export interface Limit {
  /** Keeps its counts apart from those of others. */
  readonly name: string
  /** What is counted, in the words of the refusal. */
  readonly what: string
  /** Calls in a window; 0 means any number. */
  readonly most: number
  /** Whose calls; undefined leaves this call uncounted. */
  readonly keyOf: (req: Request) => string | undefined
}

/** Answers `request.too-many` beyond the limit. While the database is away nobody is limited. */
export function limiter({ name, what, most, keyOf }: Limit, hits: HitStore): RequestHandler {
  if (most === 0) return (_req, _res, next) => next()
  return rateLimit({
    windowMs,
    limit: most,
    // Retry-After says what a client needs; the headers of the drafts cost a hash for each call.
    standardHeaders: false,
    legacyHeaders: false,
    store: new CountingStore(hits, name, most),
    passOnStoreError: true,
    skip: (req) => keyOf(req) === undefined,
    keyGenerator: (req) => keyOf(req) ?? '',
    // Where the database is away the call itself says so.
    logger: { error: () => {}, warn: () => {} },
    // Its checks of our settings print to the console and look at every first request.
    validate: false,
    handler: (req, _res, next) => next(tooMany(what, most, resetOf(req))),
  })
}

/** IPv6 clients own whole networks, so a network is one client there. */
export const addressOf = (req: Request): string => ipKeyGenerator(req.ip ?? '')

function tooMany(what: string, most: number, resetsAt: Date | undefined): Failure {
  const retryAfterMs = Math.max(1000, (resetsAt?.getTime() ?? Date.now() + windowMs) - Date.now())
  return new Failure('request.too-many', `There were more than ${most} ${what} within a minute.`, {
    retryAfterMs,
  })
}

/** express-rate-limit leaves what it counted on the request. */
function resetOf(req: Request): Date | undefined {
  const info: unknown = 'rateLimit' in req ? req.rateLimit : undefined
  const resetTime = typeof info === 'object' && info !== null && 'resetTime' in info ? info.resetTime : undefined
  return resetTime instanceof Date ? resetTime : undefined
}

interface Count {
  /** All replicas' hits as far as they are known here, ours included. */
  known: number
  /** Ours that the database has not heard of. */
  unsaid: number
  resetsAtMs: number
  telling?: Promise<void>
}

/**
 * Tells the database of a hundredth of the limit at a time: a client that calls a hundred times a second must not cost
 * a hundred statements. So a replica may let through one hundredth more than the limit; limits below 200 are exact.
 */
class CountingStore implements Store {
  readonly #hits: HitStore
  readonly #name: string
  readonly #atOnce: number
  readonly #counts = new Map<string, Count>()

  constructor(hits: HitStore, name: string, most: number) {
    this.#hits = hits
    this.#name = name
    this.#atOnce = Math.max(1, Math.floor(most / 100))
  }

  async increment(key: string): Promise<ClientRateLimitInfo> {
    const count = this.#countOf(key)
    // Whoever comes while the database is told waits, so that each call has a number of its own.
    while (count.telling !== undefined) await count.telling
    count.unsaid++
    const mine = ++count.known
    const isDue = count.resetsAtMs === 0 || count.unsaid >= this.#atOnce
    if (isDue) await (count.telling = this.#tell(key, count).finally(() => delete count.telling))
    return { totalHits: isDue ? count.known : mine, resetTime: new Date(count.resetsAtMs) }
  }

  /** Part of the interface, and asked for only where successful calls are not to be counted. */
  async decrement(): Promise<void> {}

  async resetKey(key: string): Promise<void> {
    this.#counts.delete(key)
  }

  #countOf(key: string): Count {
    const known = this.#counts.get(key)
    if (known !== undefined && (known.resetsAtMs === 0 || known.resetsAtMs > Date.now())) return known
    const fresh = { known: 0, unsaid: 0, resetsAtMs: 0 }
    this.#counts.delete(key)
    this.#counts.set(key, fresh)
    if (this.#counts.size > mostKeys) this.#counts.delete(this.#counts.keys().next().value ?? '')
    return fresh
  }

  async #tell(key: string, count: Count): Promise<void> {
    const said = count.unsaid
    count.unsaid = 0
    const { hits, resetsAtMs } = await this.#hits.hit(`${this.#name}:${key}`, said, windowMs)
    count.known = hits
    count.resetsAtMs = resetsAtMs
  }
}
