// Squid and other forward proxies as a kind of driver.

import { systemClock } from '../../kit/clock.ts'
import { Fields } from '../../kit/fields.ts'
import type { DriverKind } from '../../model/driver.ts'
import type { ProxyDoor } from '../../model/peer-http.ts'
import type { Clock } from '../../model/ports.ts'
import { HttpProxyDriver } from './driver.ts'
import type { HitMark } from './hit.ts'

export interface HttpProxyKindOptions {
  readonly door: ProxyDoor
  /** Until a proxy begins to answer that fetches the blob first. */
  readonly answerWithinMs: number
  readonly clock?: Clock
}

/** Settings: `hit_header` and `hit_value`, for a proxy that does not know `Cache-Control: only-if-cached`. */
export const httpProxyKind = ({ door, answerWithinMs, clock = systemClock }: HttpProxyKindOptions): DriverKind => ({
  open(_cluster, settings, tls) {
    const fields = new Fields('settings', settings)
    const header = fields.text('hit_header')
    const value = fields.text('hit_value')
    fields.done()
    return new HttpProxyDriver({ door, answerWithinMs, now: () => clock.now(), mark: markOf(header, value), tls })
  },
})

function markOf(header: string | undefined, value: string | undefined): HitMark | undefined {
  if (header === undefined && value === undefined) return undefined
  if (header === undefined) throw new RangeError('settings.hit_value says nothing without settings.hit_header')
  if (!/^[\w-]+$/.test(header)) throw new RangeError(`settings.hit_header is ${header}; expected the name of a header`)
  return { header: header.toLowerCase(), value: value ?? 'HIT' }
}
