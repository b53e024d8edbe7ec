// How Go's encoding/json (1.23) puts JSON into typed values, with the error texts that a Harbor prints when it cannot.

import { GoError, type Json, parseJson } from './go-json.ts'
import { type GoTime, parseTime, zeroTime } from './go-time.ts'

/** A type of Go, as far as the drivers use them. */
export interface GoType<T> {
  /** As reflection prints it. */
  readonly text: string
  readonly zero: T
  /** `old` is what the value was before: null often leaves it, and a key that comes twice writes over it. */
  read(json: Json, old: T, at: Place): T
}

/** Where in the outermost value, and the first mismatch so far: decoding goes on after one, and reports it at the end. */
interface Place {
  readonly struct: string
  readonly path: readonly string[]
  readonly noted: { error?: GoError }
}

/** json.Unmarshal. Throws GoError. */
export function unmarshal<T>(body: string, type: GoType<T>): T {
  const json = parseJson(body)
  const noted: Place['noted'] = {}
  const value = type.read(json, type.zero, { struct: '', path: [], noted })
  if (noted.error !== undefined) throw noted.error
  return value
}

function mismatch(found: string, type: string, { struct, path, noted }: Place): void {
  const field = path.length === 0 ? 'Go value' : `Go struct field ${struct}.${path.join('.')}`
  noted.error ??= new GoError(`json: cannot unmarshal ${found} into ${field} of type ${type}`)
}

export const goString: GoType<string> = {
  text: 'string',
  zero: '',
  read(json, old, at) {
    if (json.kind === 'string') return json.text
    if (json.kind !== 'null') mismatch(json.kind, this.text, at)
    return old
  },
}

const integer = (text: string, fits: (value: bigint) => boolean): GoType<bigint> => ({
  text,
  zero: 0n,
  read(json, old, at) {
    if (json.kind === 'null') return old
    if (json.kind !== 'number') {
      mismatch(json.kind, text, at)
      return old
    }
    const value = /^-?\d+$/.test(json.literal) ? BigInt(json.literal) : undefined
    if (value !== undefined && fits(value) && !(text === 'uint' && json.literal.startsWith('-'))) return value
    mismatch(`number ${json.literal}`, text, at)
    return old
  },
})

export const goInt = integer('int', (value) => BigInt.asIntN(64, value) === value)
export const goUint = integer('uint', (value) => BigInt.asUintN(64, value) === value)

/** A wrong time ends the decoding at once, whatever was wrong before it. */
export const goTimeType: GoType<GoTime> = {
  text: 'time.Time',
  zero: zeroTime,
  read(json, old) {
    if (json.kind === 'null') return old
    if (json.kind !== 'string') throw new GoError('Time.UnmarshalJSON: input is not a JSON string')
    return parseTime(json.raw)
  },
}

export const slice = <T>(of: GoType<T>): GoType<readonly T[] | null> => ({
  text: `[]${of.text}`,
  zero: null,
  read(json, old, at) {
    if (json.kind === 'null') return null
    if (json.kind === 'array') return json.items.map((item, index) => of.read(item, old?.[index] ?? of.zero, at))
    mismatch(json.kind, this.text, at)
    return old
  },
})

export const pointer = <T>(to: GoType<T>): GoType<T | null> => ({
  text: `*${to.text}`,
  zero: null,
  read: (json, old, at) => (json.kind === 'null' ? null : to.read(json, old ?? to.zero, at)),
})

interface Field<T> {
  /** The field's name in Go. */
  readonly name: string
  readonly type: GoType<T>
}

export const field = <T>(name: string, type: GoType<T>): Field<T> => ({ name, type })

type Values<Fields> = { readonly [Key in keyof Fields]: Fields[Key] extends Field<infer T> ? T : never }

/** `fields` by their names in JSON. `name` is empty for a type without one. */
export function struct<Fields extends Readonly<Record<string, Field<unknown>>>>(
  name: string,
  fields: Fields,
): GoType<Values<Fields>> {
  const all: readonly (readonly [string, Field<unknown>])[] = Object.entries(fields)
  const members = all.map(([key, { name: goName, type }]) => `${goName} ${type.text} "json:\\"${key}\\""`)
  const folded = new Map(all.map(([key]) => [fold(key), key]))
  return {
    text: name === '' ? `struct { ${members.join('; ')} }` : `provider.${name}`,
    zero: Object.fromEntries(all.map(([key, { type }]) => [key, type.zero])) as Values<Fields>,
    read(json, old, at) {
      if (json.kind !== 'object') {
        if (json.kind !== 'null') mismatch(json.kind, this.text, at)
        return old
      }
      const values: Record<string, unknown> = { ...old }
      for (const [written, value] of json.entries) {
        const key = Object.hasOwn(fields, written) ? written : folded.get(fold(written))
        const found = key === undefined ? undefined : fields[key]
        if (key === undefined || found === undefined) continue
        values[key] = found.type.read(value, values[key], { ...at, struct: name, path: [...at.path, key] })
      }
      return values as Values<Fields>
    },
  }
}

/** Simple case folding, by characters: K is also the Kelvin sign, and ß is not two letters. */
const fold = (key: string): string =>
  key.replaceAll(/./gsu, (char) => {
    const upper = char.toUpperCase()
    return (upper.length === char.length ? upper : char).toLowerCase()
  })
