// A mirror's answer that is not the one that was asked for, as a Failure with one sentence for a person. Pure.

import { parseRetryAfter } from '../../kit/retry-after.ts'
import { Failure, type FailureCode } from '../../model/failure.ts'
import type { PeerAnswer } from '../../model/peer-http.ts'

/** What is asked, for sentences. */
interface Asked {
  /** `The peer mirror-1:5000`. */
  readonly who: string
  /** `sha256:0123… of library/alpine`. */
  readonly what: string
}

/** How filesystems and servers say it; distribution and zot repeat the system's words. */
const isFull = /no space left|not enough space|insufficient storage|disk quota/i

/** `nowMs` is for a Retry-After that gives a date. */
export function refusalOf(answer: PeerAnswer, { who, what }: Asked, nowMs: number): Failure {
  const { status, words } = answer
  const [code, said] = causeOf(answer)
  const quoted = `(${status}${words === '' ? '' : ` ${words}`})`
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], nowMs)
  const options = { facts: { status }, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  return new Failure(code, `${who} ${said} ${what} ${quoted}.`, options)
}

function causeOf(answer: PeerAnswer): readonly [FailureCode, string] {
  const { status, headers, words } = answer
  if (headers['x-dragonfly-error-type'] === 'backend') return originsCause(status)
  if (status === 507 || isFull.test(words)) return ['peer.full', 'has no room for']
  if (status === 401 || status === 403) return ['peer.denied', 'denied']
  if (status === 408 || status === 429 || status === 503) return ['peer.busy', 'could not give for the moment']
  if (status >= 500) return ['peer.broken', 'failed to give']
  // A registry says it in JSON, and in an answer to HEAD with no words at all.
  if (status === 404 && !isPage(headers)) return ['registry.not-found', 'says that its origin does not have']
  return ['peer.misconfigured', 'answered as no registry does when asked for']
}

/** For a browser: a login, a welcome, an error of a web server that knows nothing of registries. */
export const isPage = (headers: PeerAnswer['headers']): boolean =>
  headers['content-type']?.startsWith('text/html') === true

/** Dragonfly's proxy gives the origin's own answer, and says that it is one. */
function originsCause(status: number): readonly [FailureCode, string] {
  if (status === 401 || status === 403) return ['registry.denied', 'was denied by the origin']
  if (status === 404) return ['registry.not-found', 'says that its origin does not have']
  if (status === 408 || status === 429 || status >= 500) return ['registry.busy', 'did not get from the origin']
  return ['registry.refused', 'was refused by the origin']
}
