// The registry port of a Kraken agent.

import { usual, type Profile } from '../profile.ts'
import { document, isHeld } from './distribution.ts'

/**
 * A HEAD waits until the agent has the blob from its swarm, whole and hashed, and is answered out of its store by the
 * same code as distribution's. It does not say whether it had the blob before.
 */
export const kraken = (): Profile => ({
  can: { ...usual, sharesPieces: true },
  async warm(visit) {
    if (visit.isDocument) return document(visit)
    const answer = await visit.head()
    visit.expect(answer)
    if (isHeld(visit, answer)) return visit.warmed(null, 'peer-status')
    throw visit.notCached('does not answer as an agent that has it')
  },
})
