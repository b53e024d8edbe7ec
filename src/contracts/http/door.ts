// The door in front of every route: who calls, whether they may, and whether they call too often.

import type { Request, RequestHandler, Response } from 'express'
import type { HitStore } from '../../model/ports.ts'
import type { Principal } from '../../model/principal.ts'
import { makeAdmit, type Identifies } from './authenticate.ts'
import { addressOf, limiter, type Limit } from './rate-limit.ts'
import type { Contract, Route } from './route.ts'

/** Calls a minute; 0 means any number. What anyone may call is not counted. */
export interface Limits {
  readonly hits: HitStore
  readonly token: number
  readonly address: number
  readonly failedAuth: number
}

export type Door = (contract: Contract, route: Route) => RequestHandler[]

/** The handlers of one route, to be run before anything else of it. */
export function makeDoor(identifies: Identifies, { hits, token, address, failedAuth }: Limits): Door {
  const of = (name: string, what: string, most: number, keyOf: Limit['keyOf']) =>
    limiter({ name, what, most, keyOf }, hits)
  const ofAddress = of('address', 'calls from this address', address, addressOf)
  const ofToken = of('token', 'calls with this token', token, tokenOf)
  const ofFailures = of('failed-auth', 'refused tokens from this address', failedAuth, addressOf)
  const admit = makeAdmit(identifies, (req, res) => passes(ofFailures, req, res))
  return (contract, route) =>
    contract.unlimited === true || route.may === 'anyone'
      ? [admit(contract, route)]
      : [ofAddress, admit(contract, route), ofToken]
}

/** undefined: the call was let in without one. */
const tokenOf = ({ res, headers }: Request): string | undefined => {
  const principal = headers.authorization === undefined ? null : principalOf(res)
  return principal === null ? undefined : String(principal.tokenId ?? principal.name)
}

/** Resolves when a handler lets the call pass, and throws what it refuses it with. */
const passes = (handler: RequestHandler, req: Request, res: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    void handler(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)))
  })

export const principalOf = (res: Response | undefined): Principal | null =>
  (res?.locals['principal'] as Principal | null | undefined) ?? null
