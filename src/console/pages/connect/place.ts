// Where a client finds this service: an address that somebody typed, and the prefix after it. Pure.

import type { Schemas } from '../../api/types.ts'

type Prefix = Schemas['PathPrefix']

/** What may be put into a form, a shell and a TOML file as it is, without quoting or escaping anything. */
const plain = /^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~%/-]*)?$/

/**
 * Without slashes at its end; undefined where it is no address that every client can use. Harbor joins its own paths to
 * it as text, so a query would end up in their midst.
 */
export function addressOf(text: string): string | undefined {
  const trimmed = text.trim().replace(/\/+$/, '')
  return plain.test(trimmed) && URL.canParse(trimmed) ? trimmed : undefined
}

/** Who opened this page below a prefix is shown that one first. */
export function splitPrefix(url: string, prefixes: readonly Prefix[]): readonly [address: string, prefix: string] {
  const fitting = prefixes.map(({ path }) => path).filter((path) => url.endsWith(path))
  const longest = fitting.toSorted((a, b) => b.length - a.length)[0] ?? ''
  return [url.slice(0, url.length - longest.length), longest]
}

/** `/edge, for clusters 2 and 3`. */
export function prefixWords({ path, cluster_ids: ids }: Prefix): string {
  if (ids.length === 0) return `${path}, for all clusters`
  const last = ids.at(-1)
  return ids.length === 1
    ? `${path}, for cluster ${last}`
    : `${path}, for clusters ${ids.slice(0, -1).join(', ')} and ${last}`
}

/** Means another machine to everybody but this one. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address)
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}

/** As in an image reference: a host, perhaps with a port. undefined where it is none. */
export function registryOf(text: string): string | undefined {
  const trimmed = text.trim().toLowerCase()
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(trimmed) ? trimmed : undefined
}
