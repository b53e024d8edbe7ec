// What went wrong with a request to a peer, as a Failure with one sentence for a person.

import { HttpFault, type HttpFaultKind } from '../kit/http-fault.ts'
import { Failure, type FailureCode } from '../model/failure.ts'
import type { Where } from './refusal.ts'

const reasons: Readonly<Record<HttpFaultKind, readonly [FailureCode, (host: string) => string]>> = {
  // The same words whatever the address was, so that nobody can learn our network from them.
  denied: ['egress.denied', () => 'it led to an address that may not be reached from here'],
  'name-not-found': ['peer.unreachable', (host) => `the name ${host} cannot be resolved`],
  refused: ['peer.unreachable', (host) => `${host} refused the connection`],
  unreachable: ['peer.unreachable', (host) => `there is no route to ${host}`],
  'connect-timeout': ['peer.unreachable', (host) => `${host} did not accept a connection in time`],
  'first-byte-timeout': ['peer.slow', (host) => `${host} did not begin to answer in time`],
  'no-progress': ['peer.slow', (host) => `${host} stopped, or came too slowly, in the middle of its answer`],
  'broken-off': ['peer.broken', (host) => `the connection to ${host} broke off`],
  'tls-unknown-authority': [
    'peer.misconfigured',
    (host) => `the certificate of ${host} is signed by an authority that is not trusted here`,
  ],
  'tls-expired': ['peer.misconfigured', (host) => `the certificate of ${host} is not valid at this time`],
  'tls-wrong-host': ['peer.misconfigured', (host) => `the certificate of ${host} is for another host`],
  'tls-client-certificate': ['peer.denied', (host) => `${host} wants a client certificate that it accepts`],
  'tls-settings': ['peer.misconfigured', (host) => `the certificate or key configured for ${host} cannot be used`],
  tls: ['peer.misconfigured', (host) => `the TLS handshake with ${host} failed`],
  'plain-http': ['peer.misconfigured', (host) => `${host} speaks plain HTTP where TLS was expected`],
  'tls-spoken': ['peer.misconfigured', (host) => `${host} speaks TLS where plain HTTP was expected`],
  'too-large': ['peer.misconfigured', (host) => `${host} sent more than is legitimate here`],
  malformed: ['peer.misconfigured', (host) => `${host} sent something that is not HTTP`],
}

/**
 * What the outgoing client threw at a request to a peer (or to where it led), as a Failure; anything else (an abort, the
 * reader's own error) as it is. `who` reads like `The peer squid-1:3128`.
 */
export function peerFaultOf(error: unknown, { who, what }: Where, host: string): unknown {
  if (!(error instanceof HttpFault)) return error
  const [code, reason] = reasons[error.kind]
  const facts = { host, fault: error.kind, ...(error.rule === undefined ? {} : { rule: error.rule }) }
  return new Failure(code, `${who} could not give ${what}: ${reason(host)}.`, { facts, cause: error })
}
