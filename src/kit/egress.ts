// Judges where a connection may go. Pure: names are resolved elsewhere, and each address comes here before it is used.

import { isIP, type BlockList } from 'node:net'
import { contains, networksOf } from './networks.ts'

/** What the connection is for: registries may stand in private networks, the address of a file may not. */
export type Purpose = 'registry' | 'file'

export interface Target {
  /** As the URL has it: a name, or an address (in brackets or without). */
  readonly host: string
  /** What the host resolved to. */
  readonly address: string
  readonly purpose: Purpose
}

interface Rule {
  readonly name: string
  readonly networks: BlockList
  readonly appliesTo: readonly Purpose[]
}

const everyone: readonly Purpose[] = ['registry', 'file']

/** RFC 6890 and the IANA special-purpose registries; metadata addresses as the clouds document them. */
const rules: readonly Rule[] = [
  // AWS (instance, container, v6), Azure's host, Alibaba, Google (v6). Most stand in networks that other rules would let pass.
  rule('metadata', everyone, '169.254.169.254 169.254.170.2 fd00:ec2::254 168.63.129.16 100.100.100.200 fd20:ce::254'),
  rule('loopback', everyone, '127.0.0.0/8 ::1'),
  rule('link-local', everyone, '169.254.0.0/16 fe80::/10'),
  rule('unspecified', everyone, '0.0.0.0 ::'),
  rule('this-network', everyone, '0.0.0.0/8'),
  rule('multicast', everyone, '224.0.0.0/4 ff00::/8'),
  rule('broadcast', everyone, '255.255.255.255'),
  rule('reserved', everyone, '240.0.0.0/4 192.0.0.0/24 192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 198.18.0.0/15'),
  rule('reserved', everyone, '192.88.99.0/24 100::/64 2001:db8::/32 fec0::/10 64:ff9b:1::/48 2001::/32'),
  rule('private', ['file'], '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7'),
]

function rule(name: string, appliesTo: readonly Purpose[], networks: string): Rule {
  return { name, appliesTo, networks: networksOf(networks.split(' ')) }
}

/** The default policy, and what has been allowed beyond it. */
export class EgressPolicy {
  readonly #networks: BlockList
  readonly #hosts: ReadonlySet<string>
  readonly #domains: readonly string[]

  /** Each item is an address, a network in CIDR notation, a host name, or `*.domain`. Throws RangeError for others. */
  constructor(allow: readonly string[] = []) {
    const isNetwork = (item: string) => isIP(item.split('/')[0] ?? '') !== 0
    const names = allow.filter((item) => !isNetwork(item)).map((item) => item.toLowerCase())
    for (const name of names) {
      if (!/^(?:\*\.)?[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/.test(name))
        throw new RangeError(`not a network or host: ${name}`)
    }
    this.#networks = networksOf(allow.filter(isNetwork))
    this.#hosts = new Set(names.filter((name) => !name.startsWith('*.')))
    this.#domains = names.filter((name) => name.startsWith('*.')).map((name) => name.slice(1))
  }

  /** The name of the rule that denies the connection; undefined where it may be made. */
  denies({ host, address, purpose }: Target): string | undefined {
    const meant = meantBy(address)
    if (meant.length === 0) return 'not-an-address'
    if (this.#allowsHost(host) || meant.some((one) => contains(this.#networks, one))) return undefined
    return rules.find((each) => each.appliesTo.includes(purpose) && meant.some((one) => contains(each.networks, one)))
      ?.name
  }

  #allowsHost(host: string): boolean {
    const name = host.toLowerCase().replace(/\.$/, '')
    return this.#hosts.has(name) || this.#domains.some((domain) => name.endsWith(domain))
  }
}

/**
 * The address itself, and the IPv4 address that an IPv6 one leads to: mapped, compatible, NAT64 (RFC 6052) and 6to4
 * (RFC 3056). Empty for what is no address.
 */
function meantBy(text: string): readonly string[] {
  const address = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const family = isIP(address)
  if (family !== 6) return family === 4 ? [address] : []
  const groups = groupsOf(address)
  const [first = 0, second = 0, third = 0] = groups
  const lastTwo = dotted(groups[6] ?? 0, groups[7] ?? 0)
  const isZero = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0)
  if (isZero(0, 5) && groups[5] === 0xffff) return [lastTwo]
  if (isZero(0, 6) && (groups[6] !== 0 || (groups[7] ?? 0) > 1)) return [address, lastTwo]
  if (first === 0x64 && second === 0xff9b && isZero(2, 6)) return [address, lastTwo]
  if (first === 0x2002) return [address, dotted(second, third)]
  return [address]
}

const dotted = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.')

/** The eight groups of an address that isIP has found to be one. */
function groupsOf(address: string): readonly number[] {
  const hex = new URL(`http://[${address}]`).hostname.slice(1, -1) // spells a dotted end in hex too
  const [left = '', right] = hex.split('::')
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  if (right === undefined) return numbers(left)
  const missing = 8 - numbers(left).length - numbers(right).length
  return [...numbers(left), ...Array.from({ length: missing }, () => 0), ...numbers(right)]
}
