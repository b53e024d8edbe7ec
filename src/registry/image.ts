// Resolves one image: its index and manifests are read, verified and kept; its blobs are listed and read on demand.

import { eachAtMost } from '../kit/each.ts'
import { headerOf, type Reply } from '../kit/http-exchange.ts'
import type { Blob, Artifact } from '../model/blob.ts'
import { parseDigest, shortDigest, type Digest } from '../model/digest.ts'
import { Failure } from '../model/failure.ts'
import { matchRank, platformOf, printPlatform, type Platform } from '../model/platform.ts'
import type { ByteSink, Origin, Resolved } from '../model/ports.ts'
import type { ImageReference } from '../model/reference.ts'
import { choose, noPlatform, wanted, type PlatformPolicy } from './choice.ts'
import type { Conversation } from './conversation.ts'
import { parseObject } from './json.ts'
import { manifestBytes, mostEntries, parseManifest } from './manifest.ts'
import type { Descriptor, Entry, Manifest } from './manifest.ts'
import { isForeign, isImageConfig, manifestAccept, schema1Types, unknownBytes } from './media-types.ts'
import { digestOf, proves, signedPayload } from './proof.ts'
import { readBytes } from './read-bytes.ts'
import { refusalOf } from './refusal.ts'

/** An index in an index in an index: nobody builds deeper ones. */
const deepestIndex = 3
/** Manifests of one image that are asked for at the same time. */
const manifestsAtOnce = 4

export interface ImageAsk {
  readonly conversation: Conversation
  readonly reference: ImageReference
  /** `<base>/v2/<repository>/` */
  readonly repositoryUrl: string
  /** The tag or digest that is asked for. */
  readonly at: string
  readonly policy: PlatformPolicy
}

interface Document {
  readonly digest: Digest
  readonly manifest: Manifest
}

export async function resolveImage(ask: ImageAsk, signal: AbortSignal): Promise<Resolved> {
  const image = new Image(ask)
  const artifact = await image.artifact(signal)
  return { artifact, origin: image }
}

class Image implements Origin {
  readonly #ask: ImageAsk
  readonly #who: string
  /** What was read and verified, so that nothing is asked for twice. */
  readonly #kept = new Map<Digest, Buffer>()
  readonly #documents = new Map<Digest, Document>()
  readonly #blobs = new Map<Digest, Blob>()
  readonly #warnings = new Set<string>()
  #entries = 0

  constructor(ask: ImageAsk) {
    this.#ask = ask
    this.#who = `The registry ${ask.reference.namespace}`
  }

