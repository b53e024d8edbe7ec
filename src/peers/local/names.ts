// What a tag meant when it was last resolved, remembered for a while.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDigest } from '../../model/digest.ts'
import type { Digest } from '../../model/digest.ts'
import type { Clock } from '../../model/ports.ts'
import { readIfThere, writeWhole } from './files.ts'
import { nameKey } from './layout.ts'

export interface TagName {
  readonly namespace: string
  readonly repository: string
  readonly tag: string
}

const nameOf = ({ namespace, repository, tag }: TagName): string => `${namespace}/${repository}:${tag}`

export class Names {
  readonly #dir: string
  readonly #lifetimeMs: number
  readonly #clock: Clock

  constructor(dir: string, lifetimeMs: number, clock: Clock) {
    this.#dir = dir
    this.#lifetimeMs = lifetimeMs
    this.#clock = clock
  }

  async set(tag: TagName, digest: Digest): Promise<void> {
    const name = nameOf(tag)
    await writeWhole(this.#dir, nameKey(name), JSON.stringify({ name, digest, resolvedAtMs: this.#clock.now() }))
  }

  /** undefined when unknown or resolved too long ago; the latter is forgotten on the way. */
  async get(tag: TagName): Promise<Digest | undefined> {
    const name = nameOf(tag)
    const path = join(this.#dir, nameKey(name))
    const text = await readIfThere(path)
    if (text === undefined) return undefined
    const entry = parseEntry(text)
    if (entry?.name === name && this.#clock.now() - entry.resolvedAtMs < this.#lifetimeMs) return entry.digest
    await rm(path, { force: true })
    return undefined
  }
}

interface Entry {
  readonly name: string
  readonly digest: Digest
  readonly resolvedAtMs: number
}

/** undefined for what we did not write, or not to its end. */
function parseEntry(text: string): Entry | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { name, digest, resolvedAtMs }: Partial<Record<keyof Entry, unknown>> = value
  const parsed = typeof digest === 'string' ? parseDigest(digest) : undefined
  if (typeof name !== 'string' || parsed === undefined || typeof resolvedAtMs !== 'number') return undefined
  return { name, digest: parsed, resolvedAtMs }
}
