// Every way in which something can go wrong, as one table and one error class.

import { onOneLine } from '../kit/redact.ts'

/** Whose doing it is: it decides who is told, and what they can do. */
export type Side = 'caller' | 'registry' | 'peer' | 'store' | 'self'

interface Kind {
  readonly side: Side
  /** Worth another try without anybody changing anything. */
  readonly temporary: boolean
  readonly hint: string
}

const kinds = {
  'request.invalid': { side: 'caller', temporary: false, hint: 'Correct the request and send it again.' },
  'request.too-large': {
    side: 'caller',
    temporary: false,
    hint: 'A request body may hold at most 1 MiB; split the list.',
  },
  'request.wrong-method': {
    side: 'caller',
    temporary: false,
    hint: 'The Allow header names the methods that are served here.',
  },
  'request.unsupported': { side: 'caller', temporary: false, hint: 'Send the body as application/json.' },
  'request.conflict': { side: 'caller', temporary: false, hint: 'Look at what is there already, and decide again.' },
  'request.too-many': { side: 'caller', temporary: true, hint: 'Wait as long as Retry-After says.' },
  'request.not-found': { side: 'caller', temporary: false, hint: 'Check the path and the id.' },
  'reference.invalid': {
    side: 'caller',
    temporary: false,
    hint: 'Name the image as registry/repository:tag, registry/repository@sha256:… or by its manifest URL.',
  },
  'cluster.unknown': { side: 'caller', temporary: false, hint: 'Leave the cluster ids out to mean all clusters.' },
  'auth.missing': { side: 'caller', temporary: false, hint: 'Send "Authorization: Bearer <token>".' },
  'auth.denied': { side: 'caller', temporary: false, hint: 'Use a token that has the scope this call needs.' },
  'egress.denied': {
    side: 'caller',
    temporary: false,
    hint: 'Allow the address with WARMFRONT_EGRESS_ALLOW if it is meant to be reached; the log names the rule.',
  },
  'job.deadline': {
    side: 'self',
    temporary: false,
    hint: 'Give the job a longer timeout, or find what was slow in its tasks.',
  },
  'job.cancelled': {
    side: 'caller',
    temporary: false,
    hint: 'Somebody cancelled the job; submit it again if it is still wanted.',
  },
  'registry.unreachable': {
    side: 'registry',
    temporary: true,
    hint: 'Check the host and port, name resolution and the network path from this machine.',
  },
  'registry.tls-unknown-authority': {
    side: 'registry',
    temporary: false,
    hint: "Set ca_cert for this registry to the authority's certificate (path or PEM).",
  },
  'registry.tls-expired': {
    side: 'registry',
    temporary: false,
    hint: "Renew the registry's certificate, and check this machine's clock.",
  },
  'registry.tls-wrong-host': {
    side: 'registry',
    temporary: false,
    hint: 'Name the registry by a host that its certificate carries, or correct the certificate.',
  },
  'registry.tls': {
    side: 'registry',
    temporary: false,
    hint: 'The TLS handshake failed; a registry without TLS needs plain_http: true.',
  },
  'registry.tls-settings': {
    side: 'registry',
    temporary: true, // files that are being renewed fit together again a moment later
    hint: 'Check ca_cert, client_cert and client_key in the settings of this registry: they must be PEM and belong together.',
  },
  'registry.denied': {
    side: 'registry',
    temporary: false,
    hint: 'Give a credential that may pull this repository, in the request or in the settings of the registry.',
  },
  'registry.token-expired': {
    side: 'registry',
    temporary: false,
    hint: 'Configure a credential for the registry: it takes over where the token of a request expires in the queue.',
  },
  'registry.not-found': {
    side: 'registry',
    temporary: false,
    hint: 'Check the repository and the tag; the tag may have moved.',
  },
  'registry.busy': {
    side: 'registry',
    temporary: true,
    hint: 'The registry asked us to slow down or failed for the moment.',
  },
  'registry.refused': {
    side: 'registry',
    temporary: false,
    hint: "Read the registry's own message; a policy may forbid the pull.",
  },
  'registry.broken-off': {
    side: 'registry',
    temporary: true,
    hint: 'The connection broke in the middle; the rest is asked for by range.',
  },
  'registry.invalid': {
    side: 'registry',
    temporary: false,
    hint: 'The registry sent something that no registry should send.',
  },
  'registry.too-large': {
    side: 'registry',
    temporary: false,
    hint: 'The answer is larger than any that is legitimate here.',
  },
  'registry.no-platform': {
    side: 'registry',
    temporary: false,
    hint: 'Ask for one of the platforms that the image has.',
  },
  'registry.wrong-digest': {
    side: 'registry',
    temporary: true,
    hint: 'The bytes received are not the bytes asked for; look for a damaged blob or a meddling proxy.',
  },
  'peer.unreachable': {
    side: 'peer',
    temporary: true,
    hint: 'Check that the peer runs, its address and port in the cluster, and the network path from this machine.',
  },
  'peer.busy': {
    side: 'peer',
    temporary: true,
    hint: 'The peer asked us to slow down; lower peer_concurrency if it keeps doing so.',
  },
  'peer.slow': {
    side: 'peer',
    temporary: true,
    hint: 'The peer took too long to answer or to go on; look at its load, its disk and its own way to the origin.',
  },
  'peer.denied': {
    side: 'peer',
    temporary: false,
    hint: 'Give the credential or client certificate that the peer asks for, in the settings of its host or its cluster.',
  },
  'peer.misconfigured': {
    side: 'peer',
    temporary: false,
    hint: 'The peer and what its cluster says about it do not fit together; compare the two.',
  },
  'peer.not-cached': {
    side: 'peer',
    temporary: false,
    hint: "The peer passed the bytes on and kept nothing: look at its caching rules, its size limits and its origin's headers.",
  },
  'peer.unsupported': {
    side: 'peer',
    temporary: false,
    hint: 'Choose a cluster whose peers can do this; docs/peers.md says which can do what.',
  },
  'peer.full': {
    side: 'peer',
    temporary: false,
    hint: 'Give the peer more room (cache_size), or preheat less at once.',
  },
  'peer.broken': { side: 'peer', temporary: true, hint: "Look at the peer's disk and its log." },
  'peer.none': { side: 'peer', temporary: false, hint: 'The clusters asked for have no peer that fits the scope.' },
  'store.unavailable': { side: 'store', temporary: true, hint: 'Check the database, its address and its disk.' },
  'self.sealed': {
    side: 'self',
    temporary: false,
    hint: 'The credential was sealed with another key; give all replicas the same WARMFRONT_SECRET_KEY.',
  },
  'self.stopping': { side: 'self', temporary: true, hint: 'This replica is stopping; another one goes on.' },
  'self.fault': { side: 'self', temporary: false, hint: 'This is a fault of ours; the log has the details.' },
} as const satisfies Record<string, Kind>

