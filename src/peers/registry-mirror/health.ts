// How a mirror is: what every registry answers to GET /v2/ (distribution-spec, end-1).

import type { PeerAnswer, PeerDoor, PeerEndpoint } from '../../model/peer-http.ts'
import type { PeerHealth } from '../../model/peer.ts'
import { Failure } from '../../model/failure.ts'
import { quotable } from '../../kit/redact.ts'
import { isPage } from './refusal.ts'

type Health = Omit<PeerHealth, 'checkedAtMs'>

/** The signal ends it in any case; this is for a service whose signal does not. */
const answerWithinMs = 10_000

export async function healthOf(door: PeerDoor, peer: PeerEndpoint, signal: AbortSignal): Promise<Health> {
  try {
    return judged(await door.ask(peer, '/v2/', { method: 'GET', headers: {}, firstByteMs: answerWithinMs, signal }))
  } catch (error) {
    // Its token server refuses us: it is there, and its tasks will say more.
    if (error instanceof Failure && error.code === 'peer.denied') return as('up', '', null)
    return as('down', error instanceof Failure ? error.message : 'did not answer in time', null)
  }
}

/** A cache in front of a registry passes this on: it may well have blobs where its origin is gone. */
export function judged({ status, headers }: PeerAnswer): Health {
  const { server } = headers
  const version = server === undefined ? null : quotable(server)
  if ((status === 200 && !isPage(headers)) || status === 401 || status === 403) return as('up', '', version)
  return as('degraded', `answers /v2/ with ${status}${isPage(headers) ? ' and a web page' : ''}`, version)
}

const as = (state: Health['state'], detail: string, version: string | null): Health => ({
  state,
  detail,
  version,
  diskFree: null,
  held: null,
})
