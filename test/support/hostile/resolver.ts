// Loaded into the service before anything else: names below .test, which nobody owns, mean what the table wants.

import dns from 'node:dns/promises'
import { syncBuiltinESMExports } from 'node:module'

interface Found {
  readonly address: string
  readonly family: number
}

const metadata: Found = { address: '169.254.169.254', family: 4 }
const loopback: Found = { address: '127.0.0.1', family: 4 }
const asked = new Map<string, number>()

const answers: Readonly<Record<string, () => readonly Found[] | Promise<readonly Found[]>>> = {
  metadata: () => [metadata],
  'metadata-after-one': () => [timesOf('one') > 1 ? metadata : loopback],
  'metadata-after-three': () => [timesOf('three') > 3 ? metadata : loopback],
  'one-of-two': () => [metadata, loopback],
  mapped: () => [{ address: '::ffff:169.254.169.254', family: 6 }],
  'loopback-6': () => [{ address: '::1', family: 6 }],
  unspecified: () => [{ address: '0.0.0.0', family: 4 }],
  empty: () => [],
  garbage: () => [{ address: 'metadata', family: 4 }],
  many: () =>
    Array.from({ length: 10_000 }, (_, number) => ({ address: `169.254.${number >> 8}.${number & 255}`, family: 4 })),
  never: () => new Promise(() => {}),
}

function timesOf(name: string): number {
  const times = (asked.get(name) ?? 0) + 1
  asked.set(name, times)
  return times
}

const system = dns.lookup

async function lookup(host: string, options: { readonly all: true }): Promise<readonly Found[]> {
  const [, name] = /^(.+)\.test\.?$/i.exec(host) ?? []
  if (name === undefined) return system(host, options)
  const answer = answers[name.toLowerCase()]
  if (answer === undefined) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })
  return answer()
}

Object.assign(dns, { lookup })
syncBuiltinESMExports()
