// The built console as it is served: read once at the start, each part in the encodings that its build made.

import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import { Failure } from '../../model/failure.ts'
import type { Answer, Call } from '../http/route.ts'

/** Best first. `npm run build` writes them beside each file. */
const encodings = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const

type Encoding = (typeof encodings)[number]['name']

interface Part {
  readonly type: string
  readonly plain: Buffer
  readonly encoded: ReadonlyMap<Encoding, Buffer>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * The page changes with a release; the names of its parts change with what is in them. Private, since a token may stand in
 * the path that they are asked for by.
 */
const fresh = 'no-cache'
const kept = 'private, max-age=31536000, immutable'

export class Site {
  readonly #page: Part | undefined
  readonly #assets: ReadonlyMap<string, Part>

  constructor(page: Part | undefined, assets: ReadonlyMap<string, Part>) {
    this.#page = page
    this.#assets = assets
  }

  get isBuilt(): boolean {
    return this.#page !== undefined
  }

  /** Throws `request.not-found` where the console was never built. */
  page(call: Call): Answer {
    if (this.#page !== undefined) return answer(this.#page, call, fresh)
    throw new Failure('request.not-found', 'The console is not built here; "npm run build" builds it.')
  }

  /** Throws `request.not-found`. */
  asset(call: Call): Answer {
    const part = this.#assets.get(call.params['asset'] ?? '')
    if (part !== undefined) return answer(part, call, kept)
    throw new Failure('request.not-found', 'The console has no such part.')
  }
}

/**
 * A folder that is not there is a console that was not built: the service does all else without it, and so it does where
 * the folder cannot be read, of which `onTrouble` hears.
 */
export async function openSite(folder: URL, onTrouble: (error: unknown) => void): Promise<Site> {
  try {
    return await readSite(folder)
  } catch (error) {
    onTrouble(error)
    return new Site(undefined, new Map())
  }
}

async function readSite(folder: URL): Promise<Site> {
  const page = await readPart(new URL('index.html', folder)).catch(ifMissing)
  const assets = new URL('assets/', folder)
  const names = page === undefined ? [] : await readdir(assets)
  const known = names.filter((name) => Object.hasOwn(types, extname(name)))
  const parts = known.map(async (name) => [name, await readPart(new URL(name, assets))] as const)
  return new Site(page, new Map(await Promise.all(parts)))
}

async function readPart(file: URL): Promise<Part> {
  const encoded = new Map<Encoding, Buffer>()
  for (const { name, suffix } of encodings) {
    const body = await readFile(new URL(file.href + suffix)).catch(ifMissing)
    if (body !== undefined) encoded.set(name, body)
  }
  return { type: types[extname(file.pathname)] ?? '', plain: await readFile(file), encoded }
}

function ifMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

function answer({ type, plain, encoded }: Part, { headers }: Call, cacheControl: string): Answer {
  const accepted = String(headers['accept-encoding'] ?? '')
  const encoding = encodings.find(({ name }) => encoded.has(name) && accepts(accepted, name))
  const body = (encoding && encoded.get(encoding.name)) ?? plain
  return {
    status: 200,
    headers: {
      'content-type': type,
      'cache-control': cacheControl,
      'content-length': String(body.length),
      vary: 'Accept-Encoding',
      ...(encoding && { 'content-encoding': encoding.name }),
    },
    stream: Readable.from([body]),
  }
}

/** RFC 9110, section 12.5.3; a weight of 0 refuses. */
const accepts = (header: string, name: string): boolean =>
  header.split(',').some((item) => {
    const [coding = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    return coding === name && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
