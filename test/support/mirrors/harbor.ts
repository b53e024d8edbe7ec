// A proxy cache project of Harbor (src/server/registry/route.go, src/server/middleware/repoproxy/proxy.go): a GET of a
// blob passes it on and stores it in the background, a HEAD asks only the local store, manifests are passed on.

import { fetchFrom, isRight, passed, startStandIn, stored, unknown, type Fetched, type StandIn } from './stand-in.ts'

/** Serves its origin under `/v2/<project>/…`. */
export function startHarborProxy(origin: string, project: string, keeps: 'all' | 'nothing' = 'all'): Promise<StandIn> {
  const store = new Map<string, Fetched>()
  const putting = new Set<string>()
  const put = async (remote: string, digest: string) => {
    const fetched = await fetchFrom(origin, remote)
    if (fetched.status === 200 && isRight(digest, fetched.body)) store.set(remote, fetched)
  }
  return startStandIn(async (question) => {
    const { kind, method, path, name } = question
    if (kind === undefined) return { status: 200 }
    if (!path.startsWith(`/v2/${project}/`)) return unknown('NAME_UNKNOWN')
    const remote = path.replace(`/v2/${project}/`, '/v2/')
    const held = store.get(remote)
    if (held !== undefined) return stored(question, held.mediaType, held.body)
    if (method === 'HEAD' && kind === 'blobs') return unknown('BLOB_UNKNOWN')
    const fetched = await fetchFrom(origin, remote)
    if (fetched.status !== 200) return unknown('BLOB_UNKNOWN')
    if (kind === 'blobs' && keeps === 'all' && !putting.has(remote)) {
      putting.add(remote)
      void put(remote, name)
        .catch(() => {}) // it only logs that
        .finally(() => putting.delete(remote))
    }
    return passed(question, fetched)
  })
}
