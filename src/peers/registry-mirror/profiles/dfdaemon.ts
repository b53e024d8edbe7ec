// The HTTP proxy of Dragonfly's dfdaemon, as a mirror: for where its gRPC port cannot be reached.

import type { PeerAnswer } from '../../../model/peer-http.ts'
import { usual, type Profile } from '../profile.ts'

/**
 * Only a GET that one of its rules matches goes through the swarm and is kept; the answer then names a task. Everything
 * else is passed on as by any proxy: so are manifests, and what it says of itself then means nothing. A part of a blob
 * is never asked for: that would make it take the whole for finished.
 */
export const dfdaemon = (): Profile => ({
  can: { ...usual, sharesPieces: true, bodyThroughUs: true, documents: false },
  async warm(visit) {
    const { place, authorization } = visit.options
    const credential = await authorization()
    const headers = {
      'x-dragonfly-registry': place.registryUrl,
      ...(credential === undefined ? {} : { authorization: credential }),
    }
    const first = await visit.read(headers)
    if (taskOf(first) === undefined) throw visit.notCached('has no rule for it, and passed it on')
    const isHeld = async () => {
      const later = await visit.look('whole', headers)
      visit.expect(later)
      return taskOf(later) === taskOf(first) && isFinished(later)
    }
    if (!(await visit.settled(isHeld))) throw visit.notCached('does not call its task finished')
    // A task may call itself finished of which a node has read a part: so this does not say that it was all there.
    return visit.warmed(null, 'peer-header')
  },
})

const taskOf = ({ headers }: PeerAnswer): string | undefined => headers['x-dragonfly-task-id']
const isFinished = ({ headers }: PeerAnswer): boolean => headers['x-dragonfly-task-download-finished'] === 'true'
