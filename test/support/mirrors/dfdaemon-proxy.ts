// The HTTP proxy of Dragonfly's dfdaemon as a mirror: what a rule matches is a task and is kept, everything else is
// passed on. A range makes it call the task finished although it has only a part.

import { createHash } from 'node:crypto'
import { fetchFrom, startStandIn, type Fetched, type Reply, type StandIn } from './stand-in.ts'

/** As its Helm chart has them. */
const usualRules: readonly RegExp[] = [/blobs\/sha256.*/]

/** `mirrored` is asked where a request names no registry. Without rules, as the program comes, nothing is kept. */
export function startDfdaemonProxy(mirrored: string, rules = usualRules): Promise<StandIn> {
  const tasks = new Map<string, Promise<Fetched>>()
  const finished = new Set<string>()
  return startStandIn(async ({ method, path, headers }) => {
    const registry = String(headers['x-dragonfly-registry'] ?? mirrored)
    const url = `${registry}${path}`
    const sent = headers.authorization === undefined ? {} : { authorization: headers.authorization }
    if (method !== 'GET' || !rules.some((rule) => rule.test(url))) return passOn(await fetchFrom(registry, path, sent))
    const id = createHash('sha256').update(url).digest('hex')
    const wasFinished = finished.has(id)
    const task = tasks.get(id) ?? fetchFrom(registry, path, sent)
    tasks.set(id, task)
    const fetched = await task.catch(() => undefined)
    if (fetched?.status !== 200) {
      tasks.delete(id)
      if (fetched === undefined) return failed('dfdaemon')
      return { ...passOn(fetched), headers: { 'x-dragonfly-error-type': 'backend' } }
    }
    finished.add(id)
    const said = wasFinished ? { 'x-dragonfly-task-download-finished': 'true' } : {}
    return { status: 200, body: fetched.body, headers: { 'x-dragonfly-task-id': id, ...said } }
  })
}

const failed = (type: string): Reply => ({ status: 500, headers: { 'x-dragonfly-error-type': type } })

const passOn = ({ status, mediaType, body }: Fetched): Reply => ({
  status,
  body,
  headers: { 'content-type': mediaType },
})
