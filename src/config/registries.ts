// The structured settings: TLS as Dragonfly's manager.yaml has it, and what is known of each registry.

import type { Live } from '../kit/live.ts'
import { Secret } from '../kit/secret.ts'
import { certificates, fileWith, password, pem, withoutNewline, type Watch } from './files.ts'
import { isGiven, isRecord, readFields, type Fields } from './mapping.ts'
import { platform } from './platforms.ts'
import { byteRate, listOf, text, truth, wholeNumber } from './read.ts'
import type { LiveTls } from '../kit/tls.ts'
import { mistakesOfPair, secretly, tlsFields } from './tls.ts'

export interface RegistrySettings extends LiveTls {
  readonly username?: string
  readonly password?: Live<Secret>
  readonly plainHttp?: boolean
  readonly platforms?: readonly string[]
  /** Requests at the same time. */
  readonly concurrency?: number
  /** Bytes a second. */
  readonly bandwidth?: number
}

/** `job.preheat.tls.{caCert,insecureSkipVerify}`; other keys of that file below `job` are not ours and are let be. */
export function readJobTls(job: unknown, watch: Watch, mistakes: string[]): LiveTls {
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
  ...tlsFields(watch),
  plain_http: { to: 'plainHttp', read: truth },
  platforms: { to: 'platforms', read: listOf(platform) },
  concurrency: { to: 'concurrency', read: wholeNumber(1, 1000) },
  bandwidth: { to: 'bandwidth', read: byteRate },
})

/** What each key allows by itself, and not beside (or without) another. */
function mistakesTogether(name: string, given: Record<string, unknown>, read: RegistrySettings): string[] {
  const has = (key: string) => isGiven(given[key])
  const hasPassword = has('password') || has('password_file')
  return [
    ...(has('password') && has('password_file') ? [`${name} has both password and password_file; expected one`] : []),
    // Nobody would be told that it is not used.
    ...(hasPassword && !has('username') ? [`${name} has a password; expected username beside it`] : []),
    ...mistakesOfPair(name, given, read),
  ]
}
