// How far a certificate is trusted, which one we show, and the TLS context that follows from it.

import { createHash, X509Certificate } from 'node:crypto'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { HttpFault } from './http-fault.ts'
import { current, type Live } from './live.ts'
import type { Secret } from './secret.ts'

export interface TlsSettings {
  /** PEM text of authorities that are trusted beside the machine's own. */
  readonly caCert?: string
  /** Any certificate will do. Only where somebody has asked for just that. */
  readonly insecureSkipVerify?: boolean
  /** PEM text of the certificate that is shown to a server that asks for one, and of its chain. */
  readonly clientCert?: string
  /** PEM text, without a passphrase. */
  readonly clientKey?: Secret
  /** A name, no address: sent as SNI instead of the URL's host, and what the certificate is checked against. */
  readonly serverName?: string
}

/** As TlsSettings, of which some stand in files that may change. */
export interface LiveTls {
  readonly caCert?: Live<string>
  readonly insecureSkipVerify?: boolean
  readonly clientCert?: Live<string>
  readonly clientKey?: Live<Secret>
  readonly serverName?: string
}

/** What it says by now. */
export const tlsNow = ({ caCert, clientCert, clientKey, ...rest }: LiveTls): TlsSettings => ({
  ...rest,
  ...(caCert === undefined ? {} : { caCert: current(caCert) }),
  ...(clientCert === undefined ? {} : { clientCert: current(clientCert) }),
  ...(clientKey === undefined ? {} : { clientKey: current(clientKey) }),
})

/** Equal for settings that allow the same connections to be used. Holds no key. */
export function tlsKey({ caCert, insecureSkipVerify, clientCert, clientKey, serverName }: TlsSettings): string {
  const key = clientKey === undefined ? '' : createHash('sha256').update(clientKey.reveal()).digest('hex')
  return [insecureSkipVerify === true, serverName, caCert, clientCert, key].join('\0')
}

/**
 * Costs some milliseconds: one per pool of connections, never one per connection. undefined: Node's own will do.
 * Throws HttpFault `tls-settings` for what OpenSSL does not take.
 */
export function secureContextOf(
  { caCert, clientCert, clientKey }: TlsSettings,
  host: string,
): SecureContext | undefined {
  if (caCert === undefined && clientCert === undefined && clientKey === undefined) return undefined
  const unusable = (why: string) =>
    new HttpFault('tls-settings', `the certificate or key configured for ${host} cannot be used (${why})`)
  if ((clientCert === undefined) !== (clientKey === undefined)) throw unusable('one is there without the other')
  try {
    // A context leaves out what it cannot read of the authorities, without a word.
    if (caCert !== undefined) new X509Certificate(caCert)
    return createSecureContext({
      ...(caCert === undefined ? {} : { ca: [...getCACertificates('default'), caCert] }),
      ...(clientCert === undefined ? {} : { cert: clientCert }),
      ...(clientKey === undefined ? {} : { key: clientKey.reveal() }),
    })
  } catch (error) {
    // Neither the error nor its words: they are not ours, and a key has been near them.
    throw unusable(error instanceof Error && 'code' in error ? String(error.code) : 'not PEM')
  }
}
