// distribution 3 as a pull-through cache (registry/proxy/proxyblobstore.go, proxymanifeststore.go): one fetch for the
// client and the store, a HEAD answered once it is stored, and who comes meanwhile served from the origin.

import { fetchFrom, isRight, passed, startStandIn, stored, unknown, type Fetched, type StandIn } from './stand-in.ts'

export function startDistribution3(origin: string, keeps: 'all' | 'nothing' = 'all'): Promise<StandIn> {
  const store = new Map<string, Fetched>()
  const filling = new Set<string>()
  return startStandIn(async (question) => {
    const { kind, path, name } = question
    if (kind === undefined) return { status: 200, headers: { 'docker-distribution-api-version': 'registry/2.0' } }
    const held = store.get(path)
    if (held !== undefined) return stored(question, held.mediaType, held.body)
    const isSecond = filling.has(path)
    filling.add(path)
    const fetched = await fetchFrom(origin, path).finally(() => isSecond || filling.delete(path))
    if (fetched.status !== 200) return unknown(kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN')
    const mayKeep = keeps === 'all' && isRight(name, fetched.body)
    if (mayKeep && !isSecond) store.set(path, fetched)
    if (kind === 'manifests') return mayKeep ? stored(question, fetched.mediaType, fetched.body) : { status: 500 }
    return passed(question, fetched)
  })
}
