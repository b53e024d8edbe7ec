// The system's clock.

import { setTimeout } from 'node:timers/promises'

export const systemClock = {
  now: (): number => Date.now(),
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await setTimeout(ms, undefined, { signal })
    } catch {
      throw signal.reason
    }
  },
}
