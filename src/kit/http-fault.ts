// What can go wrong with an outgoing request, told apart by what a person can do about it.

export type HttpFaultKind =
  /** The egress policy refused the address; `rule` says which rule. */
  | 'denied'
  | 'name-not-found'
  | 'refused'
  /** No route, or the network is down. */
  | 'unreachable'
  | 'connect-timeout'
  | 'tls-unknown-authority'
  /** Or not valid yet. */
  | 'tls-expired'
  | 'tls-wrong-host'
  /** The server wants a client certificate, and there was none, or not one that it accepts. */
  | 'tls-client-certificate'
  /** What is configured for the host is no certificate or key that can be used. */
  | 'tls-settings'
  | 'tls'
  /** We spoke TLS, the other side plain HTTP. */
  | 'plain-http'
  /** We spoke plain HTTP, the other side TLS. */
  | 'tls-spoken'
  /** The connection ended in the middle of a request or an answer. */
  | 'broken-off'
  | 'first-byte-timeout'
  | 'no-progress'
  | 'too-large'
  /** The answer is not HTTP as anybody speaks it. */
  | 'malformed'

/** `message` is for the log: it may hold text that came from outside. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault'
  readonly kind: HttpFaultKind
  /** Of the egress policy; only with `denied`. */
  readonly rule: string | undefined

  constructor(
    kind: HttpFaultKind,
    message: string,
    options: { readonly rule?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.kind = kind
    this.rule = options.rule
  }
}

/** Codes of Node, of OpenSSL as Node names them, and of undici. */
const kindOfCode: Readonly<Record<string, HttpFaultKind>> = {
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  EAI_FAIL: 'name-not-found',
  ENODATA: 'name-not-found',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls-unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'tls-unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls-unknown-authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls-unknown-authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls-unknown-authority',
  CERT_SIGNATURE_FAILURE: 'tls-unknown-authority',
  CERT_UNTRUSTED: 'tls-unknown-authority',
  INVALID_CA: 'tls-unknown-authority',
  CERT_HAS_EXPIRED: 'tls-expired',
  CERT_NOT_YET_VALID: 'tls-expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls-wrong-host',
  HOSTNAME_MISMATCH: 'tls-wrong-host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'plain-http',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'plain-http',
  EPROTO: 'tls',
  ECONNRESET: 'broken-off',
  EPIPE: 'broken-off',
  UND_ERR_SOCKET: 'broken-off',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'broken-off',
  UND_ERR_CLOSED: 'broken-off',
  UND_ERR_DESTROYED: 'broken-off',
  UND_ERR_HEADERS_OVERFLOW: 'too-large',
  // undici asserts what only a hostile server does: status 000, or a 101 without Upgrade.
  ERR_ASSERTION: 'malformed',
}

/** What undici says of a 101 and of a 100, neither of which we ask for. */
const notAsked = /^bad (?:upgrade|response)$/

/** What the transport threw, as an HttpFault; undefined for what no network does, which is then a fault of ours. */
export function httpFaultOf(error: unknown): HttpFault | undefined {
  if (error instanceof HttpFault) return error
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const kind = notAsked.test(error.message) ? 'malformed' : (kindOfCode[code] ?? kindOfOther(code, error))
  return kind === undefined ? undefined : new HttpFault(kind, error.message, { cause: error })
}

/** Alerts that can only be about a certificate of ours: a server gets no other. */
const aboutOurCertificate = /_ALERT_(?:\w*CERTIFICATE\w*|UNKNOWN_CA|ACCESS_DENIED)$/
/** How a TLS alert begins (RFC 8446 section 5.1): the answer to plain words on a port for TLS. */
const tlsAlert = '\u0015\u0003'

function kindOfOther(code: string, error: Error): HttpFaultKind | undefined {
  // undici's parser gives no code. An end in the middle of a message is a broken connection.
  if (error.name === 'HTTPParserError') {
    if ('data' in error && String(error.data).startsWith(tlsAlert)) return 'tls-spoken'
    return error.message.includes('EOF') ? 'broken-off' : 'malformed'
  }
  if (aboutOurCertificate.test(code)) return 'tls-client-certificate'
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code.startsWith('ERR_OSSL_')) return 'tls'
  if (code.startsWith('CERT_') || code.startsWith('UNABLE_TO_')) return 'tls'
  return error.cause instanceof Error ? httpFaultOf(error.cause)?.kind : undefined
}
