// What the form holds, as it is typed. Pure.

import { mask } from '../../job.ts'

/** What is chosen, and what stands in the field without having been confirmed: it counts as well. */
export interface Chips {
  readonly chosen: readonly string[]
  readonly typed: string
}

/** `key` tells rows apart while others come and go. */
export interface UrlRow {
  readonly key: number
  readonly text: string
}

export interface HeaderRow {
  readonly key: number
  readonly name: string
  readonly value: string
}

export const scopes = ['single_seed_peer', 'all_seed_peers', 'single_peer', 'all_peers'] as const
export type PeerScope = (typeof scopes)[number]

export const timeUnits = { s: 1, min: 60, h: 3600 } as const
export type TimeUnit = keyof typeof timeUnits

/** Numbers are texts until the form is sent: what is no number must stay to be seen. */
export interface PreheatForm {
  readonly type: 'image' | 'file'
  readonly bio: string
  /** Ids, as texts; none: all. */
  readonly clusters: Chips
  /** Of an image. */
  readonly url: string
  /** Of files. */
  readonly urls: readonly UrlRow[]
  readonly platform: Chips
  readonly scope: PeerScope
  /** Which of the scope's peers. What is typed for the others is kept, and not sent. */
  readonly choice: 'all' | 'count' | 'percentage' | 'ips'
  readonly count: string
  readonly percentage: string
  readonly ips: Chips
  readonly username: string
  readonly password: string
  /** In MiB. */
  readonly pieceLength: string
  readonly successPercentage: string
  readonly blobsAtOnce: string
  readonly peersAtOnce: string
  readonly timeout: string
  readonly timeoutUnit: TimeUnit
  readonly tag: string
  readonly application: string
  readonly filter: Chips
  readonly headers: readonly HeaderRow[]
}

type KeysOf<Value> = {
  [Key in keyof PreheatForm]: PreheatForm[Key] extends Value ? (string extends PreheatForm[Key] ? Key : never) : never
}[keyof PreheatForm]
export type TextName = KeysOf<string>
export type ChipsName = 'clusters' | 'platform' | 'ips' | 'filter'

/** A place where something can be wrong. Rows are named by their key. */
export type Field = TextName | ChipsName | 'scope' | 'urls' | 'headers' | `url.${number}` | `header.${number}`
export type Faults = ReadonlyMap<Field, string>

const noChips: Chips = { chosen: [], typed: '' }

export const emptyForm: PreheatForm = {
  type: 'image',
  bio: '',
  clusters: noChips,
  url: '',
  urls: [{ key: 0, text: '' }],
  platform: noChips,
  scope: 'single_seed_peer',
  choice: 'all',
  count: '',
  percentage: '',
  ips: noChips,
  username: '',
  password: '',
  pieceLength: '',
  successPercentage: '',
  blobsAtOnce: '',
  peersAtOnce: '',
  timeout: '',
  timeoutUnit: 'min',
  tag: '',
  application: '',
  filter: noChips,
  headers: [],
}

/** Several at once, as people paste them: with spaces, commas or line ends between them. Filters come with & as well. */
export const split = (text: string): readonly string[] => text.split(/[\s,&]+/).filter((part) => part !== '')

/** All that count, each once. */
export const taken = ({ chosen, typed }: Chips): readonly string[] => [...new Set([...chosen, ...split(typed)])]

export const chipsOf = (chosen: readonly string[]): Chips => ({ chosen, typed: '' })

export const nextKey = (rows: readonly { readonly key: number }[]): number =>
  rows.reduce((highest, { key }) => Math.max(highest, key), -1) + 1

/** Many lines in one row become a row each; what the row held is replaced by the first. */
export function pasteInto(rows: readonly UrlRow[], key: number, text: string): readonly UrlRow[] {
  const [first = '', ...more] = linesOf(text)
  const next = nextKey(rows)
  const added = more.map((line, place) => ({ key: next + place, text: line }))
  return rows.flatMap((row) => (row.key === key ? [{ key, text: first }, ...added] : [row]))
}

export const linesOf = (text: string): readonly string[] =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** A header whose value gives power to whoever reads it, and so is masked on the screen. */
export const isSecretHeader = (name: string): boolean =>
  /auth|token|key|secret|cookie|password|credential|signature|session/i.test(name)

/** How the service writes what it does not show. */
export const isHidden = (text: string): boolean => text.includes(mask)
