// TLS towards a registry or the peers of a cluster: whom we trust, and who we say we are.

import { current, type Live } from '../kit/live.ts'
import type { LiveTls } from '../kit/tls.ts'
import { Secret } from '../kit/secret.ts'
import { certificates, isKeyOf, pem, privateKey, type Watch } from './files.ts'
import { isGiven, type Fields } from './mapping.ts'
import { hostName, truth } from './read.ts'

export const tlsFields = (watch: Watch): Fields => ({
  ca_cert: { to: 'caCert', read: pem(certificates, watch) },
  client_cert: { to: 'clientCert', read: pem(certificates, watch) },
  client_key: { to: 'clientKey', read: (given) => secretly(pem(privateKey, watch)(given)), secret: true },
  server_name: { to: 'serverName', read: hostName },
  insecure_skip_verify: { to: 'insecureSkipVerify', read: truth },
})

export const secretly = (live: Live<string>, part = (content: string) => content): Live<Secret> =>
  typeof live === 'function' ? () => new Secret(part(live())) : new Secret(part(live))

/** What certificate and key allow each by itself, and not beside (or without) the other. */
export function mistakesOfPair(name: string, given: Record<string, unknown>, read: LiveTls): string[] {
  const has = (key: string) => isGiven(given[key])
  const { clientCert, clientKey } = read
  const strangers =
    clientCert !== undefined && clientKey !== undefined && !isKeyOf(current(clientKey).reveal(), current(clientCert))
  return [
    ...(has('client_cert') && !has('client_key') ? [`${name} has client_cert; expected client_key beside it`] : []),
    ...(has('client_key') && !has('client_cert') ? [`${name} has client_key; expected client_cert beside it`] : []),
    ...(strangers ? [`${name} has a client_key that is not of its client_cert; expected its own`] : []),
  ]
}
