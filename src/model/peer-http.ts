// HTTP towards peers, as drivers ask for it.

import type { TlsSettings } from '../kit/tls.ts'

/** Where a peer speaks HTTP. */
export interface PeerEndpoint {
  /** `host:port`. */
  readonly address: string
  /** undefined: plain HTTP. */
  readonly tls: TlsSettings | undefined
}

export interface PeerAsk {
  readonly method: 'GET' | 'HEAD'
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Takes the body of a 200 or 206; where there is none, the body is dropped. A returned promise is waited for. */
  readonly take?: (chunk: Uint8Array) => void | Promise<void>
  /** Until all headers of the answer are there: a peer that fetches the blob first may take long. */
  readonly firstByteMs: number
  readonly signal: AbortSignal
  /** As in Origin.authorization. */
  readonly guarded?: boolean
}

export interface PeerAnswer {
  readonly status: number
  /** Lower-case names, the first value of each. */
  readonly headers: Readonly<Record<string, string>>
  /** For a status of 400 or more, what the peer said, safe to repeat; '' otherwise. */
  readonly words: string
}

/** HTTP towards peers that speak a registry's protocol. */
export interface PeerDoor {
  /**
   * Asks with the credential and limits that `registries:` has for this host, meets its 401, follows its redirects. An
   * answer of any status comes back. Throws Failure of side `peer` where there was none, or `egress.denied`.
   */
  ask(peer: PeerEndpoint, path: string, ask: PeerAsk): Promise<PeerAnswer>
}

/** HTTP towards forward proxies, outside any job. */
export interface ProxyDoor {
  /**
   * Asks a proxy for an address as Origin.askThrough does, but without a credential of the origin's and without following
   * a redirect: to look at what the proxy holds, by `Cache-Control: only-if-cached`. The body is dropped.
   */
  ask(proxy: PeerEndpoint, url: URL, ask: Omit<PeerAsk, 'take'>): Promise<PeerAnswer>
}
