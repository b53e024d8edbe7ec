// The structured settings: TLS as Dragonfly's manager.yaml has it, and what is known of each registry.

import { Secret } from '../kit/secret.ts'
import { platform } from './platforms.ts'
import { listOf, text, truth, type Read } from './read.ts'

export interface TlsSettings {
  /** PEM text. */
  readonly caCert?: string
  readonly insecureSkipVerify?: boolean
}

export interface RegistrySettings extends TlsSettings {
  readonly username?: string
  readonly password?: Secret
  readonly plainHttp?: boolean
  readonly platforms?: readonly string[]
}

/** Notes a mistake: the setting's name, its value (left out for secrets) and what was expected. */
export type Complain = (name: string, value: unknown, expected: string) => void
export type ReadFile = (path: string) => string

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** PEM text, given as such or as a path. Dragonfly's caCert takes both. */
const certificate =
  (readFile: ReadFile): Read<string> =>
  (value) => {
    const given = text(value)
    if (given.includes('-----BEGIN CERTIFICATE-----')) return given
    let content: string
    try {
      content = readFile(given)
    } catch {
      throw new RangeError('PEM text, or the path of a file that can be read')
    }
    if (!content.includes('-----BEGIN CERTIFICATE-----')) throw new RangeError('a file with a PEM certificate in it')
    return content
  }

type Fields = Readonly<Record<string, { readonly to: string; readonly read: Read<unknown>; readonly secret?: true }>>

function readFields(name: string, value: unknown, fields: Fields, complain: Complain): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  if (!isRecord(value)) {
    complain(name, value, `a mapping with ${Object.keys(fields).join(', ')}`)
    return out
  }
  for (const [key, given] of Object.entries(value)) {
    const field = fields[key]
    if (field === undefined) {
      complain(`${name}.${key}`, given, `one of ${Object.keys(fields).join(', ')}`)
      continue
    }
    if (given === null || given === '') continue
    try {
      out[field.to] = field.read(given)
    } catch (error) {
      complain(`${name}.${key}`, field.secret ? '***' : given, (error as Error).message)
    }
  }
  return out
}

/** `job.preheat.tls.{caCert,insecureSkipVerify}`; other keys of that file below `job` are not ours and are let be. */
export function readJobTls(job: unknown, readFile: ReadFile, complain: Complain): TlsSettings {
  const preheat = isRecord(job) ? job['preheat'] : undefined
  const tls = isRecord(preheat) ? preheat['tls'] : undefined
  if (tls === undefined || tls === null) return {}
  const fields: Fields = {
    caCert: { to: 'caCert', read: certificate(readFile) },
    insecureSkipVerify: { to: 'insecureSkipVerify', read: truth },
  }
  return readFields('job.preheat.tls', tls, fields, complain)
}

/** `registries:` by host and port. */
export function readRegistries(
  value: unknown,
  readFile: ReadFile,
  complain: Complain,
): Readonly<Record<string, RegistrySettings>> {
  if (value === undefined || value === null) return {}
  if (!isRecord(value)) {
    complain('registries', value, 'a mapping from host and port to the settings of that registry')
    return {}
  }
  const fields: Fields = {
    username: { to: 'username', read: text },
    password: { to: 'password', read: (given) => new Secret(text(given)), secret: true },
    ca_cert: { to: 'caCert', read: certificate(readFile) },
    insecure_skip_verify: { to: 'insecureSkipVerify', read: truth },
    plain_http: { to: 'plainHttp', read: truth },
    platforms: { to: 'platforms', read: listOf(platform) },
  }
  return Object.fromEntries(
    Object.entries(value).map(([host, given]) => [
      host.toLowerCase(),
      readFields(`registries.${host}`, given, fields, complain),
    ]),
  )
}
