// Abort signals that many wait on.

import { setMaxListeners } from 'node:events'

/**
 * A controller whose signal a whole job's tasks may listen to. Node warns of a leak at the eleventh listener, which
 * here is the ordinary case; this is the only place where that warning is turned off.
 */
export function manyListen(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

/** Fires when the first of these does. */
export function anyOf(...signals: readonly AbortSignal[]): AbortSignal {
  const joined = AbortSignal.any([...signals])
  setMaxListeners(0, joined)
  return joined
}
