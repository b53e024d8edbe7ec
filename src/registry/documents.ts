// The manifests, indexes and configs of one image: asked for at most once, verified, and kept for its peers.

import { headerOf } from '../kit/http-exchange.ts'
import { parseDigest, shortDigest, type Digest } from '../model/digest.ts'
import { Failure } from '../model/failure.ts'
import type { ImageReference } from '../model/reference.ts'
import type { Ask, Conversation } from './conversation.ts'
import { manifestBytes, parseManifest, type Manifest } from './manifest.ts'
import { manifestAccept, schema1Types } from './media-types.ts'
import { digestOf, proves, signedPayload } from './proof.ts'
import { refusalOf, type Where } from './refusal.ts'
import type { Kept, Shelf } from './shelf.ts'

export interface Document {
  readonly digest: Digest
  readonly manifest: Manifest
  /** What the digest was proven of: the document, or what was signed of it in schema 1. */
  readonly bytes: Buffer
}

export interface DocumentsAsk {
  readonly conversation: Conversation
  readonly shelf: Shelf
  readonly reference: ImageReference
  /** `<base>/v2/<repository>/` */
  readonly repositoryUrl: string
  /** The tag or digest that is asked for. */
  readonly at: string
  readonly now: () => number
}

/** Answers to a HEAD that a GET would only repeat. Others may mean that HEAD is not known, and have no words in them. */
const isFinal = (status: number): boolean => status === 401 || status === 408 || status === 429 || status >= 502

export class Documents {
  readonly #ask: DocumentsAsk
  readonly #who: string
  readonly #read = new Map<Digest, Document>()
  readonly #configs = new Map<Digest, Buffer>()

  constructor(ask: DocumentsAsk) {
    this.#ask = ask
    this.#who = `The registry ${ask.reference.namespace}`
  }

  /** Of a manifest, index or config that was read. */
  bytesOf(digest: Digest): Buffer | undefined {
    return this.#read.get(digest)?.bytes ?? this.#configs.get(digest)
  }

  /**
   * What the image's name means. A HEAD asks first: Docker Hub and Harbor count GETs as pulls, and what is on the shelf
   * may be given only to who has shown to the registry that it may have it.
   */
  async top(signal: AbortSignal): Promise<Document> {
    const { at, shelf } = this.#ask
    const asked = parseDigest(at)
    if (asked !== undefined && !shelf.knows(this.url('manifests', asked).href)) return this.child(asked, signal)
    const reply = await this.#ask.conversation.read(this.#manifestAsk('HEAD', at), 0, signal)
    if (isFinal(reply.status)) throw refusalOf(reply, this.where(), this.#ask.now())
    const said = reply.status === 200 ? headerOf(reply, 'docker-content-digest') : undefined
    const digest = asked ?? parseDigest(said ?? '')
    if (reply.status === 200 && digest !== undefined) return this.child(digest, signal)
    return this.#unnamed(at, signal)
  }

  /** By its digest, of the same repository. */
  async child(digest: Digest, signal: AbortSignal): Promise<Document> {
    const known = this.#read.get(digest)
    if (known !== undefined) return known
    const ask = this.#manifestAsk('GET', digest)
    const kept = await this.#ask.shelf.take(ask.url.href, signal, async (stop) => {
      const fetched = await this.#fetch(ask, stop)
      this.#documentOf(fetched, digest, ask.where)
      return fetched
    })
    return this.#note(this.#documentOf(kept, digest, ask.where))
  }

  async config(digest: Digest, signal: AbortSignal): Promise<Buffer> {
    const ask: Ask = { method: 'GET', url: this.url('blobs', digest), headers: {}, where: this.where('the config') }
    const { body } = await this.#ask.shelf.take(ask.url.href, signal, async (stop) => {
      const fetched = await this.#fetch(ask, stop)
      if (!proves(digest, fetched.body)) throw this.#wrongDigest(digest)
      return fetched
    })
    this.#configs.set(digest, body)
    return body
  }

  url(kind: 'manifests' | 'blobs', name: string): URL {
    return new URL(`${this.#ask.repositoryUrl}${kind}/${name}`)
  }

  /** For sentences: the image, or a part of it. */
  where(part?: string): Where {
    const { at } = this.#ask
    const { repository } = this.#ask.reference
    const name = `${repository}${at.includes(':') ? '@' : ':'}${at}`
    return { who: this.#who, what: part === undefined ? name : `${part} of ${repository}` }
  }

  /** By a name whose digest the registry did not say beforehand. */
  async #unnamed(at: string, signal: AbortSignal): Promise<Document> {
    const ask = this.#manifestAsk('GET', at)
    const fetched = await this.#fetch(ask, signal)
    const document = this.#documentOf(fetched, parseDigest(at) ?? fetched.said, ask.where)
    this.#ask.shelf.put(this.url('manifests', document.digest).href, fetched)
    return this.#note(document)
  }

  #manifestAsk(method: 'GET' | 'HEAD', at: string): Ask {
    const digest = at === this.#ask.at ? undefined : parseDigest(at)
    const where = this.where(digest === undefined ? undefined : shortDigest(digest))
    return { method, url: this.url('manifests', at), headers: { accept: manifestAccept }, where }
  }

  async #fetch(ask: Ask, signal: AbortSignal): Promise<Kept & { readonly said: Digest | undefined }> {
    const reply = await this.#ask.conversation.read(ask, manifestBytes, signal)
    if (reply.status !== 200) throw refusalOf(reply, ask.where, this.#ask.now())
    const said = parseDigest(headerOf(reply, 'docker-content-digest') ?? '')
    return { body: reply.body, contentType: headerOf(reply, 'content-type'), said }
  }

  #documentOf({ body, contentType }: Kept, expected: Digest | undefined, where: Where): Document {
    const manifest = parseManifest(body, contentType, where)
    const payload = schema1Types.includes(manifest.mediaType) ? signedPayload(body) : undefined
    const digest = expected ?? digestOf(payload ?? body)
    const proven = [body, payload].find((bytes) => bytes !== undefined && proves(digest, bytes))
    if (proven !== undefined) return { digest, manifest, bytes: proven }
    throw this.#wrongDigest(digest)
  }

  #note(document: Document): Document {
    this.#read.set(document.digest, document)
    return document
  }

  #wrongDigest(expected: Digest): Failure {
    const what = `${shortDigest(expected)} of ${this.#ask.reference.repository}`
    return new Failure('registry.wrong-digest', `${this.#who} gave bytes for ${what} that have another digest.`)
  }
}
