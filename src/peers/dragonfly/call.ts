// One gRPC call: its line, its patience, its end, and what its error means.

import { connectivityState, type CallOptions as GrpcOptions, type ServiceError } from '@grpc/grpc-js'
import type { Address } from '../../kit/dial.ts'
import { Failure } from '../../model/failure.ts'
import type { Line, Lines } from './lines.ts'
import { Patience } from './patience.ts'
import type { Place } from './refusal.ts'
import { isGone, troubleOf } from './trouble.ts'
import type { Rpc } from './wire.ts'

export interface CallOptions {
  /** `host:port`. */
  readonly address: string
  /** One of the addresses that its name has; otherwise the first. */
  readonly via?: Address
  readonly place: Place
  readonly signal: AbortSignal
}

/** `take` gets each message as it comes. */
export type StreamOptions<R> = CallOptions & { readonly take: (message: R) => void }

interface Cancellable {
  cancel(): void
}

interface Settle<R> {
  readonly resolve: (value: R) => void
  readonly reject: (reason: unknown) => void
}

export class Caller {
  readonly #lines: Lines
  readonly #now: () => number

  constructor(lines: Lines, now: () => number) {
    this.#lines = lines
    this.#now = now
  }

  /** One answer, within so many milliseconds. Throws Failure with the fact `grpc`, or the signal's reason. */
  ask<Q extends object, R>(rpc: Rpc<Q, R>, request: Q, withinMs: number, options: CallOptions): Promise<R> {
    return this.#call<R>(options, ({ client }, { resolve, reject }) => {
      const deadline = Date.now() + withinMs
      return client.makeUnaryRequest(rpc.path, rpc.encode, rpc.decode, request, { deadline }, (error, answer) => {
        if (error !== null) reject(this.#failureOf(error, options))
        else if (answer === undefined) reject(new TypeError(`${rpc.path} was answered by nothing`))
        else resolve(answer)
      })
    })
  }

  /** Resolves when the stream has ended well, within so many milliseconds. Throws as `ask` does. */
  gather<Q extends object, R>(rpc: Rpc<Q, R>, request: Q, withinMs: number, options: StreamOptions<R>): Promise<void> {
    return this.#call<void>(options, (line, { resolve, reject }) => {
      const stream = streamOf(line, rpc, request, { deadline: Date.now() + withinMs })
      stream.on('data', options.take)
      stream.on('error', (error: ServiceError) => reject(this.#failureOf(error, options)))
      stream.on('end', () => resolve())
      return stream
    })
  }

  /** As `gather`, however long it takes, as long as there is news every so many milliseconds. */
  follow<Q extends object, R>(rpc: Rpc<Q, R>, request: Q, quietMs: number, options: StreamOptions<R>): Promise<void> {
    return this.#call<void>(options, (line, { resolve, reject }) => {
      const stream = streamOf(line, rpc, request, {})
      const channel = line.client.getChannel()
      const isConnected = () => channel.getConnectivityState(false) === connectivityState.READY
      const onEnd = (why: 'quiet' | 'unconnected') => {
        reject(why === 'quiet' ? slow(options.place) : unconnected(options.place))
        stream.cancel()
      }
      const patience = new Patience({ quietMs, isConnected, onEnd })
      stream.on('data', (message: R) => {
        patience.renew()
        options.take(message)
      })
      stream.on('error', (error: ServiceError) => {
        patience.end()
        reject(this.#failureOf(error, options))
      })
      stream.on('end', () => {
        patience.end()
        resolve()
      })
      return stream
    })
  }

  /** Begins a call on a line that is held until it has ended; cancels it when the signal fires. */
  async #call<R>(options: CallOptions, begin: (line: Line, settle: Settle<R>) => Cancellable): Promise<R> {
    const { address, via, place, signal } = options
    const line = await this.#lines.to({ address, via, who: place.who, signal })
    let call: Cancellable | undefined
    const onAbort = () => call?.cancel()
    try {
      signal.throwIfAborted()
      signal.addEventListener('abort', onAbort)
      return await new Promise<R>((resolve, reject) => {
        call = begin(line, { resolve, reject })
      })
    } finally {
      signal.removeEventListener('abort', onAbort)
      line.leave()
    }
  }

  #failureOf(error: ServiceError, { address, place, signal }: CallOptions): unknown {
    if (signal.aborted) return signal.reason
    if (isGone(error)) this.#lines.lost(address)
    return troubleOf(error, place, this.#now())
  }
}

const streamOf = <Q extends object, R>({ client }: Line, rpc: Rpc<Q, R>, request: Q, options: GrpcOptions) =>
  client.makeServerStreamRequest(rpc.path, rpc.encode, rpc.decode, request, options)

const slow = ({ who, what }: Place): Failure => new Failure('peer.slow', `${who} gave no news of ${what} in time.`)

const unconnected = ({ who }: Place): Failure =>
  new Failure('peer.unreachable', `${who} did not accept a connection in time.`)
