// How far a certificate is trusted, and the TLS context that follows from it.

import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'

export interface TlsSettings {
  /** PEM text of authorities that are trusted beside the machine's own. */
  readonly caCert?: string
  /** Any certificate will do. Only where somebody has asked for just that. */
  readonly insecureSkipVerify?: boolean
}

/** Equal for settings that allow the same connections to be used. */
export const tlsKey = ({ caCert = '', insecureSkipVerify = false }: TlsSettings): string =>
  `${insecureSkipVerify ? 'any' : 'verified'} ${caCert}`

/** Costs some milliseconds: one per pool of connections, never one per connection. undefined: Node's own will do. */
export function secureContextOf({ caCert }: TlsSettings): SecureContext | undefined {
  return caCert === undefined ? undefined : createSecureContext({ ca: [...getCACertificates('default'), caCert] })
}
