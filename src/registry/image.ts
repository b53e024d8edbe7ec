// Resolves one image: which of its manifests are meant, and what blobs they name; these are read on demand.

import { eachAtMost } from '../kit/each.ts'
import type { Blob, Artifact } from '../model/blob.ts'
import { shortDigest, type Digest } from '../model/digest.ts'
import { Failure } from '../model/failure.ts'
import { matchRank, platformOf, printPlatform, type Platform } from '../model/platform.ts'
import type { PeerAnswer, PeerAsk, PeerEndpoint } from '../model/peer-http.ts'
import type { ByteSink, Origin, Resolved } from '../model/ports.ts'
import { choose, noPlatform, wanted, type PlatformPolicy } from './choice.ts'
import { Documents, type Document, type DocumentsAsk } from './documents.ts'
import { parseObject } from './json.ts'
import { mostEntries, type Descriptor, type Entry, type ImageManifest } from './manifest.ts'
import { isForeign, isImageConfig, unknownBytes } from './media-types.ts'
import { readBytes } from './read-bytes.ts'
import type { Where } from './refusal.ts'

/** An index in an index in an index: nobody builds deeper ones. */
const deepestIndex = 3
/** Manifests of one image that are asked for at the same time. */
const manifestsAtOnce = 4

export interface ImageAsk extends DocumentsAsk {
  readonly policy: PlatformPolicy
}

export async function resolveImage(ask: ImageAsk, signal: AbortSignal): Promise<Omit<Resolved, 'expiresAtMs'>> {
  const image = new Image(ask)
  const artifact = await image.artifact(signal)
  return { artifact, origin: image }
}

class Image implements Origin {
  readonly #ask: ImageAsk
  readonly #documents: Documents
  readonly #blobs = new Map<Digest, Blob>()
  readonly #warnings = new Set<string>()
  #entries = 0

  constructor(ask: ImageAsk) {
    this.#ask = ask
    this.#documents = new Documents(ask)
  }

