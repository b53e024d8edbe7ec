// Holds answers against the OpenAPI documents: whatever the service says must have been promised.

import formats from 'ajv-formats'
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js'
import { enter, type Prefix } from '../../src/contracts/http/path.ts'
import {
  endpointOf,
  servedDocument,
  type DocumentedAnswer,
  type Operation,
  type ReadDocument,
  type Schema,
} from './openapi-document.ts'

export interface Exchange {
  readonly method: string
  /** As it was sent, with its query. */
  readonly path: string
  readonly status: number
  readonly headers: Pick<Headers, 'get'>
  /** undefined where it was not read to its end. */
  readonly text: string | undefined
}

/** Throws where an answer was not promised. */
export type Conforms = (exchange: Exchange) => void

/** For a service with these contracts, below these prefixes. */
export function makeConforms(contracts: readonly string[], prefixes: readonly Prefix[]): Conforms {
  const document = servedDocument(contracts)
  const validators = makeValidators(document)
  return (exchange) => {
    const why = complaint(exchange, document, validators, prefixes)
    if (why === undefined) return
    const { method, path, status, text } = exchange
    throw new Error(`${method} ${path} answered ${status}, which was not promised: ${why}\n${text?.slice(0, 2000)}`)
  }
}

/** The judge of a schema that stands in the document, compiled once. */
export type Validators = (schema: Schema) => ValidateFunction

function complaint(
  exchange: Exchange,
  document: ReadDocument,
  validators: Validators,
  prefixes: readonly Prefix[],
): string | undefined {
  const { method, status, headers } = exchange
  const path = enter(exchange.path, prefixes).url.replace(/\?.*$/s, '')
  const endpoint = endpointOf(document, path)
  if (endpoint === undefined) return plainRefusal(exchange, isReadable(path) ? [404] : [400, 404])
  if (!isReadable(path) && status === 400) return plainRefusal(exchange, [400])
  const name = method.toLowerCase()
  const operation =
    operationOf(endpoint.operations, name) ?? (name === 'head' ? endpoint.operations.get('get') : undefined)
  if (operation === undefined) {
    const allow = (headers.get('allow') ?? '').split(', ')
    const missing = [...endpoint.operations.keys()].filter((known) => !allow.includes(known.toUpperCase()))
    if (missing.length > 0) return `Allow is "${allow.join(', ')}", without ${missing.join(', ')}`
    return plainRefusal(exchange, [405])
  }
  const { responses, operationId } = operation
  const promised = responses[status] ?? responses[`${Math.floor(status / 100)}XX`] ?? responses['default']
  if (promised === undefined) return `${operationId} has no such status, only ${Object.keys(responses).join(', ')}`
  const why = headerComplaint(promised, exchange, validators) ?? bodyComplaint(promised, exchange, validators)
  return why === undefined ? undefined : `${operationId}: ${why}`
}

const operationOf = (operations: ReadonlyMap<string, Operation>, method: string): Operation | undefined =>
  operations.get(method)

/** Where no operation is meant, there is no document to ask. */
function plainRefusal({ method, status, headers, text }: Exchange, expected: readonly number[]): string | undefined {
  if (!expected.includes(status)) return `no operation is meant, so it should be ${expected.join(' or ')}`
  if (!isJson(headers.get('content-type') ?? '')) return `the type is ${headers.get('content-type')}`
  if (method === 'HEAD') return text === '' ? undefined : 'HEAD with a body'
  const body = parsed(text ?? '')
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? undefined : 'it is no JSON object'
}

function headerComplaint(
  promised: DocumentedAnswer,
  { headers }: Exchange,
  validators: Validators,
): string | undefined {
  for (const [name, { required, schema }] of Object.entries(promised.headers ?? {})) {
    const value = headers.get(name)
    if (value === null && required === true) return `the header ${name} is missing`
    if (value === null) continue
    const validate = validators(schema)
    const isNumber = schema.type === 'integer' || schema.type === 'number'
    if (!validate(isNumber ? Number(value) : value)) return `the header ${name} is "${value}": ${said(validate)}`
  }
  return undefined
}

