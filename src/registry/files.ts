// Resolves plain files by URL: each is one blob, whose digest is known only when its bytes are.

import { eachAtMost } from '../kit/each.ts'
import { headerOf } from '../kit/http-exchange.ts'
import { quotable, redactUrl } from '../kit/redact.ts'
import type { Blob } from '../model/blob.ts'
import { parseFileUrl } from '../model/file-url.ts'
import type { PeerAnswer, PeerAsk, PeerEndpoint } from '../model/peer-http.ts'
import type { ByteSink, Origin, Resolved } from '../model/ports.ts'
import type { Conversation } from './conversation.ts'
import { unknownBytes } from './media-types.ts'
import { readBytes } from './read-bytes.ts'
import { refusalOf, type Where } from './refusal.ts'

/** Files of one job that are asked about at the same time. */
const filesAtOnce = 16

interface File {
  readonly url: URL
  /** What is shown; two files never share it. */
  readonly shown: string
  readonly conversation: Conversation
  readonly where: Where
  readonly now: () => number
}

export interface FilesAsk {
  readonly urls: readonly string[]
  /** Addresses that differ only in these are one file. */
  readonly filteredQueryParams: readonly string[]
  /** Opens a conversation with the server of a file; the same one for the same server. */
  readonly converse: (url: URL) => Conversation
  readonly now: () => number
}

export async function resolveFiles(ask: FilesAsk, signal: AbortSignal): Promise<Omit<Resolved, 'expiresAtMs'>> {
  const { urls, filteredQueryParams, converse, now } = ask
  const files = new Map<string, File>()
  for (const text of distinct(urls, filteredQueryParams)) {
    const url = parseFileUrl(text)
    const shown = nameFor(text, files)
    const where = { who: `The server ${url.host}`, what: shown }
    files.set(shown, { url, shown, conversation: converse(url), where, now })
  }
  const found = new Map<string, Blob>()
  await eachAtMost([...files.values()], filesAtOnce, signal, async (file) => {
    found.set(file.shown, await describe(file, signal))
  })
  const blobs = [...files.keys()].flatMap((shown) => found.get(shown) ?? [])
  const warnings = [...new Set([...files.values()].flatMap(({ conversation }) => conversation.warnings))]
  return { artifact: { image: null, platforms: [], blobs, warnings }, origin: new Files(files) }
}

/** The first of those that are the same file. */
function distinct(urls: readonly string[], filtered: readonly string[]): readonly string[] {
  const byIdentity = new Map<string, string>()
  for (const text of urls) {
    const url = parseFileUrl(text)
    for (const name of filtered) url.searchParams.delete(name)
    if (!byIdentity.has(url.href)) byIdentity.set(url.href, text)
  }
  return [...byIdentity.values()]
}

class Files implements Origin {
  readonly #files: ReadonlyMap<string, File>

  constructor(files: ReadonlyMap<string, File>) {
    this.#files = files
  }

  async read(blob: Blob, from: number, sink: ByteSink, signal: AbortSignal): Promise<void> {
    const { url, conversation, where, now } = this.#fileOf(blob)
    await readBytes(conversation, { url, size: blob.size, where }, from, { sink, signal, now })
  }

  async authorization(blob: Blob, signal: AbortSignal, guarded = false): Promise<string | undefined> {
    const { conversation, where } = this.#fileOf(blob)
    return conversation.authorization(where, signal, guarded)
  }

  async askThrough(proxy: PeerEndpoint, blob: Blob, ask: PeerAsk): Promise<PeerAnswer> {
    const { url, conversation, where } = this.#fileOf(blob)
    return conversation.through(proxy, { url, where }, ask)
  }

  #fileOf({ url }: Blob): File {
    const file = this.#files.get(url)
    if (file === undefined) throw new TypeError('the file belongs to another job')
    return file
  }
}

/** Addresses that differ only in what may not be shown are numbered. */
function nameFor(text: string, taken: ReadonlyMap<string, unknown>): string {
  const shown = redactUrl(text)
  if (!taken.has(shown)) return shown
  for (let number = 2; ; number++) if (!taken.has(`${shown}#${number}`)) return `${shown}#${number}`
}

/** Asks by HEAD, and by a GET for one byte where HEAD is not welcome, as with addresses that are signed for GET. */
async function describe(file: File, signal: AbortSignal): Promise<Blob> {
  const { url, shown, conversation, where, now } = file
  const head = await conversation.read({ method: 'HEAD', url, headers: {}, where }, 0, signal)
  const isGood = head.status === 200
  const ask = { method: 'GET', url, headers: { range: 'bytes=0-0' }, where } as const
  const reply = isGood ? head : await conversation.stream(ask, () => undefined, signal)
  if (reply.status !== 200 && reply.status !== 206 && reply.status !== 416) throw refusalOf(reply, where, now())
  const length = reply.status === 200 ? headerOf(reply, 'content-length') : totalOf(headerOf(reply, 'content-range'))
  const size = length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : null
  const mediaType = quotable(headerOf(reply, 'content-type') ?? '') || unknownBytes
  return { kind: 'file', digest: null, size, mediaType, url: shown }
}

/** An empty file answers 416 to any range, with its length of 0. */
const totalOf = (range: string | undefined): string | undefined =>
  /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(range ?? '')?.[1]
