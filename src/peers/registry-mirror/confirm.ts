// Looks again until a peer shows that it keeps what it was given, or has had the time to.

import type { Clock } from '../../model/ports.ts'

/** Most caches have it by the first look; each look costs them one request. */
const firstPauseMs = 50
const longestPauseMs = 2_000

/** Whether `look` has said yes in this time; it looks at least once. */
export async function confirmed(
  look: () => Promise<boolean>,
  within: { readonly ms: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<boolean> {
  const { ms, clock, signal } = within
  const endMs = clock.now() + ms
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    if (await look()) return true
    const leftMs = endMs - clock.now()
    if (leftMs <= 0) return false
    await clock.sleep(Math.min(pauseMs, leftMs), signal)
  }
}
