// All contracts in one OpenAPI document, for generators of clients. Written by `npm run docs` as openapi/warmfront.yaml.

import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'yaml'

type Fields = Readonly<Record<string, unknown>>

/** As much of an OpenAPI document as the bundle has to know. */
export interface OpenApiDocument {
  readonly openapi: string
  readonly info: { readonly version: string; readonly license: unknown }
  readonly servers: unknown
  readonly security?: unknown
  readonly tags?: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Fields>>
  readonly components: Readonly<Record<string, Fields>>
}

interface Part {
  readonly value: unknown
  /** The contracts whose documents have it. */
  readonly owners: readonly string[]
}
type Parts = ReadonlyMap<string, Part>

/**
 * Before each part stands a comment that names its contracts, so that the service can leave out those that are switched
 * off without knowing YAML. Throws where two documents mean different things by one name.
 */
export function bundle(documents: Readonly<Record<string, OpenApiDocument>>): string {
  const all = Object.entries(documents)
  const [first] = Object.values(documents)
  if (first === undefined) throw new Error('there are no documents to bundle')
  const tags = merge(all.map(([name, { tags = [] }]) => [name, Object.fromEntries(tags.map((tag) => [tag.name, tag]))]))
  const paths = merge(all.map(([name, document]) => [name, withSecurity(document)]))
  const kinds = [...new Set(all.flatMap(([, { components }]) => Object.keys(components)))].toSorted()
  const components = kinds.map((kind) => {
    const parts = merge(all.map(([name, document]) => [name, document.components[kind] ?? {}]))
    return [marker(ownersOf(parts), 1), `  ${kind}:\n`, ...render(parts, 2)].join('')
  })
  return [
    '# Written by "npm run docs" from the documents of the contracts beside it.\n',
    stringify({ openapi: first.openapi, info: infoOf(first), servers: first.servers }, format),
    'tags:\n',
    ...[...tags.values()].map(({ value, owners }) => marker(owners, 1) + indent(stringify([value], format), 1)),
    '# Of: all\npaths:\n',
    ...render(paths, 1),
    '# Of: all\ncomponents:\n',
    ...components,
  ].join('')
}

const format = { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false } as const

/** What else stands beside operations, such as parameters that they share, is left as it is. */
const methods = ['get', 'head', 'post', 'put', 'patch', 'delete']

const infoOf = ({ info }: OpenApiDocument) => ({
  title: 'Warmfront',
  version: info.version,
  description: 'Every contract that Warmfront speaks, over one engine: a job can be read through each of them.',
  license: info.license,
})

/** Each operation says itself what its document says once for all of them. */
function withSecurity({ paths, security }: OpenApiDocument): Fields {
  const spelled = Object.entries(paths).map(([path, item]) => {
    const fields = Object.entries(item).map(([name, value]) => {
      return [name, methods.includes(name) ? { security, ...Object(value) } : value]
    })
    return [path, Object.fromEntries(fields)]
  })
  return Object.fromEntries(spelled) as Fields
}

function merge(named: readonly (readonly [contract: string, fields: Fields])[]): Parts {
  const parts = new Map<string, Part>()
  for (const [contract, fields] of named) {
    for (const [name, value] of Object.entries(fields)) {
      const known = parts.get(name)
      if (known !== undefined && !isDeepStrictEqual(known.value, value)) {
        throw new Error(`${contract} and ${known.owners.join(', ')} mean different things by ${name}`)
      }
      parts.set(name, { value, owners: [...(known?.owners ?? []), contract] })
    }
  }
  return parts
}

const ownersOf = (parts: Parts): readonly string[] => [...new Set([...parts.values()].flatMap(({ owners }) => owners))]

const render = (parts: Parts, depth: number): string[] =>
  [...parts].map(
    ([name, { value, owners }]) => marker(owners, depth) + indent(stringify({ [name]: value }, format), depth),
  )

const marker = (owners: readonly string[], depth: number): string => `${'  '.repeat(depth)}# Of: ${owners.join(', ')}\n`

const indent = (text: string, depth: number): string => text.replaceAll(/^(?=.)/gm, '  '.repeat(depth))
