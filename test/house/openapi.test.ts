// The documents promise what the routes do, and nothing else; and the test of answers against them is awake.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { settings } from '../../src/config/settings.ts'
import type { Contract, Route } from '../../src/contracts/http/route.ts'
import { krakenContract } from '../../src/contracts/kraken/routes.ts'
import { mirrorContract } from '../../src/contracts/mirror/routes.ts'
import { openApiContract } from '../../src/contracts/open-api/routes.ts'
import { restricted } from '../../src/contracts/ops/documents.ts'
import { opsContract } from '../../src/contracts/ops/routes.ts'
import { preheatsContract } from '../../src/contracts/preheats/routes.ts'
import { supernodeContract } from '../../src/contracts/supernode/routes.ts'
import { Failure, type FailureCode } from '../../src/model/failure.ts'
import { makeConforms, makeValidators } from '../support/conform.ts'
import { documentText, readDocument, servedDocument, type Media, type Operation } from '../support/openapi-document.ts'

/** The factories only close over what they are given, and no route is run here. */
const unused = {} as never
const contracts: readonly Contract[] = [
  supernodeContract(unused, unused),
  preheatsContract(unused, unused),
  openApiContract(unused, unused),
  krakenContract(unused, unused),
  mirrorContract(unused, unused),
  opsContract(unused),
]
const names = contracts.map(({ name }) => name)
const everyRoute = contracts.flatMap((contract) => contract.routes.map((route) => ({ contract, route })))

/** A route's path as OpenAPI writes it. */
const templateOf = ({ path }: Route): string => path.replaceAll(/:(\w+)/g, '{$1}').replaceAll(/<([^>]+)>/g, '{$1}')

function operationsIn(text: string): Map<string, Operation> {
  const rows = readDocument(text).endpoints.flatMap(({ template, operations }) =>
    [...operations].map(([method, operation]) => [`${method} ${template}`, operation] as const),
  )
  return new Map(rows)
}

const everything = operationsIn(documentText('warmfront'))
const operationOf = (route: Route): Operation => {
  const operation = everything.get(`${route.method} ${templateOf(route)}`)
  assert.ok(operation !== undefined, `${route.operation} is not in the bundle`)
  return operation
}

test('every contract that can be switched on is looked at here', () => {
  assert.deepEqual(names.join(','), settings.contracts.fallback)
})

for (const { name, routes } of contracts) {
  test(`openapi/${name}.yaml has every route of the contract, and no other`, () => {
    const documented = [...operationsIn(documentText(name))].map(([at, { operationId }]) => `${at} ${operationId}`)
    const served = routes.map((route) => `${route.method} ${templateOf(route)} ${route.operation}`)
    assert.deepEqual(documented.toSorted(), served.toSorted())
  })
}

test('the bundle has every operation of every contract, each with an id of its own', () => {
  const ids = [...everything.values()].map(({ operationId }) => operationId)
  assert.deepEqual(ids.toSorted(), [...new Set(everyRoute.map(({ route }) => route.operation))].toSorted())
})

test('what anyone may call needs no token in the document either, and all else does', () => {
  for (const { route } of everyRoute) {
    const { security } = operationOf(route)
    assert.equal(security.length === 0, route.may === 'anyone', route.operation)
    assert.ok(route.may === 'anyone' || security.some((scheme) => 'token' in scheme), route.operation)
  }
})

test('what any token may call is not refused for its scopes in the document either, and all else is', () => {
  for (const { route } of everyRoute.filter(
    ({ contract, route: { may } }) => contract.name === 'open-api' && may !== 'anyone',
  )) {
    assert.equal('403' in operationOf(route).responses, route.may !== 'holder', route.operation)
  }
})

/** What can happen at the door of a route, before the contract has looked at anything. */
function refusalsAt(route: Route): FailureCode[] {
  const { requestBody } = operationOf(route)
  return [
    'auth.missing',
    'request.too-many',
    'store.unavailable',
    ...(route.may === 'anyone' || route.may === 'holder' ? [] : (['auth.denied'] as const)),
    ...(requestBody === undefined ? [] : (['request.invalid', 'request.too-large', 'request.unsupported'] as const)),
  ]
}

/** With each parameter's example, or a number. */
function addressOf(route: Route): string {
  const { parameters } = operationOf(route)
  return templateOf(route).replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name)
    const example = parameter?.example
    return typeof example === 'string' ? encodeURIComponent(example) : '1'
  })
}

for (const { name, refuse, routes } of contracts) {
  test(`${name}: what the door refuses is promised by status, in the contract's own form`, () => {
    const conforms = makeConforms(names, [])
    for (const route of routes) {
      const { responses } = operationOf(route)
      for (const code of refusalsAt(route)) {
        const failure = new Failure(code, 'For the test.', { retryAfterMs: 1500 })
        const { status, headers, body } = refuse(failure, { method: route.method, path: addressOf(route) })
        assert.ok(
          `${status}` in responses || `${Math.floor(status / 100)}XX` in responses,
          `${route.operation} can be refused with ${status} (${code}), which is not promised`,
        )
        const sent = new Headers({ 'content-type': 'application/json; charset=utf-8', ...headers })
        conforms({
          method: route.method.toUpperCase(),
          path: addressOf(route),
          status,
          headers: sent,
          text: JSON.stringify(body),
        })
      }
    }
  })
}

