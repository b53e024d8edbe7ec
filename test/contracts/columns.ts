// The clients whose calls docs/contracts.md shows, and which of them have called what.

import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import type { Ears } from './http-caller.ts'

export const columns = [
  'supernode client',
  'Harbor 2.1–2.2',
  'Harbor 2.3–2.7',
  'Harbor 2.8–2.11',
  'Harbor 2.12',
  'Harbor 2.13+',
  'Kraken provider',
  'distribution',
  'REST',
] as const
export type Column = (typeof columns)[number]

/** Where a column of Harbor's begins. */
const since: readonly (readonly [minor: number, Column])[] = [
  [13, 'Harbor 2.13+'],
  [12, 'Harbor 2.12'],
  [8, 'Harbor 2.8–2.11'],
  [3, 'Harbor 2.3–2.7'],
  [1, 'Harbor 2.1–2.2'],
]

export function columnOf(version: string, provider: 'dragonfly' | 'kraken'): Column {
  if (provider === 'kraken') return 'Kraken provider'
  const minor = Number(/^v2\.(\d+)\./.exec(version)?.[1])
  const column = since.find(([first]) => minor >= first)?.[1]
  if (column === undefined) throw new Error(`no column for Harbor ${version}`)
  return column
}

export interface Operation {
  readonly contract: string
  readonly id: string
  /** Upper case. */
  readonly method: string
  /** As the document writes it. */
  readonly path: string
}

/** What clients preheat through. The mirror is for container runtimes, and ops for probes and people. */
const contracts = ['supernode', 'preheats', 'open-api', 'kraken']
const folder = resolve(import.meta.dirname, '../../openapi')

export function operationsOf(): readonly Operation[] {
  const files = new Set(globSync('*.yaml', { cwd: folder }))
  return contracts
    .filter((contract) => files.has(`${contract}.yaml`))
    .flatMap((contract) => {
      const { paths } = parse(readFileSync(join(folder, `${contract}.yaml`), 'utf8')) as Document
      return Object.entries(paths).flatMap(([path, item]) =>
        Object.entries(item)
          .filter(([, described]) => described.operationId !== undefined)
          .map(([method, { operationId = '' }]) => ({ contract, id: operationId, method: method.toUpperCase(), path })),
      )
    })
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>
}

/** What was called, and by whom. */
export class Seen {
  readonly operations = operationsOf()
  readonly #cells = new Set<string>()

  /** For a client of this column. */
  by(column: Column): Ears['accepted'] {
    return ({ method, path }) => {
      const bare = path.replace(/\?.*$/, '')
      const operation = this.operations.find((known) => known.method === method && fits(known.path, bare))
      if (operation !== undefined) this.#cells.add(cell(operation, column))
    }
  }

  has(operation: Operation, column: Column): boolean {
    return this.#cells.has(cell(operation, column))
  }
}

const cell = ({ id }: Operation, column: Column): string => `${id} ${column}`

const fits = (template: string, path: string): boolean =>
  new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path)
