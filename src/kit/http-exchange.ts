// One request on its way: undici's events turned into a reply, with a cap, backpressure and an abort.

import type { IncomingHttpHeaders } from 'node:http'
import { errors, type Dispatcher } from 'undici'
import { HttpFault, httpFaultOf } from './http-fault.ts'
import { Pace, type PaceLimits } from './http-pace.ts'

export interface ReplyHead {
  readonly status: number
  /** Lower-case names. */
  readonly headers: IncomingHttpHeaders
}

export interface Reply extends ReplyHead {
  /** Empty where the body went to a taker. */
  readonly body: Buffer
}

/** Takes the next bytes of a body. A returned promise is waited for before more is read from the connection. */
export type Taker = (chunk: Buffer) => void | Promise<void>

/** Looks at an answer and says who takes its body; undefined: nobody, it is an answer to be read. May throw. */
export type Take = (head: ReplyHead) => Taker | undefined | Promise<Taker | undefined>

/** Enough for any registry's or proxy's error. A longer body of an answer that is not 2xx is cut, not refused. */
const errorBodyBytes = 8 * 1024

/** Node gives a single value for all headers but Set-Cookie; the wire may repeat them, and undici keeps the list. */
export function headerOf({ headers }: ReplyHead, name: string): string | undefined {
  const value: string | string[] | undefined = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** A body that nobody takes holds no words either, and may be slow to come. A short one ends without harm. */
const isWorthless = (head: ReplyHead): boolean =>
  head.status < 300 && !(Number(headerOf(head, 'content-length')) <= errorBodyBytes)

export class Exchange implements Dispatcher.DispatchHandler {
  readonly reply: Promise<Reply>
  readonly #cap: number
  readonly #take: Take | undefined
  readonly #pace: Pace
  readonly #settle: PromiseWithResolvers<Reply>
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  /** Of no status until it has come. */
  #head: ReplyHead = { status: 0, headers: {} }
  #taker: Taker | undefined
  /** What the taker has not done yet. Chunks that come nevertheless wait behind it. */
  #pending: Promise<void> | undefined
  #controller: Dispatcher.DispatchController | undefined
  #ended = false

  /** Without `take` the body is read whole, up to `cap` bytes. */
  constructor(signal: AbortSignal, pace: PaceLimits, cap: number, take: Take | undefined) {
    this.#cap = cap
    this.#take = take
    this.#pace = new Pace(pace, take === undefined, (fault) => this.#fail(fault))
    this.#settle = Promise.withResolvers<Reply>()
    const onAbort = () => this.#fail(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    this.reply = this.#settle.promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#ended) controller.abort(new Error('stopped before it began'))
    else this.#pace.requestSent()
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return // 103 Early Hints and their like; the answer is still to come
    const head = { status, headers }
    this.#head = head
    this.#pace.headersCame()
    const take = this.#take
    if (take === undefined) return
    this.#do(async () => {
      this.#taker = await take(head)
      if (this.#taker === undefined && isWorthless(head)) this.#cut()
    })
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    // undici 8 sends an empty piece whenever it resumes: pausing for that one too would go on forever.
    if (chunk.length === 0) return
    this.#pace.bytesCame(chunk.length)
    const before = this.#pending
    this.#do(before === undefined ? () => this.#accept(chunk) : () => before.then(() => this.#accept(chunk)))
  }

  onResponseEnd(): void {
    this.#pace.stop()
    if (this.#pending === undefined) this.#finish()
    else
      this.#pending.then(
        () => this.#finish(),
        () => {},
      )
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const fault = httpFaultOf(error) ?? error
    // Before the headers are all there no body can be too short: undici then means that they say two lengths.
    const isTwice = this.#head.status === 0 && error instanceof errors.ResponseContentLengthMismatchError
    this.#fail(isTwice ? new HttpFault('malformed', 'the length of the body is said twice', { cause: error }) : fault)
  }

  /** Goes on at once after work that is done at once; otherwise the connection pauses until it is. */
  #do(work: () => void | Promise<void>): void {
    let result: void | Promise<void>
    try {
      result = work()
    } catch (error) {
      this.#fail(error)
      return
    }
    if (!(result instanceof Promise)) return
    const pending = result
    this.#pending = pending
    this.#controller?.pause()
    this.#pace.readerWaits()
    pending.then(
      () => {
        if (this.#pending !== pending) return
        this.#pending = undefined
        this.#pace.readerGoesOn()
        if (!this.#ended) this.#controller?.resume()
      },
      (error: unknown) => this.#fail(error),
    )
  }

  #accept(chunk: Buffer): void | Promise<void> {
    if (this.#ended) return
    if (this.#taker !== undefined) return this.#taker(chunk)
    const isSuccess = this.#take === undefined && this.#head.status < 300
    const room = isSuccess ? this.#cap : errorBodyBytes
    this.#kept.push(chunk.subarray(0, room - this.#keptBytes))
    this.#keptBytes += chunk.length
    if (this.#keptBytes <= room) return
    if (isSuccess) throw new HttpFault('too-large', `the body is larger than ${room} bytes`)
    this.#cut()
  }

  #cut(): void {
    this.#finish()
    this.#controller?.abort(new Error('enough was read'))
  }

  #finish(): void {
    if (this.#ended) return
    this.#ended = true
    this.#pace.stop()
    this.#settle.resolve({ ...this.#head, body: Buffer.concat(this.#kept) })
  }

  /** The taker is let finish what it is at, so that nothing touches its things after the rejection. */
  #fail(error: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#pace.stop()
    this.#controller?.abort(new Error('stopped', { cause: error }))
    const reject = () => this.#settle.reject(error)
    if (this.#pending === undefined) reject()
    else this.#pending.then(reject, reject)
  }
}
