// A peer's answer as drivers see it: of each header one value, and of a refusal the words.

import { headerOf, type Reply } from '../kit/http-exchange.ts'
import { quotable } from '../kit/redact.ts'
import type { PeerAnswer } from '../model/peer-http.ts'
import { wordsOf } from './refusal.ts'

export function peerAnswerOf(reply: Reply): PeerAnswer {
  const values = Object.keys(reply.headers).map((name) => [name, headerOf(reply, name) ?? ''] as const)
  return { status: reply.status, headers: Object.fromEntries(values), words: reply.status < 400 ? '' : saidIn(reply) }
}

/** A page for browsers says nothing in one line; a registry's error and plain text do. */
function saidIn(reply: Reply): string {
  const words = wordsOf(reply.body)
  const isText = headerOf(reply, 'content-type')?.startsWith('text/plain') === true
  return words === '' && isText ? quotable(reply.body.toString('utf8')) : words
}
