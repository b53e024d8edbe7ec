// Judges where a connection may go. Pure: names are resolved elsewhere, and each address comes here before it is used.

import { isIP, type BlockList } from 'node:net'
import { contains, networksOf } from './networks.ts'

/** What the connection is for: registries and peers may stand in private networks, the address of a file may not. */
export type Purpose = 'registry' | 'peer' | 'file'

export interface Target {
  /** As the URL has it: a name, or an address (in brackets or without). */
  readonly host: string
  /** What the host resolved to. */
  readonly address: string
  readonly port: number
  readonly purpose: Purpose
}

/** Both ends included. */
export interface PortRange {
  readonly from: number
  readonly to: number
}

/** Each item is an address, a network in CIDR notation, a host name, or `*.domain` (which is not the domain itself). */
export interface EgressOptions {
  /** What is reached although a rule denies it. */
  readonly allow?: readonly string[]
  /** What is never reached, allowed or not. */
  readonly deny?: readonly string[]
  /** Which ports are reached at all, on allowed hosts too. Empty: any. */
  readonly ports?: readonly PortRange[]
}

interface Rule {
  readonly name: string
  readonly networks: BlockList
  readonly appliesTo: readonly Purpose[]
}

const everyone: readonly Purpose[] = ['registry', 'peer', 'file']

/** RFC 6890 and the IANA special-purpose registries; metadata addresses as the clouds document them. */
const rules: readonly Rule[] = [
  // AWS (instance, containers), Azure's host, Alibaba; AWS twice, Google and Scaleway. Most stand in networks that
  // other rules would let pass.
  rule('metadata', everyone, '169.254.169.254 169.254.170.2 169.254.170.23 168.63.129.16 100.100.100.200'),
  rule('metadata', everyone, 'fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:42::42'),
  rule('loopback', everyone, '127.0.0.0/8 ::1'),
  rule('link-local', everyone, '169.254.0.0/16 fe80::/10'),
  rule('unspecified', everyone, '0.0.0.0 ::'),
  rule('this-network', everyone, '0.0.0.0/8'),
  rule('multicast', everyone, '224.0.0.0/4 ff00::/8'),
  rule('broadcast', everyone, '255.255.255.255'),
  rule('reserved', everyone, '240.0.0.0/4 192.0.0.0/24 192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 198.18.0.0/15'),
  rule('reserved', everyone, '192.88.99.0/24 100::/64 100:0:0:1::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16'),
  rule('reserved', everyone, '64:ff9b:1::/48 fec0::/10'),
  rule('private', ['file'], '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7'),
]

function rule(name: string, appliesTo: readonly Purpose[], networks: string): Rule {
  return { name, appliesTo, networks: networksOf(networks.split(' ')) }
}

/** The default policy, and what the settings make of it. */
export class EgressPolicy {
  readonly #allowed: Places
  readonly #denied: Places
  readonly #ports: readonly PortRange[]

  /** Throws RangeError for an item that is neither network nor host. */
  constructor({ allow = [], deny = [], ports = [] }: EgressOptions = {}) {
    this.#allowed = new Places(allow)
    this.#denied = new Places(deny)
    this.#ports = ports
  }

  /** The name of the rule that denies the connection; undefined where it may be made. */
  denies({ host, address, port, purpose }: Target): string | undefined {
    const meant = meantBy(address)
    if (meant.length === 0) return 'not-an-address'
    if (this.#denied.haveHost(host) || meant.some((one) => this.#denied.haveAddress(one))) return 'denied-by-settings'
    if (this.#ports.length > 0 && !this.#ports.some(({ from, to }) => from <= port && port <= to)) return 'port'
    if (this.#allowed.haveHost(host)) return undefined
    const judged = meant.filter((one) => !this.#allowed.haveAddress(one))
    return rules.find((each) => each.appliesTo.includes(purpose) && judged.some((one) => contains(each.networks, one)))
      ?.name
  }
}

/** Networks and hosts, as the settings list them. */
class Places {
  readonly #networks: BlockList
  readonly #hosts: ReadonlySet<string>
  /** With the dot before them. */
  readonly #domains: readonly string[]

  constructor(items: readonly string[]) {
    const isNetwork = (item: string) => isIP(item.replace(/\/.*$/, '')) !== 0
    const names = items.filter((item) => !isNetwork(item)).map((item) => item.toLowerCase())
    for (const name of names) {
      if (!/^(?:\*\.)?[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/.test(name))
        throw new RangeError(`not a network or host: ${name}`)
    }
    this.#networks = networksOf(items.filter(isNetwork))
    this.#hosts = new Set(names.filter((name) => !name.startsWith('*.')))
    this.#domains = names.filter((name) => name.startsWith('*.')).map((name) => name.slice(1))
  }

  haveHost(host: string): boolean {
    const name = host.toLowerCase().replace(/\.$/, '')
    return this.#hosts.has(name) || this.#domains.some((domain) => name.endsWith(domain))
  }

  haveAddress(address: string): boolean {
    return contains(this.#networks, address)
  }
}

/** Where among the 32 hex digits of an IPv6 address an IPv4 one stands that it may lead to, and what hides its bits. */
const embeddings: readonly { readonly in: RegExp; readonly at: number; readonly mask: number }[] = [
  { in: /^0{24}(?!0{7}[01])/, at: 24, mask: 0 }, // compatible (RFC 4291); unspecified and loopback are themselves
  { in: /^0{16}ffff0000/, at: 24, mask: 0 }, // translated (RFC 2765)
  { in: /^0064ff9b0{16}/, at: 24, mask: 0 }, // NAT64 (RFC 6052)
  { in: /^.{16}0[02]005efe/, at: 24, mask: 0 }, // ISATAP (RFC 5214)
  { in: /^2002/, at: 4, mask: 0 }, // 6to4 (RFC 3056)
  { in: /^20010000/, at: 8, mask: 0 }, // Teredo's server (RFC 4380)
  { in: /^20010000/, at: 24, mask: 0xffffffff }, // and its client
]

/**
 * The address itself, and the IPv4 ones inside it; a mapped one is known to every network for what it is. Empty for
 * what is no address.
 */
function meantBy(text: string): readonly string[] {
  const address = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const family = isIP(address)
  if (family !== 6) return family === 4 ? [address] : []
  const digits = digitsOf(address)
  const inside = embeddings.filter((each) => each.in.test(digits))
  return [address, ...inside.map(({ at, mask }) => dotted(Number.parseInt(digits.slice(at, at + 8), 16) ^ mask))]
}

const dotted = (bits: number): string => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.')

/** All 32 digits of an address that isIP has found to be one. */
function digitsOf(address: string): string {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1) // spells a dotted end in hex too
  const full = (part: string) => part.replace(/[^:]+/g, (group) => group.padStart(4, '0')).replaceAll(':', '')
  const [left = '', right = ''] = short.split('::')
  return full(left).padEnd(32 - full(right).length, '0') + full(right)
}
