// Waiting for what a registry is asked, and for the end of a job.

import { setTimeout as pause } from 'node:timers/promises'
import type { TestRegistry } from '../../support/registry.ts'

const lookEveryMs = 25
const endsWithinMs = 120_000

/** Once a job for this repository has asked for its first blob. */
export async function startsWarming(registry: TestRegistry, repository: string): Promise<void> {
  const blobs = new RegExp(`/${repository}/blobs/`)
  await ends(
    async () => registry.asked(blobs).length,
    (asked) => asked > 0,
  )
}

/** The first answer that is an end. */
export async function ends<T>(look: () => Promise<T>, isEnd: (answer: T) => boolean): Promise<T> {
  const until = AbortSignal.timeout(endsWithinMs)
  for (;;) {
    const answer = await look()
    if (isEnd(answer)) return answer
    if (until.aborted) throw new Error(`still ${JSON.stringify(answer)}`)
    await pause(lookEveryMs)
  }
}