function bodyComplaint(promised: DocumentedAnswer, exchange: Exchange, validators: Validators): string | undefined {
  const { method, headers, text } = exchange
  const type = headers.get('content-type')
  if (promised.content === undefined) {
    if (text !== '' && text !== undefined) return 'it has a body, and none was promised'
    return type === null ? undefined : `it has the type ${type} and no promised body`
  }
  const [, media] = Object.entries(promised.content).find(([range]) => isWithin(type, range)) ?? []
  if (media === undefined) return `the type is ${type}, not ${Object.keys(promised.content).join(' or ')}`
  if (method === 'HEAD') return text === '' ? undefined : 'HEAD with a body'
  if (text === undefined || !isJson(type ?? '') || media.schema.format === 'binary') return undefined
  const body = parsed(text)
  if (body === undefined) return 'the body is not the JSON that its type says'
  const validate = validators(media.schema)
  return validate(body) ? undefined : `the body ${said(validate)}`
}

const isReadable = (path: string): boolean => {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

const essence = (type: string): string => type.replace(/;.*$/, '').trim().toLowerCase()
const isJson = (type: string): boolean => /[/+]json$/.test(essence(type))

function isWithin(type: string | null, range: string): boolean {
  if (type === null) return false
  return range === '*/*' || essence(type) === range || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const said = ({ errors }: ValidateFunction): string =>
  (errors ?? [])
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join('; ')

export function makeValidators({ schemas }: ReadDocument): Validators {
  const ajv = new Ajv2019({ strict: false, allErrors: true })
  formats.default(ajv)
  const all = (isOpen: boolean) =>
    Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toJsonSchema(schema, isOpen)]))
  ajv.addSchema({ $id: 'closed', components: { schemas: all(false) } })
  ajv.addSchema({ $id: 'open', components: { schemas: all(true) } })
  const compiled = new Map<Schema, ValidateFunction>()
  return (schema) => {
    const known = compiled.get(schema) ?? ajv.compile(toJsonSchema(schema, false))
    compiled.set(schema, known)
    return known
  }
}

/**
 * OpenAPI 3.0's schemas as JSON Schema's. Closed: a field that is not in the document is a broken promise too. `nullable`
 * beside a lone `allOf` means "that, or null", as every generator of clients reads it, though the letter of 3.0.3 says
 * otherwise.
 */
function toJsonSchema(schema: Schema, isOpen: boolean): Readonly<Record<string, unknown>> {
  const { $ref, nullable, properties, items, additionalProperties, allOf, anyOf, oneOf, ...rest } = schema
  if ($ref !== undefined) return { $ref: `${isOpen ? 'open' : 'closed'}${$ref}` }
  const [only, ...others] = allOf ?? []
  if (only !== undefined && others.length === 0 && properties === undefined) {
    const meant = toJsonSchema(only, isOpen)
    return nullable === true ? { anyOf: [meant, { type: 'null' }] } : meant
  }
  const inner = (one: Schema) => toJsonSchema(one, isOpen)
  const asIs = { ...rest } as Record<string, unknown>
  if (nullable === true && rest.type !== undefined) asIs['type'] = [rest.type, 'null']
  if (nullable === true && rest.enum !== undefined) asIs['enum'] = [...new Set([...rest.enum, null])]
  const isClosed = !isOpen && additionalProperties === undefined && (properties !== undefined || allOf !== undefined)
  return {
    ...asIs,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, inner(one)])),
    }),
    ...(items && { items: inner(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'boolean' ? additionalProperties : inner(additionalProperties),
    }),
    ...(allOf && { allOf: allOf.map((one) => toJsonSchema(one, true)) }),
    ...(anyOf && { anyOf: anyOf.map(inner) }),
    ...(oneOf && { oneOf: oneOf.map(inner) }),
    ...(isClosed && { unevaluatedProperties: false }),
  }
}
