// Connections to peers and schedulers: one per address, kept while they are used, to allowed addresses only.

import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { Client, credentials, type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js'
import type { Address } from '../../kit/dial.ts'
import { hostAndPort } from '../../kit/fields.ts'
import { HttpFault, httpFaultOf } from '../../kit/http-fault.ts'
import { Recent } from '../../kit/recent.ts'
import { untilAborted } from '../../kit/share.ts'
import { secureContextOf, type TlsSettings } from '../../kit/tls.ts'
import { Failure } from '../../model/failure.ts'

/** All addresses of a name that may be reached; never empty. Throws as kit/dial's allowedAddresses does. */
export type Resolve = (host: string, port: number) => Promise<readonly Address[]>

export interface LinesOptions {
  readonly resolve: Resolve
  /** undefined: plain HTTP/2. What it gives may change at any time. */
  readonly tls: (() => TlsSettings) | undefined
}

export interface LineTo {
  /** `host:port`. */
  readonly address: string
  /** One of the addresses that `allowed` gave; otherwise the first. */
  readonly via: Address | undefined
  /** Begins the sentence of a Failure. */
  readonly who: string
  readonly signal: AbortSignal
}

/** Connections kept at the same time; each takes a socket and some 250 KiB. */
const mostLines = 4096
/** A connection that nobody uses ends after this. */
const idleMs = 5 * 60 * 1000
/** Of one message: the hosts of a large fleet have some MiB. */
const mostMessageBytes = 32 * 1024 * 1024
/** A peer that died without a word is noticed a while after this; without calls nobody asks it. */
const keepaliveMs = 60_000
/** Between attempts to connect to a peer that refuses: the engine has its own patience. */
const reconnectMs = { least: 100, most: 5_000 }

/** A connection, and who uses it. One that gave way to others is closed when the last has done with it. */
export class Line {
  readonly client: Client
  #users = 0
  #retired = false

  constructor(client: Client) {
    this.client = client
  }

  enter(): void {
    this.#users++
  }

  leave(): void {
    this.#users--
    this.#closeIfDone()
  }

  retire(): void {
    this.#retired = true
    this.#closeIfDone()
  }

  #closeIfDone(): void {
    if (this.#retired && this.#users === 0) this.client.close()
  }
}

interface Credentials {
  readonly tls: TlsSettings | undefined
  readonly channel: ChannelCredentials
}

export class Lines {
  readonly #resolve: Resolve
  readonly #tls: (() => TlsSettings) | undefined
  readonly #lines = new Recent<Line>(mostLines, { onGone: (line) => line.retire() })
  #credentials: Credentials | undefined

  constructor({ resolve, tls }: LinesOptions) {
    this.#resolve = resolve
    this.#tls = tls
  }

  /**
   * The line, held until its `leave`. Throws Failure `egress.denied`, `peer.unreachable` or `peer.misconfigured`, or the
   * signal's reason.
   */
  async to({ address, via, who, signal }: LineTo): Promise<Line> {
    this.#currentCredentials(who)
    const key = via === undefined ? address : `${address} ${via.address}`
    const known = this.#lines.get(key)
    if (known !== undefined) return entered(known)
    const [at] = via === undefined ? await this.allowed(address, who, signal) : [via]
    if (at === undefined) throw new Failure('peer.unreachable', `${who} has no address.`)
    // Another call may have opened it while this one looked up the name.
    const line = this.#lines.get(key) ?? lineTo(at, address, this.#currentCredentials(who))
    this.#lines.set(key, line)
    return entered(line)
  }

  /** The first of the line's name's addresses answered no more: the name is looked up anew. */
  lost(address: string): void {
    if (isIP(hostAndPort(address)?.host ?? '') !== 0) return
    const line = this.#lines.get(address)
    this.#lines.delete(address)
    line?.retire()
  }

  close(): void {
    for (const line of this.#lines.takeAll()) line.retire()
  }

  /** All addresses of the host in `host:port`, as far as they may be reached. Throws as `to` does. */
  async allowed(address: string, who: string, signal: AbortSignal): Promise<readonly Address[]> {
    const { host, port } = partsOf(address, who)
    try {
      return await untilAborted(this.#resolve(host, port), signal)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (error instanceof HttpFault && error.kind === 'denied') {
        const facts = { host, rule: error.rule ?? '' }
        const sentence = `${who} is at an address that may not be reached from here.`
        throw new Failure('egress.denied', sentence, { facts, cause: error })
      }
      if (httpFaultOf(error) === undefined) throw error
      throw new Failure('peer.unreachable', `${who} could not be reached: the name ${host} cannot be resolved.`, {
        cause: error,
      })
    }
  }

  /** Where the certificates have changed, all lines are opened anew. */
  #currentCredentials(who: string): Credentials {
    const tls = this.#tls?.()
    const known = this.#credentials
    if (known !== undefined && isSame(known.tls, tls)) return known
    const made = { tls, channel: credentialsOf(tls, who) }
    this.close()
    this.#credentials = made
    return made
  }
}

function lineTo({ address: ip, family }: Address, address: string, { tls, channel }: Credentials): Line {
  const { host, port } = partsOf(address, 'The peer')
  const target = family === 6 ? `ipv6:[${ip}]:${port}` : `ipv4:${ip}:${port}`
  return new Line(new Client(target, channel, optionsOf(address, host, tls)))
}

function entered(line: Line): Line {
  line.enter()
  return line
}

function partsOf(address: string, who: string): { readonly host: string; readonly port: number } {
  const parts = hostAndPort(address)
  if (parts === undefined) throw new Failure('peer.misconfigured', `${who} has no address of the form host:port.`)
  return parts
}

function optionsOf(address: string, host: string, tls: TlsSettings | undefined): ChannelOptions {
  const name = tls?.serverName ?? (isIP(host) === 0 ? host : undefined)
  return {
    'grpc.default_authority': address,
    ...(tls === undefined || name === undefined ? {} : { 'grpc.ssl_target_name_override': name }),
    'grpc.keepalive_time_ms': keepaliveMs, // while there are calls
    'grpc.max_receive_message_length': mostMessageBytes,
    'grpc.client_idle_timeout_ms': idleMs,
    'grpc.initial_reconnect_backoff_ms': reconnectMs.least,
    'grpc.max_reconnect_backoff_ms': reconnectMs.most,
    'grpc.enable_retries': 0, // whether to ask again is the engine's to say
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
  }
}

function credentialsOf(tls: TlsSettings | undefined, who: string): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure()
  try {
    const context = secureContextOf(tls, 'the peers of the cluster') ?? createSecureContext()
    return credentials.createFromSecureContext(context, { rejectUnauthorized: tls.insecureSkipVerify !== true })
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error
    throw new Failure('peer.misconfigured', `${who} cannot be asked: ${error.message}.`)
  }
}

function isSame(one: TlsSettings | undefined, other: TlsSettings | undefined): boolean {
  if (one === other) return true
  if (one === undefined || other === undefined) return false
  return (
    one.caCert === other.caCert &&
    one.clientCert === other.clientCert &&
    one.clientKey?.reveal() === other.clientKey?.reveal() &&
    one.serverName === other.serverName &&
    one.insecureSkipVerify === other.insecureSkipVerify
  )
}
