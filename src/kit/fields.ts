// Reads an object of settings key by key, and refuses the keys that nobody asked for.

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every method throws RangeError, whose one sentence names the key and what was expected. null counts as absent. */
export class Fields {
  readonly #where: string
  readonly #value: JsonObject
  readonly #asked = new Set<string>()

  /** `where` begins each sentence: `clusters.edge`. */
  constructor(where: string, value: unknown) {
    if (!isObject(value)) throw new RangeError(`${where} is no mapping; expected one`)
    this.#where = where
    this.#value = value
  }

  text(name: string): string | undefined {
    return this.#read(name, 'a text', (value) => (typeof value === 'string' && value !== '' ? value : undefined))
  }

  truth(name: string): boolean | undefined {
    return this.#read(name, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined))
  }

  wholeNumber(name: string, least: number, most: number): number | undefined {
    const fits = (value: unknown) => (Number.isInteger(value) ? Number(value) : Number.NaN)
    return this.#read(name, `a whole number from ${least} to ${most}`, (value) => {
      const number = fits(value)
      return number >= least && number <= most ? number : undefined
    })
  }

  oneOf<const T extends string>(name: string, words: readonly T[]): T | undefined {
    return this.#read(name, `one of ${words.join(', ')}`, (value) => words.find((word) => word === value))
  }

  /** As `parse` makes of it; it returns undefined for what is not `expected`. */
  parsed<T>(name: string, expected: string, parse: (value: unknown) => T | undefined): T | undefined {
    return this.#read(name, expected, parse)
  }

  /** An absent list is empty. One text is a list of one. */
  texts(name: string): readonly string[] {
    const isText = (item: unknown): item is string => typeof item === 'string' && item !== ''
    const read = this.#read(name, 'a list of texts', (value) => {
      const items: readonly unknown[] = Array.isArray(value) ? value : [value]
      return items.every(isText) ? items : undefined
    })
    return read ?? []
  }

  /** An absent list is empty. */
  objects(name: string): readonly Fields[] {
    const read = this.#read(name, 'a list of mappings', (value) => (Array.isArray(value) ? value : undefined))
    return (read ?? []).map((item: unknown, n) => new Fields(`${this.#where}.${name}[${n}]`, item))
  }

  object(name: string): Fields | undefined {
    const read = this.#read(name, 'a mapping', (value) => (isObject(value) ? value : undefined))
    return read && new Fields(`${this.#where}.${name}`, read)
  }

  /** The keys of a mapping whose keys are the user's own, such as hosts. */
  get names(): readonly string[] {
    return Object.keys(this.#value)
  }

  /** Throws for a key that was not asked for. To be called last. */
  done(): void {
    const stranger = Object.keys(this.#value).find((name) => !this.#asked.has(name))
    if (stranger === undefined) return
    throw new RangeError(
      `${this.#where}.${stranger} is not a setting here; expected one of ${[...this.#asked].join(', ')}`,
    )
  }

  #read<T>(name: string, expected: string, parse: (value: unknown) => T | undefined): T | undefined {
    this.#asked.add(name)
    const given = Object.hasOwn(this.#value, name) ? this.#value[name] : undefined
    if (given === undefined || given === null) return undefined
    const read = parse(given)
    if (read !== undefined) return read
    throw new RangeError(`${this.#where}.${name} is ${JSON.stringify(given)?.slice(0, 200)}; expected ${expected}`)
  }
}

/** `host:port`, an IPv6 address in brackets; undefined for anything else. */
export function hostAndPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*)):(\d{1,5})$/.exec(text) ?? []
  const number = Number(port)
  if (host === undefined || number < 1 || number > 65_535) return undefined
  return { host: host.replace(/^\[|\]$/g, ''), port: number }
}
