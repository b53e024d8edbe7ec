// A moment: how long ago, with the exact time for whoever hovers or asks.

import { useSyncExternalStore } from 'react'
import { ago } from '../format.ts'

/** One clock for all that show an age. */
const everyMs = 10_000
let now = Date.now()
const listeners = new Set<() => void>()
let ticking: ReturnType<typeof setInterval> | undefined

function listen(changed: () => void): () => void {
  listeners.add(changed)
  // It stood still while nobody listened.
  if (ticking === undefined) now = Date.now()
  ticking ??= setInterval(() => {
    now = Date.now()
    for (const tell of listeners) tell()
  }, everyMs)
  return () => {
    listeners.delete(changed)
    if (listeners.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}

export function Time({ at }: { readonly at: string }) {
  const seen = useSyncExternalStore(listen, () => now)
  // What just happened is younger than the clock's last tick.
  const ms = Math.max(0, seen - Date.parse(at))
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {ago(ms)}
    </time>
  )
}
