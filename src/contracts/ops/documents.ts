// The OpenAPI documents as they are served: only what this service answers is promised.

import { readFile } from 'node:fs/promises'
import { Failure } from '../../model/failure.ts'
import type { Answer } from '../http/route.ts'

const folder = new URL('../../../openapi/', import.meta.url)

/** The comment before each part of the bundle, which scripts/bundle.ts writes: the contracts that the part is of. */
const marker = /^ *# Of: (.+)$/

/** The bundle without what only other contracts have. Pure. */
export function restricted(bundle: string, served: readonly string[]): string {
  let isServed = true
  const lines = bundle.split('\n').filter((line) => {
    const owners = marker.exec(line)?.[1]?.split(', ')
    if (owners !== undefined) isServed = owners.includes('all') || owners.some((name) => served.includes(name))
    return isServed
  })
  return lines.join('\n')
}

/** Everything that is served, as one document. */
export async function wholeDocument(served: readonly string[]): Promise<Answer> {
  return yaml(restricted(await readFile(new URL('warmfront.yaml', folder), 'utf8'), served))
}

/** Throws `request.not-found` for a contract that is not served. */
export async function documentOf(contract: string, served: readonly string[]): Promise<Answer> {
  if (served.includes(contract)) return yaml(await readFile(new URL(`${contract}.yaml`, folder), 'utf8'))
  throw new Failure('request.not-found', `No contract of that name is served here, only ${served.join(', ')}.`)
}

const yaml = (text: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/yaml; charset=utf-8', 'cache-control': 'no-cache' },
  text,
})