test('401 names its scheme, 429 says when to come back, and pages of a list name each other', () => {
  for (const [at, { responses, parameters }] of everything) {
    for (const [status, header] of [
      ['401', 'WWW-Authenticate'],
      ['429', 'Retry-After'],
    ] as const) {
      const response = responses[status]
      if (response !== undefined) assert.equal(response.headers?.[header]?.required, true, `${at} ${status} ${header}`)
    }
    if (parameters.some(({ name }) => name === 'page')) {
      assert.equal(responses['200']?.headers?.['Link']?.required, true, `${at} without Link`)
    }
  }
})

test('every body that is asked for or promised on success has an example, and every example is true', () => {
  const document = readDocument(documentText('warmfront'))
  const validators = makeValidators(document)
  const check = (at: string, media: Media) => {
    const examples = [media.example, ...Object.values(media.examples ?? {}).map(({ value }) => value)]
    for (const example of examples.filter((one) => one !== undefined)) {
      const validate = validators(media.schema)
      assert.ok(validate(example), `${at}: ${JSON.stringify(validate.errors)}`)
    }
    return examples.some((one) => one !== undefined)
  }
  const operations = document.endpoints.flatMap((endpoint) => [...endpoint.operations.values()])
  for (const { operationId, requestBody, responses, parameters } of operations) {
    const bodies = [['asked for', requestBody] as const, ...Object.entries(responses)]
    const every = bodies.flatMap(([status, body]) =>
      Object.values(body?.content ?? {}).map((media) => ({ status, media })),
    )
    for (const { status, media } of every) {
      const at = `${operationId} ${status}`
      assert.ok(check(at, media) || status > '299', `${at} has a body without an example`)
    }
    for (const one of parameters) check(`${operationId} ${one.name}`, one)
  }
})

/** Every object in a document, however deep. */
function objectsIn(value: unknown): Readonly<Record<string, unknown>>[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(objectsIn)
  return Array.isArray(value) ? inner : [value as Readonly<Record<string, unknown>>, ...inner]
}

test('nothing is in the document that generators of Go and Java are known to stumble over', () => {
  for (const schema of objectsIn(parse(documentText('warmfront')))) {
    // An int of theirs has 32 bits unless the document says otherwise.
    if (schema['type'] === 'integer' && Number(schema['maximum']) >= 2 ** 31) assert.equal(schema['format'], 'int64')
    // Both make camel case of every name; `ID` beside `id` is known to pass.
    const fields = Object.keys(Object(schema['properties'])).filter((name) => name !== 'ID')
    const inCode = fields.map((name) => name.replaceAll(/[_-]/g, '').toLowerCase())
    assert.equal(new Set(inCode).size, fields.length, fields.join(', '))
  }
})

test('whichever contracts are switched off, the document of the rest is whole', () => {
  const subsets = [...names.map((name) => [name]), ...names.map((name) => names.filter((other) => other !== name))]
  for (const subset of subsets) {
    const served = new Set(['ops', ...subset])
    const { tags, components } = parse(restricted(documentText('warmfront'), [...served])) as Record<string, object>
    for (const part of [tags, ...Object.values(Object(components))]) assert.ok(part !== null)
    const { endpoints } = servedDocument([...served])
    const expected = contracts.filter(({ name }) => served.has(name)).flatMap(({ routes }) => routes.map(templateOf))
    assert.deepEqual(endpoints.map(({ template }) => template).toSorted(), [...new Set(expected)].toSorted())
    // Throws where a schema refers to one that was left out.
    makeConforms([...served], [])
  }
})

const json = { 'content-type': 'application/json; charset=utf-8' }
const promised = { method: 'GET', path: '/livez', status: 200, headers: json, text: '{"status":"ok"}' }
const broken: readonly (Partial<typeof promised> & { readonly name: string; readonly says: RegExp })[] = [
  { name: 'another status', status: 201, text: '{}', says: /body.*required/ },
  { name: 'another type', headers: { 'content-type': 'text/html' }, says: /the type is text\/html/ },
  { name: 'no JSON', text: 'ok', says: /not the JSON/ },
  { name: 'a field too few', text: '{}', says: /required property 'status'/ },
  { name: 'a field too many', text: '{"status":"ok","more":1}', says: /unevaluated/ },
  { name: 'another value', text: '{"status":"fine"}', says: /allowed values/ },
  { name: 'a body to HEAD', method: 'HEAD', says: /HEAD with a body/ },
  { name: 'an answer to another method', method: 'DELETE', says: /Allow/ },
  { name: 'an answer where nothing is', path: '/nothing', says: /no operation is meant/ },
  {
    name: 'HTML where nothing is',
    path: '/nothing',
    status: 404,
    headers: { 'content-type': 'text/html' },
    says: /type/,
  },
  { name: 'a header too few', path: '/docs/', status: 308, headers: {} as typeof json, text: '', says: /Location/ },
  { name: 'a status that is not promised', path: '/api/check', status: 404, says: /no such status/ },
]

test('an answer that was promised passes, also below a prefix, a token and too many slashes', () => {
  const conforms = makeConforms(names, [{ path: '/edge', clusterIds: [] }])
  for (const path of ['/livez', '/LIVEZ/', '/edge/livez?a=b', '//t/secret//edge/livez']) {
    conforms({ ...promised, headers: new Headers(json), path })
  }
})

for (const { name, says, ...change } of broken) {
  test(`an answer that was not promised is found: ${name}`, () => {
    const exchange = { ...promised, ...change }
    const conforms = makeConforms(names, [])
    assert.throws(() => conforms({ ...exchange, headers: new Headers(exchange.headers) }), says)
  })
}
