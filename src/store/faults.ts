// What a database's error means for us: the one place where it is decided whether the store is away or we made a mistake.

import { Failure } from '../model/failure.ts'

/** By SQLSTATE, by its class (two characters), or by the system's code. PostgreSQL 15, appendix A. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ENOENT: 'there is no such socket',
  EACCES: 'access was denied by the system',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name could not be resolved',
  ETIMEDOUT: 'it did not answer in time',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  '08': 'the connection broke',
  '25006': 'it is read-only',
  '28': 'it refused the user or the password',
  '3D000': 'it has no database of that name',
  '40001': 'too many wrote at the same time',
  '40P01': 'too many wrote at the same time',
  '53': 'it is short of connections, memory or disk',
  '55P03': 'it was busy for too long',
  '57': 'it is starting, stopping or overloaded',
  '58': 'its disk failed',
}

/** Errors without a code, by their words in pg 8, knex 3 and the pool of knex. */
const codeless: readonly (readonly [RegExp, string])[] = [
  [/^Unable to acquire a connection|^aborted$/, 'it is being closed'],
  [/timeout expired|Query read timeout|^Knex: Timeout/, 'it did not answer in time'],
  [/^SASL/, 'it refused the user or the password'],
  [/^The server does not support SSL/, 'it does not speak TLS'],
  [/Connection terminated|not queryable/, 'the connection broke'],
]
const tls = /CERT|SSL|TLS|SIGNATURE/

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function reasonFor(error: Error): string | undefined {
  const code = codeOf(error)
  if (code === '') return codeless.find(([words]) => words.test(error.message))?.[1]
  if (tls.test(code)) return `TLS failed (${code})`
  return reasons[code] ?? (/^[0-9A-Z]{5}$/.test(code) ? reasons[code.slice(0, 2)] : undefined)
}

/**
 * A Failure 'store.unavailable' where the database is away, otherwise the error as it came: then it is a fault of
 * ours. Neither carries a password or a value: knex is told to leave bindings out of messages, and PostgreSQL's
 * `detail`, which quotes rows, is taken off. `place` says which database, without its credential.
 */
export function storeFault(error: unknown, place: string): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error
  const reason = reasonFor(error)
  if (reason !== undefined) {
    return new Failure('store.unavailable', `The database ${place} cannot be used: ${reason}.`, {
      facts: { code: codeOf(error) },
    })
  }
  if ('detail' in error) delete error.detail
  return error
}

/** The error says that a row with these values is there already: SQLSTATE 23505, by the name of the unique index. */
export const isTaken = (error: unknown, index: string): boolean =>
  error instanceof Error && codeOf(error) === '23505' && 'constraint' in error && error.constraint === index
