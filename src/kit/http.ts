// The one way out: every outgoing HTTP request of the service is made here, and every address is judged here.

import { isIP, type LookupFunction } from 'node:net'
import { buildConnector, Pool } from 'undici'
import { allowedAddresses, lookupAll, type Dialed, type Lookup } from './dial.ts'
import type { EgressPolicy, Purpose } from './egress.ts'
import { Exchange, type Reply, type Take } from './http-exchange.ts'
import { HttpFault, httpFaultOf } from './http-fault.ts'
import type { PaceLimits } from './http-pace.ts'
import { Recent } from './recent.ts'
import { secureContextOf, tlsKey, type TlsSettings } from './tls.ts'

export interface HttpTimeouts extends PaceLimits {
  /** Name resolution, TCP and TLS together. */
  readonly connectMs: number
}

/** Far beyond what a working network needs, and short enough that a job can try again. */
const usualTimeouts: HttpTimeouts = { connectMs: 10_000, firstByteMs: 30_000, noProgressMs: 60_000 }

/** Signed addresses in Location make some KiB; nothing legitimate comes near this. */
const headerBytes = 32 * 1024
/** Of one origin. As wide as the widest lane of a room, so that nobody waits in a line that no deadline watches. */
const connectionsPerPool = 1000
/** Beyond it the pool that was not used for longest is closed; a busy service talks to far fewer origins. */
const mostPools = 256
/** Before the next address of a name is tried (RFC 8305); Node's own 250 ms give up on slow links that work. */
const nextAddressMs = 1_000

export interface HttpClientOptions {
  readonly egress: EgressPolicy
  readonly userAgent: string
  readonly timeouts?: HttpTimeouts
  /** Default: the system's resolver. */
  readonly lookup?: Lookup
}

/** A forward proxy, which is asked in absolute form (RFC 9112 section 3.2.2), for https too: never by CONNECT. */
interface Via {
  /** `host:port`. */
  readonly address: string
  /** Towards the proxy; undefined: plain HTTP. */
  readonly tls: TlsSettings | undefined
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST'
  /** http or https, without userinfo. */
  readonly url: URL
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Only with POST; the caller gives its content-type. */
  readonly body?: string
  readonly purpose: Purpose
  /** Towards the server of the URL; without effect where the request goes through a proxy, which has its own. */
  readonly tls: TlsSettings
  /** Whom to ask instead of the server of the URL. */
  readonly via?: Via
  /** Instead of the client's. */
  readonly firstByteMs?: number
  readonly signal: AbortSignal
}

/** Who a connection is opened to. */
interface Server {
  readonly url: URL
  readonly purpose: Purpose
  readonly tls: TlsSettings
}

/**
 * Never follows a redirect, never inflates a body, never retries. Rejects with HttpFault, or with the signal's reason
 * when that fires first.
 */
