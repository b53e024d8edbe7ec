// The OpenAPI documents as tests read them: which operation a call means, and what it promises.

import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { restricted } from '../../src/contracts/ops/documents.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** An OpenAPI 3.0 schema; what else it holds is for Ajv and for people. */
export interface Schema {
  readonly $ref?: string
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
  readonly format?: string
  readonly nullable?: boolean
  readonly enum?: readonly Json[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

interface Header {
  readonly required?: boolean
  readonly schema: Schema
}

export interface Media {
  readonly schema: Schema
  readonly example?: Json
  readonly examples?: Readonly<Record<string, { readonly value: Json }>>
}

export interface DocumentedAnswer {
  readonly headers?: Readonly<Record<string, Header>>
  readonly content?: Readonly<Record<string, Media>>
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Schema
  readonly example?: Json
  /** Our own word: the value may hold slashes that are not encoded. */
  readonly 'x-spans-slashes'?: boolean
}

export interface Operation {
  readonly operationId: string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Media>> }
  /** By status, by a range such as `4XX`, or by `default`. */
  readonly responses: Readonly<Record<string, DocumentedAnswer>>
}

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete'] as const
type Method = (typeof methods)[number]

export interface Endpoint {
  readonly template: string
  readonly operations: ReadonlyMap<Method, Operation>
  readonly matches: RegExp
}

export interface ReadDocument {
  readonly endpoints: readonly Endpoint[]
  readonly schemas: Readonly<Record<string, Schema>>
}

type Item = Readonly<Partial<Record<Method, Partial<Operation> & Pick<Operation, 'operationId'>>>> & {
  /** Of all operations of the path. */
  readonly parameters?: readonly Parameter[]
}

interface Raw {
  readonly security?: Operation['security']
  readonly paths: Readonly<Record<string, Json>>
  readonly components?: Readonly<Record<string, Readonly<Record<string, Json>>>>
}

const folder = new URL('../../openapi/', import.meta.url)

export const documentText = (name: string): string => readFileSync(new URL(`${name}.yaml`, folder), 'utf8')

/** What a service with these contracts promises. */
export const servedDocument = (contracts: readonly string[]): ReadDocument =>
  readDocument(restricted(documentText('warmfront'), contracts))

/** References are resolved, except those between schemas. The documents are our own, hence the trust in their form. */
export function readDocument(text: string): ReadDocument {
  const raw = parse(text) as Raw
  const endpoints = Object.entries(raw.paths).map(([template, unresolved]) => {
    const { parameters: shared = [], ...item } = resolved(unresolved, raw) as unknown as Item
    const rows = methods.flatMap((method) => {
      const given = item[method]
      if (given === undefined) return []
      const parameters = [...shared, ...(given.parameters ?? [])]
      const operation: Operation = { security: raw.security ?? [], responses: {}, ...given, parameters }
      return [[method, operation] as const]
    })
    const operations = new Map(rows)
    return { template, operations, matches: toPattern(template, operations) }
  })
  // The most literal first: /v2/{name}/blobs/{digest} before /v2/{other}.
  const literal = ({ template }: Endpoint) => template.replaceAll(/\{[^}]+\}/g, '').length
  return {
    endpoints: endpoints.toSorted((a, b) => literal(b) - literal(a)),
    schemas: (raw.components?.['schemas'] ?? {}) as unknown as Readonly<Record<string, Schema>>,
  }
}

/** `path` as the contracts see it, without its query. An address that says the template itself wins. */
export const endpointOf = (document: ReadDocument, path: string): Endpoint | undefined =>
  document.endpoints.find(({ template }) => template === path) ??
  document.endpoints.find(({ matches }) => matches.test(path))

/** As Express matches: without regard to case, and with or without a slash at the end. */
function toPattern(template: string, operations: Endpoint['operations']): RegExp {
  const parameters = [...operations.values()].flatMap((operation) => operation.parameters)
  const spans = (name: string) => parameters.some((one) => one.name === name && one['x-spans-slashes'] === true)
  const source = template.split(/\{([^}]+)\}/).map((part, place) => {
    if (place % 2 === 1) return spans(part) ? '.+' : '[^/]+'
    return part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  })
  return new RegExp(`^${source.join('').replace(/\/$/, '')}/?$`, 'i')
}

function resolved(value: Json, raw: Raw): Json {
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return value.map((item) => resolved(item, raw))
  const reference = value['$ref']
  if (typeof reference === 'string' && !reference.startsWith('#/components/schemas/')) {
    const [, , kind = '', name = ''] = reference.split('/')
    const target = raw.components?.[kind]?.[name]
    if (target === undefined) throw new Error(`${reference} leads nowhere`)
    return resolved(target, raw)
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, raw)]))
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
