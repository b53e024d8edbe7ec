// How every Harbor reads the answers of a Kraken instance: GET /health, POST /registry/notifications. A body is never
// looked at, and nothing is polled: accepted is successful.

import { alreadyReported, type Answer, type Asked, type Decoded, healthy, preheating, throughHttp } from './decoded.ts'
import { GoError } from './go-json.ts'
import type { Rules } from './versions.ts'

export function decodeHealth(answer: Answer, asked: Asked, rules: Rules): Decoded {
  throughHttp(answer, asked, rules)
  return healthy
}

/** The event's id is the task's. */
export function decodeCreate(answer: Answer, asked: Asked & { readonly taskId: string }, rules: Rules): Decoded {
  if (answer.status === 208 && rules.krakenAlreadyReported === 'error') throw new GoError(alreadyReported)
  throughHttp(answer, asked, rules)
  return preheating({ taskId: asked.taskId, status: 'SUCCESS' })
}
