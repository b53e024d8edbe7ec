// The settings of a Dragonfly cluster.

import { Fields, hostAndPort, type JsonObject } from '../../kit/fields.ts'
import type { TaskIdentity } from '../../model/driver.ts'
import { greatestPieceLength, leastPieceLength } from './pieces.ts'
import { usualFilteredParams } from './task-id.ts'

export interface DragonflySettings {
  /** `host:port` of each; empty: the peers are listed or in DNS. */
  readonly schedulers: readonly string[]
  /** `auto`: it is learned from the peers. */
  readonly taskId: 'auto' | 'blob-digest' | 'url'
  /** How nodes spell a registry, by its name in image references: `https://index.docker.io` for `docker.io`. */
  readonly registryUrls: ReadonlyMap<string, string>
  /** What nodes' pulls say: with it, and without what a request adds, a task's id is theirs. */
  readonly pulls: TaskIdentity
  /** Where a peer serves nodes, unless a scheduler knows better. */
  readonly proxyPort: number
}

/** Bytes. */
export const mebibyte = 1024 * 1024
const usualProxyPort = 4001
/** As Dragonfly's own charts spell it to nodes. */
const usualRegistryUrls = [['docker.io', 'https://index.docker.io']] as const

/** Throws RangeError whose sentence names the key and what was expected. */
export function parseSettings(given: JsonObject): DragonflySettings {
  const fields = new Fields('settings', given)
  const settings: DragonflySettings = {
    schedulers: schedulersOf(fields),
    taskId: fields.oneOf('task_id', ['auto', 'blob-digest', 'url']) ?? 'auto',
    registryUrls: new Map([...usualRegistryUrls, ...registryUrlsOf(fields)]),
    pulls: {
      tag: fields.text('tag') ?? '',
      application: fields.text('application') ?? '',
      filteredQueryParams: filteredOf(fields.texts('filtered_query_params')),
      pieceLength:
        fields.parsed('piece_length', 'a multiple of 1 MiB from 4 to 64 MiB, in bytes', pieceLengthOf) ?? null,
    },
    proxyPort: fields.wholeNumber('proxy_port', 1, 65_535) ?? usualProxyPort,
  }
  fields.done()
  return settings
}

function schedulersOf(fields: Fields): readonly string[] {
  const schedulers = fields.texts('schedulers')
  const wrong = schedulers.find((address) => hostAndPort(address) === undefined)
  if (wrong === undefined) return schedulers
  throw new RangeError(`settings.schedulers has ${JSON.stringify(wrong.slice(0, 200))}; expected host:port`)
}

/** Whole MiB, as a node's header says it. */
function pieceLengthOf(value: unknown): number | undefined {
  if (typeof value !== 'number' || value % mebibyte !== 0) return undefined
  return value >= leastPieceLength && value <= greatestPieceLength ? value : undefined
}

/** What is given replaces the usual ones, as it does in the rules of a peer's proxy. */
const filteredOf = (given: readonly string[]): readonly string[] => (given.length === 0 ? usualFilteredParams : given)

function registryUrlsOf(fields: Fields): readonly (readonly [string, string])[] {
  const urls = fields.object('registry_urls')
  return (urls?.names ?? []).map((namespace) => {
    const url = urls?.parsed(namespace, 'an address such as https://index.docker.io', originOf)
    return [namespace, url ?? ''] as const
  })
}

/** Of an address that has nothing but scheme, host and port. */
function originOf(value: unknown): string | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined
  return `${url.origin}/` === url.href ? url.origin : undefined
}
