// Resolves a name and gives only the addresses that the egress policy lets pass.

import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { EgressPolicy, Purpose } from './egress.ts'
import { HttpFault } from './http-fault.ts'

export interface Address {
  readonly address: string
  readonly family: number
}

/** All addresses of a name. */
export type Lookup = (host: string) => Promise<readonly Address[]>

export const lookupAll: Lookup = (host) => systemLookup(host, { all: true })

export interface Dialed {
  /** A name, or an address without brackets. */
  readonly host: string
  readonly port: number
  readonly purpose: Purpose
}

/**
 * The connection must go to exactly these, so that a name that changes its answer after the judgement gains nothing.
 * Never empty. Throws HttpFault `name-not-found` or `denied`, or what the lookup throws.
 */
export async function allowedAddresses(
  { host, port, purpose }: Dialed,
  policy: EgressPolicy,
  find: Lookup = lookupAll,
): Promise<readonly Address[]> {
  const family = isIP(host)
  const found = family === 0 ? await find(host) : [{ address: host, family }]
  const [first] = found
  if (first === undefined) throw new HttpFault('name-not-found', `no address for ${host}`)
  const judged = found.map(({ address }) => policy.denies({ host, address, port, purpose }))
  const passed = found.filter((_, n) => judged[n] === undefined)
  const [rule] = judged
  if (passed.length > 0 || rule === undefined) return passed
  throw new HttpFault('denied', `${host} (${first.address}, port ${port}) is denied by the rule ${rule}`, { rule })
}
