// How one peer is, by one look or two.

import { untilAborted } from '../kit/share.ts'
import { anyOf } from '../kit/signals.ts'
import type { HealthState, Peer, PeerHealth } from '../model/peer.ts'
import type { PeerDriver } from '../model/driver.ts'

type Seen = Omit<PeerHealth, 'checkedAtMs'>

/** Over all clusters; each may be a connection of its own. */
export const looksAtOnce = 64

/** What a peer says that is not asked, or does not answer. */
const nothingSaid = { version: null, diskFree: null, held: null } as const

export const neverAsked: PeerHealth = { state: 'unknown', detail: '', ...nothingSaid, checkedAtMs: null }

/**
 * One failed look is no proof: the connection may have been an old one that the peer had given up. So a peer that was
 * not down is looked at again, at once, before it counts as down.
 */
const needsSecondLook = (before: HealthState, seen: HealthState): boolean => seen === 'down' && before !== 'down'

export interface Look {
  readonly driver: PeerDriver
  /** For each look. */
  readonly withinMs: number
  readonly signal: AbortSignal
}

/** Never later than two looks take. Throws only the signal's reason. */
export async function lookAt(peer: Peer, before: HealthState, look: Look): Promise<Seen> {
  const seen = await lookOnce(peer, look)
  return needsSecondLook(before, seen.state) ? lookOnce(peer, look) : seen
}

async function lookOnce(peer: Peer, { driver, withinMs, signal }: Look): Promise<Seen> {
  signal.throwIfAborted()
  const late = AbortSignal.timeout(withinMs)
  const bound = anyOf(signal, late)
  try {
    return await untilAborted(driver.health(peer, bound), bound)
  } catch (error) {
    signal.throwIfAborted()
    const detail = late.aborted ? `no answer within ${withinMs / 1000} s` : messageOf(error)
    return { state: 'down', detail, ...nothingSaid }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'it could not be asked')
