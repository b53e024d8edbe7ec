// A route as data: what is served, who may call it, and how it is answered.

import type { Readable } from 'node:stream'
import type { Permission, Principal } from '../../model/principal.ts'

export interface Call {
  /** The path's parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown
  /** null only on routes that anyone may call. */
  readonly principal: Principal | null
  /** The clusters that the path's prefix is bound to: meant where the call itself names none. Usually empty. */
  readonly clusterIds: readonly number[]
  readonly method: string
  /** Fires when the client goes away; on a route that is `endless` also when the service stops. */
  readonly signal: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is; the route says Content-Type and Content-Length itself. */
  readonly stream?: AsyncIterable<Uint8Array> | Readable
  /** Sent as text, with the route's own Content-Type. */
  readonly text?: string
}

export interface Route {
  /** The operation's id in the contract's OpenAPI document. */
  readonly operation: string
  readonly method: 'get' | 'head' | 'post' | 'patch' | 'delete'
  /** Express 5 syntax; where `pattern` is given, the path as people write it, for documents only. */
  readonly path: string
  /** Named groups become params; for paths that Express' syntax cannot say. */
  readonly pattern?: RegExp
  /** `holder`: whoever has a valid token, whatever its permissions. */
  readonly may: 'anyone' | 'holder' | Permission
  /**
   * Takes nothing but an id in its path and checks that itself: for polls, which come in bursts, and which it would cost
   * more to hold against the document than to answer.
   */
  readonly plain?: true
  /** Its answers may never end by themselves: they are cut short when the service stops. */
  readonly endless?: true
  readonly run: (call: Call) => Promise<Answer>
}

/** What is called when a call is refused or fails: the contract's own dialect. */
export type Refuse = (failure: unknown, call: { readonly method: string; readonly path: string }) => Answer

/** Where a call comes from, as far as the connection itself tells. */
export interface Caller {
  readonly address: string
  /** It came through a proxy, so that the address is not the client's. */
  readonly proxied: boolean
}

export interface Contract {
  readonly name: string
  readonly routes: readonly Route[]
  readonly refuse: Refuse
  /** Who may call without a token, but for what is for holders of one. Nobody where this is absent. */
  readonly trusts?: (caller: Caller) => boolean
  /** The OpenAPI document that every request is held against. */
  readonly document?: string
  /** Calls are not counted: for what container runtimes pull. */
  readonly unlimited?: true
}
