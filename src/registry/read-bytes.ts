// Reads the bytes of one blob or file, from the beginning or from where an earlier read broke off.

import { Failure } from '../model/failure.ts'
import type { ByteSink } from '../model/ports.ts'
import { headerOf, type ReplyHead, type Taker } from '../kit/http-exchange.ts'
import type { Conversation } from './conversation.ts'
import { refusalOf, type Where } from './refusal.ts'

export interface Wanted {
  readonly url: URL
  /** null where nobody has said it. */
  readonly size: number | null
  readonly where: Where
}

/** As Origin.read promises. */
export async function readBytes(
  conversation: Conversation,
  wanted: Wanted,
  from: number,
  to: { readonly sink: ByteSink; readonly signal: AbortSignal; readonly now: () => number },
): Promise<void> {
  const { url, size, where } = wanted
  const { sink, signal } = to
  if (from > 0 && from === size) {
    await sink.begin(from, size) // everything is there; registries answer 416 to such a range
    return
  }
  const reading = new Reading(wanted, from, sink)
  const headers = from > 0 ? { range: `bytes=${from}-` } : {}
  const ask = { method: 'GET', url, headers, where } as const
  const reply = await conversation.stream(ask, (head) => reading.begin(head), signal)
  if (reading.begun) reading.end()
  else if (reply.status === 416 && from > 0) await readBytes(conversation, wanted, 0, to)
  else throw refusalOf(reply, where, to.now())
}

class Reading {
  begun = false
  readonly #wanted: Wanted
  readonly #from: number
  readonly #sink: ByteSink
  /** Offset in the blob of the next byte. */
  #at = 0
  /** Where the body ends if all is well; null where nobody has said it. */
  #end: number | null = null

  constructor(wanted: Wanted, from: number, sink: ByteSink) {
    this.#wanted = wanted
    this.#from = from
    this.#sink = sink
  }

  async begin(head: ReplyHead): Promise<Taker> {
    const { start, total } = head.status === 206 ? this.#partial(head) : wholeOf(head)
    const { size, where } = this.#wanted
    if (size !== null && total !== null && size !== total) {
      const sizes = `${total} bytes where ${size} were expected`
      throw new Failure('registry.wrong-digest', `${where.who} has ${sizes} for ${where.what}.`)
    }
    this.#at = start
    this.#end = size ?? total
    this.begun = true
    await this.#sink.begin(start, this.#end)
    return (chunk) => this.#write(chunk)
  }

  end(): void {
    if (this.#end === null || this.#at === this.#end) return
    const { who, what } = this.#wanted.where
    throw new Failure('registry.broken-off', `${who} ended ${what} after ${this.#at} of ${this.#end} bytes.`)
  }

  #write(chunk: Buffer): void | Promise<void> {
    this.#at += chunk.length
    if (this.#end !== null && this.#at > this.#end) {
      const { who, what } = this.#wanted.where
      throw new Failure('registry.too-large', `${who} sends more than the ${this.#end} bytes of ${what}.`)
    }
    return this.#sink.write(chunk)
  }

  #partial(head: ReplyHead): Offered {
    const range = headerOf(head, 'content-range')
    const parts = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(range ?? '')
    const { who, what } = this.#wanted.where
    if (parts === null || Number(parts[1]) !== this.#from) {
      throw new Failure('registry.invalid', `${who} answered ${what} with a range that was not asked for.`)
    }
    return { start: this.#from, total: parts[3] === '*' ? null : Number(parts[3]) }
  }
}

interface Offered {
  readonly start: number
  /** Of the whole blob. */
  readonly total: number | null
}

function wholeOf(head: ReplyHead): Offered {
  const length = headerOf(head, 'content-length')
  return { start: 0, total: length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : null }
}
