// What DNS knows of peers.

import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { lookupAll, type Lookup } from '../kit/dial.ts'
import type { Endpoint } from './members.ts'

/** The first three as `Resolver` of node:dns/promises has them. */
export interface NameService {
  resolve4(host: string): Promise<readonly string[]>
  resolve6(host: string): Promise<readonly string[]>
  resolveSrv(name: string): Promise<readonly { readonly name: string; readonly port: number }[]>
  /** The system's way, which knows the hosts file and the search domains. */
  readonly lookup: Lookup
}

/** A name server that says nothing is asked twice, then the next one. */
const waits = { timeout: 2_000, tries: 2 }

/** `servers`, as `Resolver.setServers` takes them, instead of the system's. */
export function systemNames(servers?: readonly string[]): NameService {
  const resolver = new Resolver(waits)
  if (servers !== undefined) resolver.setServers(servers)
  return {
    resolve4: (host) => resolver.resolve4(host),
    resolve6: (host) => resolver.resolve6(host),
    resolveSrv: (name) => resolver.resolveSrv(name),
    lookup: lookupAll,
  }
}

/**
 * All addresses of a name. Throws as the lookup does.
 *
 * DNS is asked first, because some systems' own way cuts long answers (musl after 48 addresses). Name servers that
 * answer AAAA with an error are out there, so IPv4 addresses alone will do; IPv6 ones alone only where there are no
 * others, or a failure of the moment would lose half of the peers.
 */
export async function addressesOf(host: string, names: NameService): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  const [four, six] = await Promise.allSettled([names.resolve4(host), names.resolve6(host)])
  const found = [four, six].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  const complete = four.status === 'fulfilled' || isAbsence(four.reason)
  if (complete && found.length > 0) return found
  const addresses = (await names.lookup(host)).map(({ address }) => address)
  // With a zone (fe80::1%eth0) it is no part of an address that could be written down for others.
  return addresses.filter((address) => !address.includes('%'))
}

/** The targets of a service, without the `.` that says that there is none (RFC 2782). */
export async function targetsOf(service: string, names: NameService): Promise<readonly Endpoint[]> {
  const records = await names.resolveSrv(service)
  return records
    .map(({ name, port }) => ({ host: name.toLowerCase().replace(/\.$/, ''), port }))
    .filter(({ host, port }) => host !== '' && port > 0)
}

/** The name is not there, or has no such addresses. */
const isAbsence = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENODATA' || error.code === 'ENOTFOUND')
