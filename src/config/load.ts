// The configuration of one process: file and environment in, typed values out, or every mistake at once.

import { parseDocument, YAMLParseError, YAMLWarning } from 'yaml'
import { Secret } from '../kit/secret.ts'
import { readClusters, type ClusterSettings } from './clusters.ts'
import { fileWith, isContent, type Watch } from './files.ts'
import { mistake } from './read.ts'
import { readJobTls, readRegistries, type RegistrySettings } from './registries.ts'
import { environmentName, settings, type Setting, type SettingName, type SettingValue } from './settings.ts'
import type { LiveTls } from '../kit/tls.ts'

type SecretName = 'database_url' | 'admin_token' | 'secret_key'

type Values = {
  readonly [N in Exclude<SettingName, SecretName | 'docker_config' | 'origin_bandwidth'>]: SettingValue<N>
} & {
  readonly [N in SecretName]: Secret | undefined
} & {
  /** The text of that file as it is now: a JSON object. */
  readonly docker_config: (() => string) | undefined
  /** Bytes a second. */
  readonly origin_bandwidth: number | undefined
}

export interface Config extends Values {
  readonly tls: LiveTls
  readonly registries: Readonly<Record<string, RegistrySettings>>
  readonly clusters: readonly ClusterSettings[]
}

export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Throws when the file cannot be read. */
  readonly readFile: (path: string) => string
  readonly watch: Watch
}

/** Its message names every mistake, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  constructor(mistakes: readonly string[]) {
    super(['The settings are not right:', ...mistakes.map((mistake) => `  - ${mistake}`)].join('\n'))
  }
}

const usualFile = 'warmfront.yaml'
const structured = new Set(['job', 'registries', 'clusters'])

/** The environment wins over the file. An empty variable counts as not set. Throws ConfigError. */
export function loadConfig(given: Sources): Config {
  const sources = { ...given, env: withoutServiceLinks(given.env) }
  const mistakes: string[] = []
  const file = readSettingsFile(sources, mistakes)
  for (const name of Object.keys(file)) {
    if (!structured.has(name) && !Object.hasOwn(settings, name)) mistakes.push(`${name} is not a setting`)
  }
  for (const name of Object.keys(sources.env)) {
    if (name.startsWith('WARMFRONT_') && !knownVariables.has(name)) mistakes.push(`${name} is not a setting`)
  }
  const values = Object.fromEntries(
    Object.entries(settings).map(([name, row]) => [name, readOne(name, row, { file, sources, mistakes })]),
  )
  const tls = readJobTls(file['job'], sources.watch, mistakes)
  const registries = readRegistries(file['registries'], sources.watch, mistakes)
  const clusters = readClusters(file['clusters'], sources.watch, mistakes)
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return { ...(values as unknown as Values), tls, registries, clusters }
}

/**
 * Kubernetes gives every pod beside a Service named `warmfront` variables such as WARMFRONT_PORT=tcp://10.0.0.7:8080 and
 * WARMFRONT_SERVICE_HOST; they are not meant for us.
 */
function withoutServiceLinks(env: Sources['env']): Sources['env'] {
  const link = /^WARMFRONT_(?:SERVICE_(?:HOST|PORT.*)|PORT_\d+_(?:TCP|UDP|SCTP).*)$/
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) => !link.test(name) && !(name === 'WARMFRONT_PORT' && /^(?:tcp|udp|sctp):\/\//.test(value ?? '')),
    ),
  )
}

const knownVariables = new Set([
  'WARMFRONT_CONFIG',
  'WARMFRONT_TEST_REQUIRE_ALL',
  ...Object.keys(settings).map(environmentName),
])

interface From {
  readonly file: Readonly<Record<string, unknown>>
  readonly sources: Sources
  readonly mistakes: string[]
}

function readOne(name: string, row: Setting<unknown>, { file, sources, mistakes }: From): unknown {
  const { env } = sources
  const variable = [environmentName(name), ...(row.alias === undefined ? [] : [row.alias])].find(
    (candidate) => (env[candidate] ?? '') !== '',
  )
  const inFile = file[name] !== undefined && file[name] !== null
  const given = variable === undefined ? (inFile ? file[name] : row.fallback) : env[variable]
  if (given === null) return undefined
  try {
    const value = row.read(given)
    if (row.file !== undefined) return fileWith(row.file, sources.watch)(value)
    return row.secret === true ? new Secret(String(value)) : value
  } catch (error) {
    const expected = error instanceof Error ? error.message : 'something else'
    const hidden = row.secret === true || (row.file !== undefined && isContent(given))
    mistakes.push(mistake(variable ?? name, hidden ? '***' : given, expected))
    return undefined
  }
}

function readSettingsFile(sources: Sources, mistakes: string[]): Readonly<Record<string, unknown>> {
  const named = sources.env['WARMFRONT_CONFIG'] ?? ''
  const path = named === '' ? usualFile : named
  let content: string
  try {
    content = sources.readFile(path)
  } catch {
    if (named !== '') mistakes.push(`WARMFRONT_CONFIG is ${JSON.stringify(named)}; expected a file that can be read`)
    return {}
  }
  try {
    const document = parseDocument(content)
    const wrong = document.errors[0] ?? document.warnings[0]
    if (wrong !== undefined) throw wrong
    const parsed: unknown = document.toJS({ maxAliasCount: 100 })
    if (parsed === null || parsed === undefined) return {}
    if (typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as Record<string, unknown>
    mistakes.push(`${path} holds no mapping; expected "name: value" lines`)
  } catch (error) {
    mistakes.push(`${path} is not YAML: ${withoutQuotes(error)}`)
  }
  return {}
}

/** The parser's words without what they quote of the file: a password that begins with `*`, `!` or `|` is no YAML. */
function withoutQuotes(error: unknown): string {
  const [what = 'unreadable'] = error instanceof Error ? error.message.split(/: | at line |\n/) : []
  const [at] = error instanceof YAMLParseError || error instanceof YAMLWarning ? (error.linePos ?? []) : []
  return at === undefined ? what : `${what} in line ${at.line}`
}
