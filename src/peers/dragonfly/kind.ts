// Dragonfly as a kind of driver.

import type { DriverKind } from '../../model/driver.ts'
import type { PeerDoor } from '../../model/peer-http.ts'
import type { Clock } from '../../model/ports.ts'
import { DragonflyDriver } from './driver.ts'
import type { Resolve } from './lines.ts'
import { parseSettings } from './settings.ts'
import { loadWire, type Wire } from './wire.ts'

export interface DragonflyKindOptions {
  /** All addresses of a host that the egress policy allows for peers. */
  readonly resolve: Resolve
  readonly door: PeerDoor
  readonly clock: Clock
  /** For one short call; default 10 s. */
  readonly rpcTimeoutMs?: number
  /** How long a peer that fetches may give no news; default 30 min. */
  readonly answerWithinMs?: number
}

const usualRpcTimeoutMs = 10_000
const usualAnswerWithinMs = 30 * 60 * 1000

export function dragonflyKind(options: DragonflyKindOptions): DriverKind {
  const { rpcTimeoutMs = usualRpcTimeoutMs, answerWithinMs = usualAnswerWithinMs } = options
  let wire: Wire | undefined
  return {
    open(_cluster, given, tls) {
      const settings = parseSettings(given)
      wire ??= loadWire()
      return new DragonflyDriver({ ...options, rpcTimeoutMs, answerWithinMs, settings, tls, wire })
    },
  }
}
