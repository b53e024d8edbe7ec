// zot with the sync extension and onDemand (pkg/api/routes.go, getImageManifest and CheckBlob): a manifest brings the
// whole image, a blob brings nothing.

import { fetchFrom, isRight, startStandIn, stored, unknown, type Fetched, type StandIn } from './stand-in.ts'

export function startZot(origin: string, keeps: 'all' | 'nothing' = 'all'): Promise<StandIn> {
  const store = new Map<string, Fetched>()
  const syncs = new Map<string, Promise<void>>()

  const take = async (path: string, digest: string): Promise<Fetched> => {
    const fetched = await fetchFrom(origin, path)
    if (fetched.status !== 200 || !isRight(digest, fetched.body)) throw new Error(`no ${path}`)
    return fetched
  }
  const sync = async (repository: string, digest: string): Promise<void> => {
    const path = `/v2/${repository}/manifests/${digest}`
    const document = await take(path, digest)
    const { manifests = [], config, layers = [] } = JSON.parse(document.body.toString()) as Manifest
    for (const { digest: child } of manifests) await sync(repository, child)
    for (const { digest: blob } of config === undefined ? [] : [config, ...layers]) {
      const at = `/v2/${repository}/blobs/${blob}`
      store.set(at, await take(at, blob))
    }
    store.set(path, document)
  }
  return startStandIn(async (question) => {
    const { kind, path, repository, name } = question
    if (kind === undefined) return { status: 200 }
    if (kind === 'manifests' && keeps === 'all' && !store.has(path)) {
      const running = syncs.get(path) ?? sync(repository, name).finally(() => syncs.delete(path))
      syncs.set(path, running)
      await running.catch(() => {}) // it only logs that
    }
    const held = store.get(path)
    if (held === undefined) return unknown(kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN')
    return stored(question, held.mediaType, held.body)
  })
}

interface Manifest {
  readonly manifests?: readonly { readonly digest: string }[]
  readonly config?: { readonly digest: string }
  readonly layers?: readonly { readonly digest: string }[]
}