  async artifact(signal: AbortSignal): Promise<Artifact> {
    const { reference, conversation } = this.#ask
    const top = await this.#documents.top(signal)
    const platforms = await (top.manifest.kind === 'index'
      ? this.#fromIndex(top, signal)
      : this.#single(top, top.manifest, signal))
    const { namespace, repository, tag } = reference
    return {
      image: { namespace, repository, tag, digest: top.digest, mediaType: top.manifest.mediaType },
      platforms,
      blobs: [...this.#blobs.values()],
      warnings: [...conversation.warnings, ...this.#warnings],
    }
  }

  async read(blob: Blob, from: number, sink: ByteSink, signal: AbortSignal): Promise<void> {
    const { digest, size } = blob
    if (digest === null) throw new TypeError('a blob of an image has a digest')
    const kept = this.#documents.bytesOf(digest)
    if (kept !== undefined) {
      await sink.begin(from, kept.length)
      if (from < kept.length) await sink.write(kept.subarray(from))
      return
    }
    const { conversation, now } = this.#ask
    const url = this.#documents.url('blobs', digest)
    const wantedBytes = { url, size, where: this.#whereOf(blob) }
    await readBytes(conversation, wantedBytes, from, { sink, signal, now })
  }

  async authorization(blob: Blob, signal: AbortSignal, guarded = false): Promise<string | undefined> {
    return this.#ask.conversation.authorization(this.#whereOf(blob), signal, guarded)
  }

  async askThrough(proxy: PeerEndpoint, blob: Blob, ask: PeerAsk): Promise<PeerAnswer> {
    const { digest, kind } = blob
    if (digest === null) throw new TypeError('a blob of an image has a digest')
    const url = this.#documents.url(kind === 'manifest' || kind === 'index' ? 'manifests' : 'blobs', digest)
    return this.#ask.conversation.through(proxy, { url, where: this.#whereOf(blob) }, ask)
  }

  /** The platforms that were chosen. */
  async #fromIndex(top: Document, signal: AbortSignal): Promise<readonly string[]> {
    const images = await this.#imagesOf(top, 1, signal)
    const { chosen, warnings } = choose(images, this.#ask.policy, this.#documents.where())
    for (const warning of warnings) this.#warnings.add(warning)
    const digests = [...new Set(chosen.map(({ digest }) => digest))]
    await eachAtMost(digests, manifestsAtOnce, signal, async (digest) => {
      await this.#documents.child(digest, signal)
    })
    for (const digest of digests) this.#take(await this.#documents.child(digest, signal)) // read by now
    return [...new Set(chosen.flatMap(({ platform }) => (platform === null ? [] : [printPlatform(platform)])))]
  }

  /** The images of an index and of the indexes in it. */
  async #imagesOf(index: Document, depth: number, signal: AbortSignal): Promise<readonly Entry[]> {
    const { manifest } = index
    if (manifest.kind !== 'index') throw this.#invalid('an index names something else as an index')
    if (depth > deepestIndex) throw this.#invalid(`indexes are nested deeper than ${deepestIndex}`)
    this.#entries += manifest.entries.length
    if (this.#entries > mostEntries) {
      const { who, what } = this.#documents.where()
      const found = `${what} has indexes with more than ${mostEntries} entries together`
      throw new Failure('registry.too-large', `${who}: ${found}.`)
    }
    this.#listDocument(index)
    const images: Entry[] = []
    for (const entry of manifest.entries) {
      if (entry.kind === 'image') images.push(entry)
      else images.push(...(await this.#imagesOf(await this.#documents.child(entry.digest, signal), depth + 1, signal)))
    }
    return images
  }

  /** A manifest without an index says in its config what it is for; that is asked only if somebody wants to know. */
  async #single(top: Document, manifest: ImageManifest, signal: AbortSignal): Promise<readonly string[]> {
    this.#take(top)
    const { platforms, explicit } = this.#ask.policy
    const asked = explicit && !platforms.includes('all')
    const { config } = manifest
    const platform = manifest.platform ?? (asked && config !== null ? await this.#platformOf(config, signal) : null)
    if (platform === null) return []
    const missing = asked ? platforms.filter((text) => matchRank(wanted(text), platform) === undefined) : []
    if (missing.length > 0) throw noPlatform(missing, [{ platform }], this.#documents.where())
    return [printPlatform(platform)]
  }

  async #platformOf(config: Descriptor, signal: AbortSignal): Promise<Platform | null> {
    if (!isImageConfig(config.mediaType)) return null
    const { os, architecture, variant } = parseObject(await this.#documents.config(config.digest, signal)) ?? {}
    if (typeof os !== 'string' || typeof architecture !== 'string') return null
    return platformOf({ os, architecture, variant: typeof variant === 'string' ? variant : '' }) ?? null
  }

  /** Lists an image's manifest, config and layers, each blob once. */
  #take(document: Document): void {
    if (document.manifest.kind !== 'image') throw this.#invalid('an index names something else as an image')
    this.#listDocument(document)
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
    const url = this.#documents.url('blobs', digest).href
    this.#blobs.set(digest, { kind, digest, size, mediaType: mediaType || unknownBytes, url })
  }

  #listDocument({ digest, manifest, bytes }: Document): void {
    const url = this.#documents.url('manifests', digest).href
    const kind = manifest.kind === 'index' ? 'index' : 'manifest'
    this.#blobs.set(digest, { kind, digest, size: bytes.length, mediaType: manifest.mediaType, url })
  }

  #whereOf({ digest }: Blob): Where {
    return this.#documents.where(digest === null ? undefined : `blob ${shortDigest(digest)}`)
  }

  #invalid(why: string): Failure {
    const { who, what } = this.#documents.where()
    return new Failure('registry.invalid', `${who} gave an image ${what} that makes no sense: ${why}.`)
  }
}
