// The peers that schedulers know.

import { isIP } from 'node:net'
import { quotable } from '../../kit/redact.ts'
import type { Address } from '../../kit/dial.ts'
import { Failure } from '../../model/failure.ts'
import type { Discovered } from '../../model/driver.ts'
import type { Caller } from './call.ts'
import type { Lines } from './lines.ts'
import type { Host, Wire } from './wire.ts'

/** What a scheduler says of a host beside where it is. */
export interface HostFacts {
  readonly version: string | null
  /** Bytes. */
  readonly diskFree: number | null
  /** undefined: it does not say. */
  readonly proxyPort: number | undefined
}

export interface Found {
  readonly peers: readonly Discovered[]
  /** By `host:port`. */
  readonly facts: ReadonlyMap<string, HostFacts>
}

export interface HostsOptions {
  readonly lines: Lines
  readonly caller: Caller
  readonly wire: Wire
  /** `host:port` of each. */
  readonly schedulers: readonly string[]
  /** For one scheduler. */
  readonly withinMs: number
}

/** Of a name as people see it. */
const longestName = 253

/**
 * The hosts of all schedulers: each knows only those that announced themselves to it, and a name may stand for many
 * schedulers. Dead hosts stay listed for up to an hour. Throws `peer.unreachable` where no scheduler answered.
 */
export async function findHosts(options: HostsOptions, signal: AbortSignal): Promise<Found> {
  const answers = await Promise.allSettled(options.schedulers.map((address) => hostsOf(address, options, signal)))
  signal.throwIfAborted()
  const lists = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  if (lists.length > 0) return merged(lists.flat())
  const reasons: readonly unknown[] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  const [first] = reasons
  if (!reasons.every((reason) => reason instanceof Failure)) throw first
  const why = reasons.map(({ message }) => message).join(' ')
  throw new Failure('peer.unreachable', `No scheduler could be asked for its peers. ${why}`, { cause: first })
}

async function hostsOf(address: string, options: HostsOptions, signal: AbortSignal): Promise<readonly Host[]> {
  const who = `The scheduler ${address}`
  const addresses = await options.lines.allowed(address, who, signal)
  const place = { who, what: 'its hosts', origin: address }
  const ask = (via: Address) =>
    options.caller.ask(options.wire.listHosts, {}, options.withinMs, { address, via, place, signal })
  const answers = await Promise.allSettled(addresses.map(ask))
  const lists = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const failed = answers.find((answer) => answer.status === 'rejected')
  if (lists.length === 0 && failed !== undefined) throw failed.reason
  return lists.flat()
}

/** One peer per address. Hosts without one that can be are left out. Pure. */
function merged(hosts: readonly Host[]): Found {
  const peers = new Map<string, Discovered>()
  const facts = new Map<string, HostFacts>()
  for (const host of hosts) {
    const family = isIP(host.ip)
    if (family === 0 || !isPort(host.port)) continue
    const address = `${family === 6 ? `[${host.ip}]` : host.ip}:${host.port}`
    if (peers.has(address)) continue
    peers.set(address, {
      address,
      hostname: nameOf(host.hostname) || host.ip,
      ip: host.ip,
      seed: host.type > 0, // 0 is an ordinary peer; 1 and above are kinds of seed peers
      location: [host.idc, host.location].map(nameOf).filter(Boolean).join('|'),
    })
    facts.set(address, {
      version: nameOf(host.version) || null,
      diskFree: host.diskFree,
      proxyPort: isPort(host.proxyPort) ? host.proxyPort : undefined,
    })
  }
  return { peers: [...peers.values()], facts }
}

const isPort = (port: number): boolean => port >= 1 && port <= 65_535

const nameOf = (text: string): string => quotable(text.slice(0, longestName))
