// What a retry brings in the place of the secrets that were wiped when the job came to its end. Pure.

import type { Job, Schemas } from '../../api/types.ts'
import { mask } from '../../job.ts'

export interface FreshSecrets {
  readonly username: string
  readonly password: string
  /** By the name of the header. */
  readonly headers: Readonly<Record<string, string>>
}

export const noFresh = (args: Job['args']): FreshSecrets => ({
  username: args.username ?? '',
  password: '',
  headers: {},
})

/** The headers of a job whose values are not told. */
export const secretHeaders = ({ headers }: Job['args']): readonly string[] =>
  Object.entries(headers ?? {}).flatMap(([name, value]) => (isHidden(value) ? [name] : []))

/** The password of another user is not that of the job, nor that of the settings. */
export const needsPassword = (args: Job['args'], { username }: FreshSecrets): boolean =>
  username !== '' && username !== noFresh(args).username

/** The service keeps no header for a retry: those that are no secret are sent again as they were. */
export function toRetry(args: Job['args'], { username, password, headers }: FreshSecrets): Schemas['RetryJob'] {
  const plain = Object.entries(args.headers ?? {}).filter(([, value]) => !isHidden(value))
  const given = Object.entries(headers).filter(([, value]) => value !== '')
  return {
    ...(password !== '' && { username, password }),
    ...(plain.length + given.length > 0 && { headers: Object.fromEntries([...plain, ...given]) }),
  }
}

const isHidden = (value: string): boolean => value.includes(mask)
