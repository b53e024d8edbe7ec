// A registry's answer, or none, turned into a Failure with one sentence for a person.

import { quotable } from '../kit/redact.ts'
import { parseRetryAfter } from '../kit/retry-after.ts'
import { Failure } from '../model/failure.ts'
import { headerOf, type Reply, type ReplyHead } from '../kit/http-exchange.ts'
import { asFields, parseObject } from './json.ts'

/** Who was asked, and for what. */
export interface Where {
  /** `The registry docker.io`, `The server files.example.com`. */
  readonly who: string
  /** `library/alpine:latest`. */
  readonly what: string
}

/** `to` says who was answered, where that may matter. */
export type Answer = Reply & { readonly to?: string }

/** For every answer that is not the one that was asked for. `nowMs` is for a Retry-After that gives a date. */
export function refusalOf(reply: Answer, { who, what }: Where, nowMs: number): Failure {
  const { status } = reply
  const words = wordsOf(reply.body)
  const said = `(${status}${words === '' ? '' : ` ${words}`})`
  const facts = { status }
  const to = reply.to === undefined ? '' : ` to ${reply.to}`
  if (status === 401 || status === 403)
    return new Failure('registry.denied', `${who} denied ${what}${to} ${said}.`, { facts })
  if (status === 404) return new Failure('registry.not-found', `${who} does not have ${what} ${said}.`, { facts })
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfterMs = retryAfterOf(reply, nowMs)
    const options = { facts, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
    return new Failure('registry.busy', `${who} could not give ${what} for the moment ${said}.`, options)
  }
  if (status >= 400) return new Failure('registry.refused', `${who} refused ${what} ${said}.`, { facts })
  return new Failure('registry.invalid', `${who} answered ${what} with status ${status}, which fits no pull.`, {
    facts,
  })
}

/** The `code` and `message` of a registry's error (distribution-spec, "Error codes"); empty where there is none. */
export function wordsOf(body: Buffer): string {
  const answer = parseObject(body) ?? {}
  const { code, message, details } = Array.isArray(answer['errors']) ? asFields(answer['errors'][0]) : answer
  return quotable([code, message ?? details].filter((word) => typeof word === 'string').join(': '))
}

/** Milliseconds that the answer asks us to wait; undefined where it does not. */
export const retryAfterOf = (reply: ReplyHead, nowMs: number): number | undefined =>
  parseRetryAfter(headerOf(reply, 'retry-after'), nowMs)