export type FailureCode = keyof typeof kinds
/** For the log only: never shown to a client. */
export type Facts = Readonly<Record<string, string | number | boolean>>

/** A failure as it is kept in a row and shown to a person. */
export interface Problem {
  readonly code: FailureCode
  readonly side: Side
  readonly message: string
  readonly hint: string
}

export const failureCodes = Object.keys(kinds) as readonly FailureCode[]
export const failureKind = (code: FailureCode): Kind => kinds[code]

/** What is wrong with one field of a request. */
export interface FieldFault {
  /** Its path as the client wrote it, such as `args.urls.0`. Never a secret of the client. */
  readonly field: string
  /** One sentence. */
  readonly message: string
}

export interface FailureOptions {
  readonly facts?: Facts
  /** The one field that the whole message is about, for contracts that say so. */
  readonly field?: string
  /** Several of them, each with a sentence of its own. */
  readonly fields?: readonly FieldFault[]
  readonly cause?: unknown
  /** What the other side asked for in Retry-After. */
  readonly retryAfterMs?: number
}

/** Every refusal and accident in the service. `message` is one sentence that may be shown to a client. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode
  readonly facts: Facts
  /** Empty where it is no field that is wrong. */
  readonly fields: readonly FieldFault[]
  readonly retryAfterMs: number | undefined

  constructor(code: FailureCode, message: string, options: FailureOptions = {}) {
    // Part of it may have come from outside.
    super(onOneLine(message), { cause: options.cause })
    this.code = code
    this.facts = options.facts ?? {}
    const { field, fields = [] } = options
    this.fields = field === undefined ? fields : [{ field, message: this.message }]
    this.retryAfterMs = options.retryAfterMs
  }

  get side(): Side {
    return kinds[this.code].side
  }

  get temporary(): boolean {
    return kinds[this.code].temporary
  }

  get problem(): Problem {
    const { side, hint } = kinds[this.code]
    return { code: this.code, side, message: this.message, hint }
  }
}

/** Whatever was thrown, as a Failure. What is not one already is a fault of ours, and its text stays in the log. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown
  return new Failure('self.fault', 'Something went wrong inside Warmfront.', { cause: thrown })
}

/** A refusal that says nothing about what another caller's credential or registry would get. */
export const isAskersOwn = (thrown: unknown): boolean =>
  thrown instanceof Failure && !thrown.temporary && (thrown.side === 'registry' || thrown.side === 'caller')
