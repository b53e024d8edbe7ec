// How each kind of setting is typed into a form, and what the service gets. Pure.

import { linesOf, printLine, readLines } from './lines.ts'

export interface SettingKind {
  /** What the service gets; undefined where nothing was typed. Throws RangeError whose sentence is for the form. */
  readonly read: (typed: string) => unknown
  /** As it would be typed; undefined for a value that cannot be, which then stays among the settings in JSON. */
  readonly print: (value: unknown) => string | undefined
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** It can be the head of a line. */
const isWord = (value: unknown): value is string => typeof value === 'string' && /^\S+$/.test(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isAbsent = (value: unknown): boolean => value === undefined || value === null
const isTruth = (value: unknown): boolean => isAbsent(value) || typeof value === 'boolean'

const someOrNone = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list)

/** One in `parts` that is undefined makes the whole so. */
function joined(parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join('\n')
}

export const text: SettingKind = {
  read: (typed) => typed.trim() || undefined,
  print: (value) => (isText(value) && value.trim() === value && !value.includes('\n') ? value : undefined),
}

/** `true` or nothing. */
export const truth: SettingKind = {
  read: (typed) => typed === 'true' || undefined,
  print: (value) => (typeof value === 'boolean' ? (value ? 'true' : '') : undefined),
}

/** One a line. One text is a list of one, as it is in the settings file. */
export const list: SettingKind = {
  read: (typed) => someOrNone(readLines(typed, { marks: [], values: [] }).map(({ head }) => head)),
  print: (value) => {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value]
    return items.every(isWord) ? items.join('\n') : undefined
  },
}

const peerValues = ['hostname', 'ip', 'location']

/** `host:port`, and what else is said of the peer. */
export const peers: SettingKind = {
  read: (typed) => {
    const lines = readLines(typed, { marks: ['seed'], values: peerValues })
    return someOrNone(
      lines.map(({ head, marks, values }) => ({ address: head, ...values, ...(marks.length > 0 && { seed: true }) })),
    )
  },
  print: (value) => (Array.isArray(value) ? joined(value.map(printPeer)) : undefined),
}

function printPeer(peer: unknown): string | undefined {
  if (!isObject(peer)) return undefined
  const { address, seed, ...rest } = peer
  const values = textsOf(rest, peerValues)
  if (!isWord(address) || !isTruth(seed) || values === undefined) return undefined
  return printLine({ head: address, marks: seed === true ? ['seed'] : [], values })
}

/** undefined where there is anything else than texts by these names. */
function textsOf(given: Readonly<Record<string, unknown>>, names: readonly string[]) {
  const said = Object.entries(given).filter(([, value]) => !isAbsent(value))
  const texts: Record<string, string> = {}
  for (const [name, value] of said) {
    if (!names.includes(name) || !isText(value)) return undefined
    texts[name] = value
  }
  return texts
}

const upstreamValues = ['prefix', 'url']

/** Names of registries; where one is addressed in a way of its own, the service gets a mapping. */
export const upstreams: SettingKind = {
  read: (typed) => {
    const lines = readLines(typed, { marks: ['ns'], values: upstreamValues })
    const isPlain = lines.every(({ marks, values }) => marks.length === 0 && Object.keys(values).length === 0)
    if (isPlain) return someOrNone(lines.map(({ head }) => head))
    return Object.fromEntries(
      lines.map(({ head, marks, values }) => [head, { ...values, ...(marks.length > 0 && { ns: true }) }]),
    )
  },
  print: (value) => {
    if (!isObject(value)) return list.print(value)
    return joined(Object.entries(value).map(([name, how]) => printUpstream(name, how)))
  },
}

function printUpstream(head: string, how: unknown): string | undefined {
  if (isAbsent(how)) return head
  if (!isObject(how)) return undefined
  const { ns, ...rest } = how
  const values = textsOf(rest, upstreamValues)
  if (!isWord(head) || !isTruth(ns) || values === undefined) return undefined
  return printLine({ head, marks: ns === true ? ['ns'] : [], values })
}

/** `docker.io https://index.docker.io`, one a line. */
export const pairs: SettingKind = {
  read: (typed) => {
    const entries = linesOf(typed).map((line, n) => {
      const [name = '', value, ...rest] = line.split(/\s+/)
      if (value !== undefined && rest.length === 0) return [name, value] as const
      throw new RangeError(`Line ${n + 1}: expected a name and an address.`)
    })
    return entries.length === 0 ? undefined : Object.fromEntries(entries)
  },
  print: (value) => {
    if (!isObject(value)) return undefined
    const lines = Object.entries(value).map(([name, to]) => (isWord(name) && isWord(to) ? `${name} ${to}` : undefined))
    return joined(lines)
  },
}
