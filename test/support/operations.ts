// What the OpenAPI documents promise, as a list of calls.

import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'

export interface Operation {
  readonly contract: string
  readonly id: string
  /** Upper case. */
  readonly method: string
  /** As the document writes it. */
  readonly template: string
  /** With its parameters filled in. */
  readonly path: string
  /** Anyone may call it. */
  readonly open: boolean
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
}

interface Described {
  readonly operationId: string
  readonly security?: readonly unknown[]
}

const folder = resolve(import.meta.dirname, '../../openapi')
const bundle = 'warmfront.yaml'
const methods = ['get', 'head', 'post', 'put', 'patch', 'delete']

/** Every operation of every contract. */
export function operations(): readonly Operation[] {
  const files = globSync('*.yaml', { cwd: folder }).filter((file) => file !== bundle && file !== 'redocly.yaml')
  return files.toSorted().flatMap((file) => {
    const { paths } = parse(readFileSync(join(folder, file), 'utf8')) as Document
    return Object.entries(paths).flatMap(([template, described]) =>
      Object.entries(described)
        .filter(([method]) => methods.includes(method))
        .map(([method, { operationId, security }]) => ({
          contract: file.replace('.yaml', ''),
          id: operationId,
          method: method.toUpperCase(),
          template,
          path: template.replaceAll(/\{[^}]+\}/g, '7'),
          open: security?.length === 0,
        })),
    )
  })
}
