// `clusters:` of the settings file: who carries the bytes to the nodes.

import type { Watch } from './files.ts'
import { isGiven, isRecord, readFields, type Fields } from './mapping.ts'
import { platform } from './platforms.ts'
import { listOf, mistake, text } from './read.ts'
import type { LiveTls } from '../kit/tls.ts'
import { mistakesOfPair, tlsFields } from './tls.ts'

export interface ClusterSettings {
  readonly name: string
  readonly driver: string
  readonly platforms: readonly string[]
  /** All other keys, as they stand there: its driver judges them. */
  readonly settings: Readonly<Record<string, unknown>>
  /** There where TLS is to be spoken to the peers. */
  readonly tls?: LiveTls
}

/** As the clusters API has it. */
const longestName = 100

const fields: Fields = {
  name: { to: 'name', read: nameOfCluster },
  driver: { to: 'driver', read: text },
  platforms: { to: 'platforms', read: listOf(platform) },
}

/** In the order of the file. */
export function readClusters(value: unknown, watch: Watch, mistakes: string[]): readonly ClusterSettings[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    mistakes.push('clusters is no list; expected one of mappings with name, driver and what the driver needs')
    return []
  }
  const read = value.map((given: unknown, n) => readCluster(`clusters[${n}]`, given, watch, mistakes))
  const seen = new Set<string>()
  for (const { name } of read) {
    if (name !== '' && seen.has(name)) mistakes.push(mistake('the name of two clusters', name, 'a name for each'))
    seen.add(name)
  }
  return read
}

function readCluster(place: string, given: unknown, watch: Watch, mistakes: string[]): ClusterSettings {
  const entries = isRecord(given) ? Object.entries(given) : []
  const ours = Object.fromEntries(entries.filter(([key]) => Object.hasOwn(fields, key)))
  const name = typeof ours['name'] === 'string' ? `clusters.${ours['name']}` : place
  const read = readFields(name, isRecord(given) ? ours : given, fields, mistakes)
  if (isRecord(given)) {
    for (const key of ['name', 'driver']) if (!isGiven(ours[key])) mistakes.push(`${name} has no ${key}; expected one`)
  }
  const tls = isRecord(given) ? readTls(`${name}.tls`, given['tls'], watch, mistakes) : undefined
  return {
    name: '',
    driver: '',
    platforms: [],
    ...read,
    settings: Object.fromEntries(entries.filter(([key]) => !Object.hasOwn(fields, key) && key !== 'tls')),
    ...(tls === undefined ? {} : { tls }),
  }
}

/** An empty mapping is TLS too: with the machine's own authorities. */
function readTls(name: string, given: unknown, watch: Watch, mistakes: string[]): LiveTls | undefined {
  if (given === undefined || given === null) return undefined
  const read: LiveTls = readFields(name, given, tlsFields(watch), mistakes)
  mistakes.push(...mistakesOfPair(name, isRecord(given) ? given : {}, read))
  return read
}

function nameOfCluster(value: unknown): string {
  const name = text(value)
  if (name.length <= longestName) return name
  throw new RangeError(`a text of at most ${longestName} characters`)
}
