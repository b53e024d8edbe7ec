// The registry port of a Kraken agent (lib/dockerregistry, transfer/ro_transferer.go): whatever asks for a blob waits
// until the agent has it, whole and hashed; it is then served by distribution's own code.

import { fetchFrom, isRight, startStandIn, stored, unknown, type Fetched, type StandIn } from './stand-in.ts'

/** The swarm's origin reads from `origin`. `nothing`: no agent at all, but something that passes requests on. */
export function startKrakenAgent(origin: string, keeps: 'all' | 'nothing' = 'all'): Promise<StandIn> {
  const store = new Map<string, Promise<Fetched>>()
  return startStandIn(async (question) => {
    const { kind, path, name } = question
    if (kind === undefined) return { status: 200 }
    const download = store.get(path) ?? fetchFrom(origin, path)
    if (keeps === 'all') store.set(path, download)
    const fetched = await download.catch(() => undefined)
    const isThere = fetched?.status === 200 && isRight(name, fetched.body)
    if (!isThere) {
      store.delete(path)
      return unknown(kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN')
    }
    if (keeps === 'nothing') return { status: 200, body: fetched.body, headers: { 'content-type': fetched.mediaType } }
    return stored(question, fetched.mediaType, fetched.body)
  })
}
