// What the Dragonfly driver of a released Harbor makes of an answer, for any version.

import { type Answer, caught, type Decoded } from './decoded.ts'
import * as legacy from './legacy.ts'
import * as oapi from './oapi.ts'
import { type Rules, rulesOf } from './versions.ts'

export type Operation = 'health' | 'create' | 'progress'

/** Paths below an instance's endpoint. */
export const pathsOf = ({ generation }: Rules): Readonly<Record<Exclude<Operation, 'progress'>, string>> =>
  generation === 'legacy' ? { health: '/_ping', create: '/preheats' } : { health: '/healthy', create: '/oapi/v1/jobs' }

interface Polled {
  readonly endpoint: string
  /** Of the task that is asked for. */
  readonly taskId: string
}

export function decode(version: string, op: Operation, answer: Answer, { endpoint, taskId }: Polled): Decoded {
  const rules = rulesOf(version)
  const driver = rules.generation === 'legacy' ? legacy : oapi
  const paths = pathsOf(rules)
  return caught(() => {
    if (op === 'health') return driver.decodeHealth(answer, { method: 'GET', url: endpoint + paths.health }, rules)
    if (op === 'create') return driver.decodeCreate(answer, { method: 'POST', url: endpoint + paths.create }, rules)
    return driver.decodeProgress(answer, { method: 'GET', url: `${endpoint}${paths.create}/${taskId}`, taskId }, rules)
  })
}
