// What the outgoing client threw, as a Failure with one sentence for a person: the registry's doing, or a peer's.

import { HttpFault, type HttpFaultKind } from '../kit/http-fault.ts'
import { Failure, type FailureCode } from '../model/failure.ts'
import type { Where } from './refusal.ts'

interface Reason {
  readonly atRegistry: FailureCode
  readonly atPeer: FailureCode
  readonly words: (host: string) => string
}

const reasons: Readonly<Record<HttpFaultKind, Reason>> = {
  // The same words whatever the address was, so that nobody can learn our network from them.
  denied: {
    atRegistry: 'egress.denied',
    atPeer: 'egress.denied',
    words: () => 'it led to an address that may not be reached from here',
  },
  'name-not-found': {
    atRegistry: 'registry.unreachable',
    atPeer: 'peer.unreachable',
    words: (host) => `the name ${host} cannot be resolved`,
  },
  refused: {
    atRegistry: 'registry.unreachable',
    atPeer: 'peer.unreachable',
    words: (host) => `${host} refused the connection`,
  },
  unreachable: {
    atRegistry: 'registry.unreachable',
    atPeer: 'peer.unreachable',
    words: (host) => `there is no route to ${host}`,
  },
  'connect-timeout': {
    atRegistry: 'registry.unreachable',
    atPeer: 'peer.unreachable',
    words: (host) => `${host} did not accept a connection in time`,
  },
  'first-byte-timeout': {
    atRegistry: 'registry.unreachable',
    atPeer: 'peer.slow',
    words: (host) => `${host} did not begin to answer in time`,
  },
  'tls-unknown-authority': {
    atRegistry: 'registry.tls-unknown-authority',
    atPeer: 'peer.misconfigured',
    words: (host) => `the certificate of ${host} is signed by an authority that is not trusted here`,
  },
  'tls-expired': {
    atRegistry: 'registry.tls-expired',
    atPeer: 'peer.misconfigured',
    words: (host) => `the certificate of ${host} is not valid at this time`,
  },
  'tls-wrong-host': {
    atRegistry: 'registry.tls-wrong-host',
    atPeer: 'peer.misconfigured',
    words: (host) => `the certificate of ${host} is for another host`,
  },
  'tls-client-certificate': {
    atRegistry: 'registry.tls',
    atPeer: 'peer.denied',
    words: (host) => `${host} wants a client certificate that it accepts`,
  },
  'tls-settings': {
    atRegistry: 'registry.tls-settings',
    atPeer: 'peer.misconfigured',
    words: (host) => `the certificate or key configured for ${host} cannot be used`,
  },
  tls: {
    atRegistry: 'registry.tls',
    atPeer: 'peer.misconfigured',
    words: (host) => `the TLS handshake with ${host} failed`,
  },
  'plain-http': {
    atRegistry: 'registry.tls',
    atPeer: 'peer.misconfigured',
    words: (host) => `${host} speaks plain HTTP where TLS was expected`,
  },
  'tls-spoken': {
    atRegistry: 'registry.tls',
    atPeer: 'peer.misconfigured',
    words: (host) => `${host} speaks TLS where plain HTTP was expected`,
  },
  'broken-off': {
    atRegistry: 'registry.broken-off',
    atPeer: 'peer.broken',
    words: (host) => `the connection to ${host} broke off`,
  },
  'no-progress': {
    atRegistry: 'registry.broken-off',
    atPeer: 'peer.slow',
    words: (host) => `${host} stopped, or came too slowly, in the middle of its answer`,
  },
  'too-large': {
    atRegistry: 'registry.too-large',
    atPeer: 'peer.misconfigured',
    words: (host) => `${host} sent more than is legitimate here`,
  },
  malformed: {
    atRegistry: 'registry.invalid',
    atPeer: 'peer.misconfigured',
    words: (host) => `${host} sent something that is not HTTP`,
  },
}

/** Anything that is no HttpFault (an abort, the reader's own error) stays as it is. */
export const faultOf = (error: unknown, where: Where, host: string): unknown =>
  failureOf(error, where, host, 'atRegistry')

/** As faultOf, of a request to a peer, or to where it led. `who` reads like `The peer squid-1:3128`. */
export const peerFaultOf = (error: unknown, where: Where, host: string): unknown =>
  failureOf(error, where, host, 'atPeer')

function failureOf(error: unknown, { who, what }: Where, host: string, whose: 'atRegistry' | 'atPeer'): unknown {
  if (!(error instanceof HttpFault)) return error
  const { words, [whose]: code } = reasons[error.kind]
  const facts = { host, fault: error.kind, ...(error.rule === undefined ? {} : { rule: error.rule }) }
  return new Failure(code, `${who} could not give ${what}: ${words(host)}.`, { facts, cause: error })
}