  async artifact(signal: AbortSignal): Promise<Artifact> {
    const { reference, at } = this.#ask
    const top = await this.#document(at, signal)
    const platforms = await (top.manifest.kind === 'index' ? this.#fromIndex(top, signal) : this.#single(top, signal))
    const { namespace, repository, tag } = reference
    return {
      image: { namespace, repository, tag, digest: top.digest, mediaType: top.manifest.mediaType },
      platforms,
      blobs: [...this.#blobs.values()],
      warnings: [...this.#warnings],
    }
  }

  async read(blob: Blob, from: number, sink: ByteSink, signal: AbortSignal): Promise<void> {
    const { digest, size } = blob
    if (digest === null) throw new TypeError('a blob of an image has a digest')
    const kept = this.#kept.get(digest)
    if (kept !== undefined) {
      await sink.begin(from, kept.length)
      if (from < kept.length) await sink.write(kept.subarray(from))
      return
    }
    const url = this.#url('blobs', digest)
    const wantedBytes = { url, size, where: this.#where(`blob ${shortDigest(digest)}`) }
    await readBytes(this.#ask.conversation, wantedBytes, from, { sink, signal })
  }

  /** The platforms that were chosen. */
  async #fromIndex(top: Document, signal: AbortSignal): Promise<readonly string[]> {
    const images = await this.#imagesOf(top, 1, signal)
    const { chosen, warnings } = choose(images, this.#ask.policy, this.#where())
    for (const warning of warnings) this.#warnings.add(warning)
    const digests = [...new Set(chosen.map(({ digest }) => digest))]
    await eachAtMost(digests, manifestsAtOnce, signal, async (digest) => {
      await this.#document(digest, signal)
    })
    for (const digest of digests) this.#take(this.#documents.get(digest))
    return [...new Set(chosen.flatMap(({ platform }) => (platform === null ? [] : [printPlatform(platform)])))]
  }

  /** The images of an index and of the indexes in it. */
  async #imagesOf(index: Document, depth: number, signal: AbortSignal): Promise<readonly Entry[]> {
    const { manifest } = index
    if (manifest.kind !== 'index') throw this.#invalid('an index names something else as an index')
    if (depth > deepestIndex) throw this.#invalid(`indexes are nested deeper than ${deepestIndex}`)
    this.#entries += manifest.entries.length
    if (this.#entries > mostEntries) {
      const what = `${this.#where().what} has indexes with more than ${mostEntries} entries together`
      throw new Failure('registry.too-large', `${this.#who}: ${what}.`)
    }
    const images: Entry[] = []
    for (const entry of manifest.entries) {
      if (entry.kind === 'image') images.push(entry)
      else images.push(...(await this.#imagesOf(await this.#document(entry.digest, signal), depth + 1, signal)))
    }
    return images
  }

  /** A manifest without an index says in its config what it is for; that is asked only if somebody wants to know. */
  async #single(top: Document, signal: AbortSignal): Promise<readonly string[]> {
    this.#take(top)
    if (top.manifest.kind !== 'image') return []
    const { platforms, explicit } = this.#ask.policy
    const asked = explicit && !platforms.includes('all')
    const { config } = top.manifest
    const platform = top.manifest.platform ?? (asked && config !== null ? await this.#platformOf(config, signal) : null)
    if (platform === null) return []
    const missing = asked ? platforms.filter((text) => matchRank(wanted(text), platform) === undefined) : []
    if (missing.length > 0) throw noPlatform(missing, [{ platform }], this.#where())
    return [printPlatform(platform)]
  }

  async #platformOf(config: Descriptor, signal: AbortSignal): Promise<Platform | null> {
    if (!isImageConfig(config.mediaType)) return null
    const where = this.#where('config')
    const ask = { method: 'GET', url: this.#url('blobs', config.digest), headers: {}, where } as const
    const reply = await this.#ask.conversation.read(ask, manifestBytes, signal)
    if (reply.status !== 200) throw refusalOf(reply, where, Date.now())
    if (!proves(config.digest, reply.body)) throw this.#wrongDigest(config.digest)
    this.#kept.set(config.digest, reply.body)
    const { os, architecture, variant } = parseObject(reply.body) ?? {}
    if (typeof os !== 'string' || typeof architecture !== 'string') return null
    return platformOf({ os, architecture, variant: typeof variant === 'string' ? variant : '' }) ?? null
  }

  /** Lists an image's manifest, config and layers, each blob once. */
  #take(document: Document | undefined): void {
    if (document?.manifest.kind !== 'image') throw this.#invalid('an index names something else as an image')
    const { config, layers } = document.manifest
    if (config !== null) this.#list('config', config)
    for (const layer of layers) {
      if (isForeign(layer.mediaType)) {
        this.#warnings.add(`Layer ${shortDigest(layer.digest)} is not on the registry (foreign) and was left out.`)
      } else this.#list('layer', layer)
    }
  }

  #list(kind: 'config' | 'layer', { digest, size, mediaType }: Descriptor): void {
    if (this.#blobs.has(digest)) return
    const url = this.#url('blobs', digest).href
    this.#blobs.set(digest, { kind, digest, size, mediaType: mediaType || unknownBytes, url })
  }

  /** Asks for a manifest or index, once; what comes is verified. */
  async #document(at: string, signal: AbortSignal): Promise<Document> {
    const asked = parseDigest(at)
    const known = asked === undefined ? undefined : this.#documents.get(asked)
    if (known !== undefined) return known
    const where = this.#where(asked === undefined || asked === this.#ask.at ? undefined : shortDigest(asked))
    const ask = { method: 'GET', url: this.#url('manifests', at), headers: { accept: manifestAccept }, where } as const
    const reply = await this.#ask.conversation.read(ask, manifestBytes, signal)
    if (reply.status !== 200) throw refusalOf(reply, where, Date.now())
    const manifest = parseManifest(reply.body, headerOf(reply, 'content-type'), where)
    const document = { digest: this.#verified(reply, asked, manifest), manifest }
    this.#documents.set(document.digest, document)
    return document
  }

  /** Keeps the bytes under the digest that they are proven to have. */
  #verified(reply: Reply, asked: Digest | undefined, { kind, mediaType }: Manifest): Digest {
    const { body } = reply
    const isSchema1 = schema1Types.includes(mediaType)
    const payload = isSchema1 ? signedPayload(body) : undefined
    const expected = asked ?? parseDigest(headerOf(reply, 'docker-content-digest') ?? '') ?? digestOf(payload ?? body)
    const proven = [body, payload].find((bytes) => bytes !== undefined && proves(expected, bytes))
    if (proven !== undefined) {
      this.#kept.set(expected, proven)
      const url = this.#url('manifests', expected).href
      const blob = { kind: kind === 'index' ? 'index' : 'manifest', digest: expected, size: proven.length } as const
      this.#blobs.set(expected, { ...blob, mediaType, url })
    } else if (isSchema1 && payload === undefined) {
      this.#warnings.add(
        'The manifest is of docker schema 1 in a form whose digest cannot be verified; it was left out.',
      )
    } else throw this.#wrongDigest(expected)
    return expected
  }

  #url(kind: 'manifests' | 'blobs', name: string): URL {
    return new URL(`${this.#ask.repositoryUrl}${kind}/${name}`)
  }

  /** For sentences: the image, or a part of it. */
  #where(part?: string) {
    const { repository } = this.#ask.reference
    const { at } = this.#ask
    const name = `${repository}${at.includes(':') ? '@' : ':'}${at}`
    return { who: this.#who, what: part === undefined ? name : `${part} of ${repository}` }
  }

  #invalid(why: string): Failure {
    return new Failure(
      'registry.invalid',
      `${this.#who} gave an image ${this.#where().what} that makes no sense: ${why}.`,
    )
  }

  #wrongDigest(expected: Digest): Failure {
    const what = `${shortDigest(expected)} of ${this.#ask.reference.repository}`
    return new Failure('registry.wrong-digest', `${this.#who} gave bytes for ${what} that have another digest.`)
  }
}
