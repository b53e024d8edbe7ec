// Pull-through registries and caching proxies before registries, as a kind of driver.

import { systemClock } from '../../kit/clock.ts'
import type { DriverKind } from '../../model/driver.ts'
import type { PeerDoor } from '../../model/peer-http.ts'
import type { Clock } from '../../model/ports.ts'
import { MirrorDriver } from './driver.ts'
import { readSettings } from './settings.ts'

/** A blob that has been answered lies on the peer's disk some moments later. */
const usualSettleMs = 5_000

export interface RegistryMirrorOptions {
  readonly door: PeerDoor
  /** Until a peer begins to answer that fetches the blob first. */
  readonly answerWithinMs: number
  /** How long after its answer a peer may take to have stored the blob; as long as the answer took comes on top. */
  readonly settleMs?: number
  readonly clock?: Clock
}

export function registryMirrorKind(options: RegistryMirrorOptions): DriverKind {
  const { door, answerWithinMs, settleMs = usualSettleMs, clock = systemClock } = options
  return {
    open: (_cluster, settings, tls) =>
      new MirrorDriver({ door, clock, answerWithinMs, settleMs }, readSettings(settings), tls),
  }
}
