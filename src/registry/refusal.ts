// A registry's answer, or none, turned into a Failure with one sentence for a person.

import { quotable } from '../kit/redact.ts'
import { parseRetryAfter } from '../kit/retry-after.ts'
import { Failure, type FailureCode } from '../model/failure.ts'
import { headerOf, type Reply, type ReplyHead } from '../kit/http-exchange.ts'
import { HttpFault, type HttpFaultKind } from '../kit/http-fault.ts'
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

const reasons: Readonly<Record<HttpFaultKind, readonly [FailureCode, (host: string) => string]>> = {
  // The same words whatever the address was, so that nobody can learn our network from them.
  denied: ['egress.denied', () => 'it led to an address that may not be reached from here'],
  'name-not-found': ['registry.unreachable', (host) => `the name ${host} cannot be resolved`],
  refused: ['registry.unreachable', (host) => `${host} refused the connection`],
  unreachable: ['registry.unreachable', (host) => `there is no route to ${host}`],
  'connect-timeout': ['registry.unreachable', (host) => `${host} did not accept a connection in time`],
  'first-byte-timeout': ['registry.unreachable', (host) => `${host} did not begin to answer in time`],
  'tls-unknown-authority': [
    'registry.tls-unknown-authority',
    (host) => `the certificate of ${host} is signed by an authority that is not trusted here`,
  ],
  'tls-expired': ['registry.tls-expired', (host) => `the certificate of ${host} is not valid at this time`],
  'tls-wrong-host': ['registry.tls-wrong-host', (host) => `the certificate of ${host} is for another host`],
  'tls-client-certificate': ['registry.tls', (host) => `${host} wants a client certificate that it accepts`],
  'tls-settings': ['registry.tls-settings', (host) => `the certificate or key configured for ${host} cannot be used`],
  tls: ['registry.tls', (host) => `the TLS handshake with ${host} failed`],
  'plain-http': ['registry.tls', (host) => `${host} speaks plain HTTP where TLS was expected`],
  'tls-spoken': ['registry.tls', (host) => `${host} speaks TLS where plain HTTP was expected`],
  'broken-off': ['registry.broken-off', (host) => `the connection to ${host} broke off`],
  'no-progress': ['registry.broken-off', (host) => `${host} stopped, or came too slowly, in the middle of its answer`],
  'too-large': ['registry.too-large', (host) => `${host} sent more than is legitimate here`],
  malformed: ['registry.invalid', (host) => `${host} sent something that is not HTTP`],
}

/** What the outgoing client threw, as a Failure; anything else (an abort, the reader's own error) as it is. */
export function faultOf(error: unknown, { who, what }: Where, host: string): unknown {
  if (!(error instanceof HttpFault)) return error
  const [code, reason] = reasons[error.kind]
  const facts = { host, fault: error.kind, ...(error.rule === undefined ? {} : { rule: error.rule }) }
  return new Failure(code, `${who} could not give ${what}: ${reason(host)}.`, { facts, cause: error })
}
