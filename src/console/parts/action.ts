// Something that a person does once at a time. Its answer is kept nowhere, unlike that of a query or a mutation.

import { useState } from 'react'
import { ApiFailure, messageOf } from '../api/failure.ts'

export interface Action {
  readonly isBusy: boolean
  /** Of the last time. */
  readonly failure: ApiFailure | undefined
  readonly run: (act: () => Promise<void>) => void
}

export function useAction(): Action {
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const run = (act: () => Promise<void>): void => {
    setBusy(true)
    setFailure(undefined)
    act()
      .catch((error: unknown) => setFailure(asFailure(error)))
      .finally(() => setBusy(false))
  }
  return { isBusy, failure, run }
}

const asFailure = (error: unknown): ApiFailure =>
  error instanceof ApiFailure ? error : new ApiFailure(messageOf(error), { cause: error })