export class HttpClient {
  readonly #options: HttpClientOptions
  readonly #timeouts: HttpTimeouts
  readonly #pools = new Recent<Pool>(mostPools, {
    onGone: (pool) => void pool.close().catch(() => {}), // ends once its last request has ended
  })

  constructor(options: HttpClientOptions) {
    this.#options = options
    this.#timeouts = options.timeouts ?? usualTimeouts
  }

  /** Reads an answer whole. A 2xx body beyond `cap` bytes is the fault `too-large`. */
  read(request: HttpRequest, cap: number): Promise<Reply> {
    return this.#exchange(request, cap, undefined)
  }

  /**
   * Hands the body on piece by piece, with backpressure, to the taker that `take` gives for this answer's status and
   * headers. Where it gives none, the body is cut short and becomes the reply's.
   */
  stream(request: HttpRequest, take: Take): Promise<Reply> {
    return this.#exchange(request, 0, take)
  }

  /** Running requests are broken off. */
  async close(): Promise<void> {
    await Promise.all(this.#pools.takeAll().map((pool) => pool.destroy()))
  }

  async #exchange(request: HttpRequest, cap: number, take: Take | undefined): Promise<Reply> {
    const { method, url, headers, body, via, signal } = request
    signal.throwIfAborted()
    const server = via === undefined ? request : serverOf(via)
    this.#judgeLiteral(request)
    this.#judgeLiteral(server)
    const { firstByteMs = this.#timeouts.firstByteMs } = request
    const exchange = new Exchange(signal, { ...this.#timeouts, firstByteMs }, cap, take)
    const path = `${url.pathname}${url.search}`
    this.#poolFor(server).dispatch(
      {
        method,
        ...(via === undefined ? { path } : { path: `${url.origin}${path}`, servername: server.url.hostname }),
        headers: {
          ...(via === undefined ? {} : { host: url.host }),
          'accept-encoding': 'identity',
          ...headers,
          'user-agent': this.#options.userAgent,
        },
        ...(body === undefined ? {} : { body }),
      },
      exchange,
    )
    return exchange.reply
  }

  /** For an address nothing is looked up, so it is judged before it is used. A name is judged with each connection. */
  #judgeLiteral({ url, purpose }: Server): void {
    const { host, port } = dialedOf(url, purpose)
    const rule = isIP(host) === 0 ? undefined : this.#options.egress.denies({ host, address: host, port, purpose })
    if (rule === undefined) return
    throw new HttpFault('denied', `${host} (port ${port}) is denied by the rule ${rule}`, { rule })
  }

  /** Connections are shared only by requests that would have been allowed to open them. */
  #poolFor({ url, purpose, tls }: Server): Pool {
    const key = `${purpose} ${url.origin} ${tlsKey(tls)}`
    const known = this.#pools.get(key)
    if (known !== undefined) return known
    const pool = this.#open(url, purpose, tls)
    this.#pools.set(key, pool)
    return pool
  }

  #open(url: URL, purpose: Purpose, tls: TlsSettings): Pool {
    const secureContext = secureContextOf(tls, url.host)
    const connector = buildConnector({
      timeout: this.#timeouts.connectMs,
      allowH2: false,
      lookup: this.#judgedLookup(url, purpose),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: nextAddressMs,
      rejectUnauthorized: tls.insecureSkipVerify !== true,
      ...(secureContext === undefined ? {} : { secureContext }),
      ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    })
    return new Pool(url.origin, {
      connect: endedByErrors(connector),
      connections: connectionsPerPool,
      pipelining: 1,
      maxHeaderSize: headerBytes,
      // Each begins anew with an early hint or a byte: the exchange keeps the time itself.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  #judgedLookup(url: URL, purpose: Purpose): LookupFunction {
    const { egress, lookup = lookupAll } = this.#options
    const { port } = dialedOf(url, purpose)
    // All addresses are asked for: autoSelectFamily tries one after the other.
    return (host, _, callback) => {
      allowedAddresses({ host, port, purpose }, egress, lookup).then(
        (addresses) => callback(null, [...addresses]),
        (error: unknown) => callback(httpFaultOf(error) ?? new HttpFault('name-not-found', String(error)), ''),
      )
    }
  }
}

/**
 * A server that speaks TLS 1.3 refuses our certificate only after the handshake, by an alert. Node reports that as an
 * error of a socket that lives on, and then its end, of which undici keeps the last: so the error has to be the end.
 * The name that undici finds in a Host header is not the server's where that is a proxy, and is left out.
 */
function endedByErrors(connector: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connector({ ...options, servername: '' }, (...opened) => {
      const [, socket] = opened
      socket?.on('error', (error) => socket.destroy(error))
      callback(...opened)
    })
}

const serverOf = ({ address, tls }: Via): Server => ({
  url: new URL(`${tls === undefined ? 'http' : 'https'}://${address}`),
  purpose: 'peer',
  tls: tls ?? {},
})

const dialedOf = ({ hostname, port, protocol }: URL, purpose: Purpose): Dialed => ({
  host: hostname.replace(/^\[|\]$/g, ''),
  port: port !== '' ? Number(port) : protocol === 'https:' ? 443 : 80,
  purpose,
})
