// How a registry is reached and with whose credential: the reference, the request and the settings put together.

import { isIP } from 'node:net'
import { current, type Live } from '../kit/live.ts'
import { Secret } from '../kit/secret.ts'
import { tlsNow, type LiveTls, type TlsSettings } from '../kit/tls.ts'
import type { PeerEndpoint } from '../model/peer-http.ts'
import type { ImageReference } from '../model/reference.ts'
import { basic, credential, type Identity } from './credentials.ts'

export interface RegistrySettings extends LiveTls {
  readonly username?: string
  readonly password?: Live<Secret>
  /** A reference without a scheme means http. */
  readonly plainHttp?: boolean
  readonly platforms?: readonly string[]
  /** Requests at the same time, over all jobs. */
  readonly concurrency?: number
  /** Bytes per second, over all jobs. */
  readonly bandwidth?: number
}

/** What a deployment knows about registries. */
export interface RegistryBook {
  /** By host and port as references name them. */
  readonly registries: Readonly<Record<string, RegistrySettings>>
  /** For registries that do not say otherwise. */
  readonly tls: LiveTls
  /** What docker's config.json holds by now. */
  readonly dockerConfig?: () => string
}

/** Scheme, host, port and prefix; `/v2/…` follows. No slash at its end. */
export function baseOf(reference: ImageReference, book: RegistryBook): string {
  const { host, namespace, prefix } = reference
  const plain = settingsOf(book, namespace, host)?.plainHttp ?? isLoopback(new URL(`http://${host}`).hostname)
  return `${reference.scheme ?? (plain ? 'http' : 'https')}://${host}${prefix}`
}

/** Of the first of these names that is known. */
export const settingsOf = (book: RegistryBook, ...names: readonly string[]): RegistrySettings | undefined =>
  names.map((name) => (Object.hasOwn(book.registries, name) ? book.registries[name] : undefined)).find((found) => found)

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
}

/**
 * TLS towards the registry, and towards any host that it leads to. An authority that the registry's settings trust is
 * trusted on the way from there too; verification is left out only where that very host's settings say so, and a client
 * certificate is shown only there.
 */
export function tlsTowards(home: URL, settings: RegistrySettings | undefined, book: RegistryBook) {
  return (url: URL): TlsSettings => {
    const own = url.origin === home.origin ? settings : settingsOf(book, url.host)
    const caCert = own?.caCert ?? settings?.caCert ?? book.tls.caCert
    const { clientCert, clientKey, serverName } = own ?? {}
    return tlsNow({
      insecureSkipVerify: own?.insecureSkipVerify ?? book.tls.insecureSkipVerify ?? false,
      ...(caCert === undefined ? {} : { caCert }),
      ...(clientCert === undefined ? {} : { clientCert }),
      ...(clientKey === undefined ? {} : { clientKey }),
      ...(serverName === undefined ? {} : { serverName }),
    })
  }
}

/**
 * The configured credential, for the host that it was configured for; undefined means that there is none. It travels in
 * clear only where somebody has said that the registry has no TLS: a request's `http://` is not enough.
 */
export function configuredIdentity(
  home: URL,
  settings: RegistrySettings | undefined,
  inDocker: () => Identity | undefined,
): Identity | undefined {
  if (home.protocol === 'http:' && settings?.plainHttp !== true && !isLoopback(home.hostname)) return undefined
  if (settings?.username === undefined) return inDocker()
  const password = settings.password === undefined ? new Secret('') : current(settings.password)
  return { by: 'credential', called: 'the configured credential', credential: credential(settings.username, password) }
}

/** What a forward proxy is told of who we are: the credential that is configured for its host, as for any other. */
export function proxyHeaders({ address, tls }: PeerEndpoint, book: RegistryBook): Readonly<Record<string, string>> {
  const url = new URL(`${tls === undefined ? 'http' : 'https'}://${address}`)
  const identity = configuredIdentity(url, settingsOf(book, address, url.host), () => undefined)
  return identity?.by === 'credential' ? { 'proxy-authorization': basic(identity.credential) } : {}
}

/** Headers that are about one connection or one read, and therefore ours to write; lower case. */
const ownHeaders =
  /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|range|if-.*|accept-encoding|user-agent)$/
const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/

/** A client's headers, lower case, as far as they may travel. A malformed one is left out. */
export function travellingHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  const may = ([name, value]: readonly [string, string]) =>
    headerName.test(name) && !ownHeaders.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
  return Object.fromEntries(lower.filter(may))
}
