// Sets of IP networks.

import { BlockList, isIP } from 'node:net'

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Each item is an address or a network in CIDR notation. Throws RangeError for anything else. */
export function networksOf(items: readonly string[]): BlockList {
  const list = new BlockList()
  for (const item of items) {
    const [, address = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(item) ?? []
    if (isIP(address) === 0) throw new RangeError(`not an address or network: ${item}`)
    const family = familyOf(address)
    const width = family === 'ipv6' ? 128 : 32
    list.addSubnet(address, bits === undefined ? width : Number(bits), family)
  }
  return list
}

/** An IPv4 address that is written as an IPv6 one counts as itself. What is no address is in no network. */
export const contains = (networks: BlockList, address: string): boolean =>
  isIP(address) !== 0 && networks.check(address, familyOf(address))
