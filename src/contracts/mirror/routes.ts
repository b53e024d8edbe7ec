// The read-only registry that the embedded peer is to containerd, CRI-O and Docker. Asks nobody: a miss is a 404, and
// the node goes on to the origin itself.

import { parseDigest } from '../../model/digest.ts'
import type { Digest } from '../../model/digest.ts'
import { Failure } from '../../model/failure.ts'
import type { BlobShelf } from '../../model/shelf.ts'
import type { Answer, Call, Contract, Route } from '../http/route.ts'
import { refusal, refuse } from './refusals.ts'
import { answerWith, namespaceOf, plainBytes } from './translate.ts'
import { nameGrammar, nameLength, tagGrammar, versionHeader } from './wire.ts'

export interface MirrorOptions {
  /** The registry that is meant where a client does not say one, such as `docker.io`. */
  readonly defaultNamespace: string
}

const blobs = { path: '/v2/<name>/blobs/<digest>', pattern: /^\/v2\/(?<name>.+)\/blobs\/(?<digest>[^/]+)$/ }
const manifests = {
  path: '/v2/<name>/manifests/<reference>',
  pattern: /^\/v2\/(?<name>.+)\/manifests\/(?<reference>[^/]+)$/,
}
/** Tag lists, referrers, uploads: what a registry has besides, and a mirror of what was warmed has not. */
const others = { path: '/v2/<other>', pattern: /^\/v2\/.+$/ }

/** HEAD comes along with each GET, and other methods are refused, as everywhere behind the door. */
export function mirrorContract(shelf: BlobShelf, options: MirrorOptions): Contract {
  const blob = (call: Call) => answerBlob(shelf, call)
  const manifest = (call: Call) => answerManifest(shelf, options, call)
  const routes: readonly Route[] = [
    { operation: 'getVersion', method: 'get', path: '/v2/', may: 'job:read', run: answerVersion },
    { operation: 'getBlob', method: 'get', ...blobs, may: 'job:read', run: blob },
    { operation: 'getManifest', method: 'get', ...manifests, may: 'job:read', run: manifest },
    { operation: 'getOther', method: 'get', ...others, may: 'job:read', run: answerOther },
  ]
  return { name: 'mirror', routes, refuse }
}

async function answerVersion(): Promise<Answer> {
  return { status: 200, headers: versionHeader, body: {} }
}

async function answerOther(): Promise<Answer> {
  throw new Failure('request.not-found', 'This mirror serves blobs and manifests, and nothing else.')
}

async function answerBlob(shelf: BlobShelf, call: Call): Promise<Answer> {
  const { name = '', digest: text = '' } = call.params
  if (!isName(name)) return badName(name)
  const digest = parseDigest(text)
  if (digest === undefined) return badDigest(text)
  const held = await shelf.open(digest)
  if (held === undefined) return refusal(404, 'BLOB_UNKNOWN', 'This mirror does not hold the blob.', { digest })
  return answerWith({ blob: held, mediaType: plainBytes, immutable: true }, call)
}

async function answerManifest(shelf: BlobShelf, options: MirrorOptions, call: Call): Promise<Answer> {
  const { name = '', reference = '' } = call.params
  if (!isName(name)) return badName(name)
  if (reference.includes(':')) {
    const digest = parseDigest(reference)
    return digest === undefined ? badDigest(reference) : answerHeld(shelf, call, digest, true)
  }
  const namespace = namespaceOf(call.query, options.defaultNamespace)
  const digest = tagGrammar.test(reference) ? await shelf.digestOf(namespace, name, reference) : undefined
  if (digest === undefined) {
    const detail = { namespace, name, tag: reference }
    return refusal(404, 'MANIFEST_UNKNOWN', 'This mirror does not know the tag, or no longer trusts it.', detail)
  }
  return answerHeld(shelf, call, digest, false)
}

async function answerHeld(shelf: BlobShelf, call: Call, digest: Digest, immutable: boolean): Promise<Answer> {
  const blob = await shelf.open(digest)
  if (blob === undefined || blob.mediaType === plainBytes) {
    return refusal(404, 'MANIFEST_UNKNOWN', 'This mirror does not hold the manifest.', { digest })
  }
  return answerWith({ blob, mediaType: blob.mediaType, immutable }, call)
}

const isName = (name: string): boolean => name.length <= nameLength && nameGrammar.test(name)

const badName = (name: string): Answer =>
  refusal(400, 'NAME_INVALID', 'A repository is named by lower-case words joined by slashes.', { name })

const badDigest = (digest: string): Answer =>
  refusal(400, 'DIGEST_INVALID', 'A digest reads sha256: and 64 digits of lower-case hex.', { digest })
