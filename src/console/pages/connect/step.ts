// The steps by which a client is connected, and what they are made from.

import type { Service } from '../../api/types.ts'

/** A value to be taken over as it is. */
export interface Value {
  /** The field that it goes into, as the client calls it, or what it is. */
  readonly field: string
  readonly value: string
  /** Otherwise it is chosen from a list, and there is nothing to copy. */
  readonly isTyped: boolean
}

export interface Step {
  readonly text: string
  readonly values?: readonly Value[]
  readonly warning?: string
}

export interface Place {
  /** With its prefix, without a slash at its end. */
  readonly address: string
  /** The token, or what stands for it while there is none. */
  readonly token: string
  readonly service: Service
  /** That nodes pull from; for container runtimes only. */
  readonly registry: string
}

/** Stands for a token that is not there yet. */
export const noToken = '<token>'

export const typed = (field: string, value: string): Value => ({ field, value, isTyped: true })
export const chosen = (field: string, value: string): Value => ({ field, value, isTyped: false })
