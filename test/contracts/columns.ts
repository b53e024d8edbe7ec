// The clients whose calls docs/contracts.md shows, and which of them have called what.

import { operations, type Operation } from '../support/operations.ts'
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

/** What clients preheat through. The mirror is for container runtimes, and ops for probes and people. */
const contracts = ['supernode', 'preheats', 'open-api', 'kraken']

/** What was called, and by whom. */
export class Seen {
  readonly operations = contracts.flatMap((name) => operations().filter(({ contract }) => contract === name))
  readonly #cells = new Set<string>()

  /** For a client of this column. */
  by(column: Column): Ears['accepted'] {
    return ({ method, path }) => {
      const bare = path.replace(/\?.*$/, '')
      const operation = this.operations.find((known) => known.method === method && fits(known.template, bare))
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
