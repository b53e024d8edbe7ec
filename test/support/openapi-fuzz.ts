// Requests made from the OpenAPI documents: some as they should be, most with something wrong about them. Seeded, so
// that a request that did harm can be made again.

import type { Endpoint, Json, Operation, Parameter, ReadDocument, Schema } from './openapi-document.ts'
import { oddBodies, oddHeaders, oddMethods, oddTexts, oddTypes, oddValues } from './openapi-oddities.ts'

export interface FuzzRequest {
  readonly operationId: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

export interface FuzzOptions {
  readonly document: ReadDocument
  /** Lets a call in. */
  readonly token: string
  /** Part of every secret that is sent; it may never come back. */
  readonly secret: string
  /** Where jobs point to: the egress policy must deny it, or else requests would leave the machine. */
  readonly denied: string
}

/** Mulberry32: small, and the same on every machine. */
export class Die {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(of: number): boolean {
    return this.next() < of
  }

  pick<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)]
    if (item === undefined) throw new Error('there is nothing to pick from')
    return item
  }
}

/** Twice what the service takes. */
const longestBody = 2 * 1024 * 1024

/** The same request for the same number, whatever came before it. */
export function makeFuzz({ document, token, secret, denied }: FuzzOptions): (seed: number) => FuzzRequest {
  const targets = document.endpoints.flatMap((endpoint) =>
    [...endpoint.operations].map(([method, operation]) => ({ endpoint, method, operation })),
  )
  return (seed) => {
    const die = new Die(seed)
    // Two numbers that are neighbours begin alike.
    for (let n = 0; n < 3; n++) die.next()
    const { endpoint, method, operation } = die.pick(targets)
    // Without enough that is right, nothing would ever come into being that the rest could be wrong about.
    const wildness = die.chance(0.4) ? 0 : 1
    const odd = (of: number) => die.chance(of * wildness)
    const maker = new Maker(die, document.schemas, { secret, denied, odd })
    const credential = odd(0.3) ? oddCredential(die, token, secret) : { before: '', headers: bearer(token) }
    const { body, type } = maker.body(operation)
    return {
      operationId: operation.operationId,
      method: odd(0.1) ? die.pick(oddMethods) : method.toUpperCase(),
      path: credential.before + maker.path(endpoint, operation),
      headers: {
        ...maker.headers(operation),
        ...(odd(0.15) && die.pick(oddHeaders)),
        ...(type !== undefined && { 'content-type': type }),
        ...credential.headers,
      },
      body,
    }
  }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

function oddCredential(die: Die, token: string, secret: string) {
  const wrong = `wf_${secret}-${die.below(1e9)}`
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
  const none = { before: '', headers: {} }
  const ways: readonly (typeof none & { readonly headers: Readonly<Record<string, string>> })[] = [
    { before: '', headers: { authorization: basic(`anyone:${token}`) } },
    { before: '', headers: { 'x-api-key': token } },
    { before: `/t/${token}`, headers: {} },
    none,
    { before: '', headers: bearer(wrong) },
    { before: '', headers: { authorization: basic(`${secret}:${wrong}`) } },
    { before: '', headers: { authorization: `${wrong} ${wrong}` } },
    { before: '', headers: { authorization: 'Basic !!!' } },
    { before: '', headers: { 'x-api-key': wrong } },
    { before: `/t/${wrong}`, headers: {} },
    { before: `//t/${wrong}//`, headers: {} },
  ]
  return die.pick(ways)
}

interface MakerOptions extends Pick<FuzzOptions, 'secret' | 'denied'> {
  readonly odd: (of: number) => boolean
}

class Maker {
  readonly #die: Die
  readonly #schemas: ReadDocument['schemas']
  readonly #secret: string
  readonly #denied: string
  /** So often, something is to be wrong; never, in a request that is to be right. */
  readonly #odd: (of: number) => boolean

  constructor(die: Die, schemas: ReadDocument['schemas'], options: MakerOptions) {
    this.#die = die
    this.#schemas = schemas
    this.#secret = options.secret
    this.#denied = options.denied
    this.#odd = options.odd
  }

  path({ template }: Endpoint, { parameters }: Operation): string {
    const path = template.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
      this.#pathValue(parameters.find((one) => one.in === 'path' && one.name === name)),
    )
    const odd = this.#odd(0.06) ? this.#die.pick(['/', '//', '/%2e%2e', '/%00', '/%zz', '/x', '?', '.', ';a=b']) : ''
    return path + odd + this.#query(parameters)
  }

  headers({ parameters }: Operation): Readonly<Record<string, string>> {
    const given = parameters.filter((one) => one.in === 'header' && this.#die.chance(0.3))
    return Object.fromEntries(given.map((one) => [one.name, latin(this.#parameterText(one))]))
  }

  body({ requestBody }: Operation): { readonly body: string | undefined; readonly type: string | undefined } {
    const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? []
    const die = this.#die
    if (type === undefined || media === undefined) {
      return this.#odd(0.08) ? { body: die.pick(oddBodies), type: die.pick(oddTypes) } : { body: undefined, type }
    }
    if (this.#odd(0.03)) return { body: undefined, type }
    if (this.#odd(0.08)) return { body: die.pick(oddBodies), type }
    const valid =
      media.example !== undefined && die.chance(0.4) ? this.#local(media.example) : this.#value(media.schema, '', 0)
    const value = this.#odd(0.8) ? this.#tame(this.#mutated(valid), '') : valid
    const text = JSON.stringify(value).slice(0, longestBody)
    const spoilt = this.#odd(0.05) ? text.slice(0, die.below(text.length)) : text
    return { body: spoilt, type: this.#odd(0.1) ? die.pick(oddTypes) : type }
  }

  #pathValue(parameter: Parameter | undefined): string {
    const die = this.#die
    if (parameter === undefined || this.#odd(0.3)) {
      const odd = die.pick(oddTexts).slice(0, 2000)
      return die.chance(0.5)
        ? encodeURIComponent(odd.toWellFormed())
        : odd.replaceAll(/[^!-~]/g, '%ff').replaceAll('?', '')
    }
    const text = this.#parameterText(parameter)
    return parameter['x-spans-slashes'] === true && die.chance(0.5)
      ? encodeURI(text.toWellFormed())
      : encodeURIComponent(text.toWellFormed())
  }

  #query(parameters: readonly Parameter[]): string {
    const die = this.#die
    const given = parameters.filter((one) => one.in === 'query' && die.chance(0.5))
    const pairs = given.map((one) => {
      const value = this.#odd(0.4) ? die.pick(oddTexts).slice(0, 2000) : this.#parameterText(one)
      return `${encodeURIComponent(one.name)}=${encodeURIComponent(value.toWellFormed())}`
    })
    if (pairs.length > 0 && this.#odd(0.1)) pairs.push(die.pick(pairs))
    if (this.#odd(0.06)) pairs.push(die.pick(['__proto__=1', 'a[b][c]=1', '%zz=%zz', '=', '&&&', 'a=%00']))
    if (this.#odd(0.02)) pairs.push(`access_token=${this.#secret}`)
    return pairs.length === 0 ? '' : `?${pairs.join('&')}`
  }

  #parameterText({ name, schema, example }: Parameter): string {
    const die = this.#die
    // Of what the fuzz itself has made.
    const isId = /id$/i.test(name)
    if (isId && die.chance(0.8)) return String(1 + die.below(die.pick([5, 50, 500])))
    const value = example !== undefined && die.chance(0.5) ? this.#local(example) : this.#value(schema, '', 0)
    return typeof value === 'string' ? value : JSON.stringify(value)
  }

  /** One that the schema allows, more or less. */
  #value(given: Schema, key: string, depth: number): Json {
    const die = this.#die
    const schema = this.#resolved(given)
    if (schema.nullable === true && die.chance(0.15)) return null
    const either = schema.anyOf ?? schema.oneOf
    if (either !== undefined && depth < 6) return this.#value(die.pick(either), key, depth + 1)
    if (schema.enum !== undefined) return die.pick(schema.enum)
    if (schema.type === 'boolean') return die.chance(0.5)
    if (schema.type === 'integer' || schema.type === 'number') return this.#number(schema)
    if (schema.type === 'object') return this.#object(schema, depth)
    if (schema.type !== 'array') return this.#text(schema, key)
    const length = depth > 6 ? 0 : die.below(4)
    return Array.from({ length }, () => this.#value(schema.items ?? {}, key, depth + 1))
  }

  #number({ type, minimum = -5, maximum = 1000 }: Schema): number {
    const die = this.#die
    const value = die.pick([minimum, maximum, 0, 1, minimum + die.next() * (Math.min(maximum, 1e6) - minimum)])
    const bounded = Math.min(maximum, Math.max(minimum, value))
    return type === 'integer' ? Math.round(bounded) : bounded
  }

  #object(schema: Schema, depth: number): Json {
    const die = this.#die
    const fields = Object.entries(schema.properties ?? {}).filter(
      ([name]) => schema.required?.includes(name) === true || (depth < 6 && die.chance(0.5)),
    )
    const entries = fields.map(([name, one]) => [name, this.#value(one, name, depth + 1)] as const)
    const more = schema.additionalProperties
    if (schema.properties === undefined && typeof more === 'object') {
      entries.push(['X-Some', this.#value(more, '', depth + 1)])
      // Names under which a secret travels, and under which it must not come back.
      for (const name of ['Authorization', 'Cookie'])
        if (die.chance(0.3)) entries.push([name, `Bearer ${this.#secret}`])
    }
    return Object.fromEntries(entries)
  }

  #text({ format, maxLength = 200 }: Schema, key: string): string {
    const die = this.#die
    if (key === 'password' || key === 'token') return this.#secret
    if (isAddress(key)) return this.#address()
    if (format === 'date-time') return new Date(1.8e12 + die.below(1e12)).toISOString()
    return die
      .pick(['a', 'name', `n${die.below(1e6)}`, 'linux/amd64', '1.0', 'é', 'x'.repeat(maxLength)])
      .slice(0, maxLength)
  }

  #address(): string {
    const host = this.#denied
    return this.#die.pick([
      `${host}/library/app:1.0`,
      `http://${host}/v2/library/app/manifests/1.0`,
      `https://${host}/v2/library/app/manifests/latest`,
      `http://${host}/file.tar.gz?X-Amz-Signature=${this.#secret}`,
      `http://user:${this.#secret}@${host}/v2/a/manifests/b`,
      `${host}/a@sha256:${'0'.repeat(64)}`,
    ])
  }

  #resolved(schema: Schema): Schema {
    const name = schema.$ref?.split('/').at(-1)
    if (name !== undefined) return this.#resolved(this.#schemas[name] ?? {})
    const [first, ...others] = schema.allOf ?? []
    if (first === undefined) return schema
    const all = [first, ...others].map((one) => this.#resolved(one))
    const properties = Object.assign({}, schema.properties, ...all.map((one) => one.properties)) as Record<
      string,
      Schema
    >
    return { ...all[0], ...schema, type: 'object', properties, required: all.flatMap((one) => one.required ?? []) }
  }

  /** An example, with hosts that no request may leave for. */
  #local(value: Json): Json {
    return JSON.parse(JSON.stringify(value).replaceAll(/[\w.-]*example\.com(?::\d+)?/g, this.#denied)) as Json
  }

  /** With something wrong in one to three places. */
  #mutated(value: Json): Json {
    let changed = value
    for (let n = this.#die.below(3); n >= 0; n--) changed = this.#mutatedOnce(changed, 0)
    return changed
  }

  #mutatedOnce(value: Json, depth: number): Json {
    const die = this.#die
    const isOpen = typeof value === 'object' && value !== null
    if (!isOpen || depth > 8 || die.chance(0.2)) return this.#spoilt(value)
    if (isList(value)) {
      if (value.length === 0 || die.chance(0.2))
        return Array.from({ length: die.pick([1, 150, 2000]) }, () => value[0] ?? 0)
      const place = die.below(value.length)
      return value.map((item, at) => (at === place ? this.#mutatedOnce(item, depth + 1) : item))
    }
    const entries = Object.entries(value)
    const place = die.below(entries.length)
    switch (die.below(entries.length === 0 ? 1 : 6)) {
      case 0:
        return own([
          ...entries,
          [die.pick(['__proto__', 'constructor', 'prototype', '', 'unknown', 'x'.repeat(5000)]), {}],
        ])
      case 1:
        return own(entries.filter((_, at) => at !== place))
      case 2:
        return own(entries.map(([name, item], at) => [at === place ? name.toUpperCase() : name, item]))
      default:
        return own(entries.map(([name, item], at) => [name, at === place ? this.#mutatedOnce(item, depth + 1) : item]))
    }
  }

  #spoilt(value: Json): Json {
    const die = this.#die
    if (typeof value === 'string' && die.chance(0.5)) return die.pick(oddTexts)
    if (typeof value === 'number' && die.chance(0.5))
      return die.pick([value + 1, -value, value + 0.5, value * 1e6, String(value)])
    if (die.chance(0.1)) return nested(die.pick([10, 500]))
    return die.chance(0.3) ? die.pick(oddTexts) : die.pick(oddValues)
  }

  /** Whatever became of the addresses, they lead nowhere but to where nobody may go. */
  #tame(value: Json, key: string): Json {
    if (typeof value === 'string') {
      if (!isAddress(key) || value.includes(this.#denied)) return value
      return `${this.#die.pick(['', 'http://', 'https://'])}${this.#denied}/${value}`
    }
    if (typeof value !== 'object' || value === null) return value
    if (isList(value)) return value.map((item) => this.#tame(item, key))
    return own(Object.entries(value).map(([name, item]) => [name, this.#tame(item, isAddress(name) ? name : key)]))
  }
}

/** Fields that name a host, in every contract. */
const isAddress = (key: string): boolean => /^(?:urls?|host|registry|image)$/i.test(key)

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

/** Object.fromEntries keeps `__proto__` as an own key, which JSON.stringify writes. */
const own = (entries: readonly (readonly [string, Json])[]): Json => Object.fromEntries(entries)

function nested(depth: number): Json {
  let value: Json = 1
  for (let n = 0; n < depth; n++) value = n % 2 === 0 ? [value] : { a: value }
  return value
}

/** What a header can carry. */
const latin = (text: string): string =>
  text
    .replaceAll(/[^ -~\u00a0-\u00ff]/g, '')
    .slice(0, 4000)
    .trim()
