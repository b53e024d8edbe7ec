// A mapping of the settings file, read key by key.

import { isContent } from './files.ts'
import { mistake, type Read } from './read.ts'

export type Fields = Readonly<
  Record<string, { readonly to: string; readonly read: Read<unknown>; readonly secret?: true }>
>

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

/** Values of unknown keys are not shown: one may be a password whose key was misspelt. */
export function readFields(name: string, value: unknown, fields: Fields, mistakes: string[]): Record<string, unknown> {
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
