// A job's secrets on their way into a row and back. Pure, but for the sealer's nonce.

import type { Sealer } from '../kit/seal.ts'
import type { JobSecrets } from '../model/job.ts'

/** null where there is nothing to hide. Bound to the job's task id, so that it opens in no other row. */
export function sealSecrets(sealer: Sealer, secrets: JobSecrets, taskId: string): Buffer | null {
  return Object.keys(secrets).length === 0 ? null : sealer.seal(JSON.stringify(secrets), taskId)
}

/** undefined: sealed with another key, or for another job. */
export function openSecrets(sealer: Sealer, sealed: Buffer | null, taskId: string): JobSecrets | undefined {
  if (sealed === null) return {}
  const text = sealer.open(sealed, taskId)
  // What opens was written by sealSecrets and by nobody else: the seal is authenticated.
  return text === undefined ? undefined : (JSON.parse(text) as JobSecrets)
}
