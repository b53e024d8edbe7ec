// The structured settings: TLS as Dragonfly's manager.yaml has it, and what is known of each registry.

import { current, type Live } from '../kit/live.ts'
import { Secret } from '../kit/secret.ts'
import {
  certificates,
  fileWith,
  isContent,
  isKeyOf,
  password,
  pem,
  privateKey,
  withoutNewline,
  type Watch,
} from './files.ts'
import { platform } from './platforms.ts'
import { byteRate, hostName, listOf, mistake, text, truth, wholeNumber, type Read } from './read.ts'

export interface TlsSettings {
  /** PEM text. */
  readonly caCert?: Live<string>
  readonly insecureSkipVerify?: boolean
}

export interface RegistrySettings extends TlsSettings {
  readonly username?: string
  readonly password?: Live<Secret>
  /** PEM text; there with clientKey, or not at all. */
  readonly clientCert?: Live<string>
  readonly clientKey?: Live<Secret>
  /** Sent as SNI, and what the certificate has to be for. */
  readonly serverName?: string
  readonly plainHttp?: boolean
  readonly platforms?: readonly string[]
  /** Requests at the same time. */
  readonly concurrency?: number
  /** Bytes a second. */
  readonly bandwidth?: number
}

type Fields = Readonly<Record<string, { readonly to: string; readonly read: Read<unknown>; readonly secret?: true }>>

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

/** `job.preheat.tls.{caCert,insecureSkipVerify}`; other keys of that file below `job` are not ours and are let be. */
export function readJobTls(job: unknown, watch: Watch, mistakes: string[]): TlsSettings {
  const preheat = isRecord(job) ? job['preheat'] : undefined
  const tls = isRecord(preheat) ? preheat['tls'] : undefined
  if (tls === undefined || tls === null) return {}
  const fields: Fields = {
    caCert: { to: 'caCert', read: pem(certificates, watch) },
    insecureSkipVerify: { to: 'insecureSkipVerify', read: truth },
  }
  return readFields('job.preheat.tls', tls, fields, mistakes)
}

/** `registries:` by host and port. */
export function readRegistries(
  value: unknown,
  watch: Watch,
  mistakes: string[],
): Readonly<Record<string, RegistrySettings>> {
  if (value === undefined || value === null) return {}
  if (!isRecord(value)) {
    mistakes.push('registries is no mapping; expected one from host and port to the settings of that registry')
    return {}
  }
  const fields = registryFields(watch)
  return Object.fromEntries(
    Object.entries(value).map(([host, given]) => {
      const name = `registries.${host}`
      const read: RegistrySettings = readFields(name, given, fields, mistakes)
      mistakes.push(...mistakesTogether(name, isRecord(given) ? given : {}, read))
      return [host.toLowerCase(), read]
    }),
  )
}

const registryFields = (watch: Watch): Fields => ({
  username: { to: 'username', read: text },
  password: { to: 'password', read: (given) => new Secret(text(given)), secret: true },
  password_file: { to: 'password', read: (given) => secretly(fileWith(password, watch)(given), withoutNewline) },
  ca_cert: { to: 'caCert', read: pem(certificates, watch) },
  client_cert: { to: 'clientCert', read: pem(certificates, watch) },
  client_key: { to: 'clientKey', read: (given) => secretly(pem(privateKey, watch)(given)), secret: true },
  server_name: { to: 'serverName', read: hostName },
  insecure_skip_verify: { to: 'insecureSkipVerify', read: truth },
  plain_http: { to: 'plainHttp', read: truth },
  platforms: { to: 'platforms', read: listOf(platform) },
  concurrency: { to: 'concurrency', read: wholeNumber(1, 1000) },
  bandwidth: { to: 'bandwidth', read: byteRate },
})

const secretly = (live: Live<string>, part = (content: string) => content): Live<Secret> =>
  typeof live === 'function' ? () => new Secret(part(live())) : new Secret(part(live))

/** What each key allows by itself, and not beside (or without) another. */
function mistakesTogether(name: string, given: Record<string, unknown>, read: RegistrySettings): string[] {
  const has = (key: string) => isGiven(given[key])
  const hasPassword = has('password') || has('password_file')
  const { clientCert, clientKey } = read
  const strangers =
    clientCert !== undefined && clientKey !== undefined && !isKeyOf(current(clientKey).reveal(), current(clientCert))
  return [
    ...(has('password') && has('password_file') ? [`${name} has both password and password_file; expected one`] : []),
    // Nobody would be told that it is not used.
    ...(hasPassword && !has('username') ? [`${name} has a password; expected username beside it`] : []),
    ...(has('client_cert') && !has('client_key') ? [`${name} has client_cert; expected client_key beside it`] : []),
    ...(has('client_key') && !has('client_cert') ? [`${name} has client_key; expected client_cert beside it`] : []),
    ...(strangers ? [`${name} has a client_key that is not of its client_cert; expected its own`] : []),
  ]
}

/** Values of unknown keys are not shown: one may be a password whose key was misspelt. */
function readFields(name: string, value: unknown, fields: Fields, mistakes: string[]): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  const keys = Object.keys(fields).join(', ')
  if (!isRecord(value)) {
    mistakes.push(`${name} is no mapping; expected one with ${keys}`)
    return out
  }
  for (const [key, given] of Object.entries(value)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (field === undefined) mistakes.push(`${name}.${key} is not a setting; expected one of ${keys}`)
    if (field === undefined || !isGiven(given)) continue
    try {
      out[field.to] = field.read(given)
    } catch (error) {
      const shown = field.secret === true || isContent(given) ? '***' : given
      mistakes.push(mistake(`${name}.${key}`, shown, (error as Error).message))
    }
  }
  return out
}
