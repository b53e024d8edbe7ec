// Said above what is shown while news of it cannot be had.

import Alert from '@mui/material/Alert'
import { messageOf } from '../api/failure.ts'
import { Time } from './time.tsx'

interface StaleProps {
  /** Of the last attempt; null or undefined while all is well. */
  readonly error: unknown
  /** When what is shown was had; milliseconds, as TanStack Query's `dataUpdatedAt`. */
  readonly sinceMs: number
}

export function Stale({ error, sinceMs }: StaleProps) {
  if (error === undefined || error === null) return null
  return (
    <Alert severity="warning" sx={{ mb: 2 }}>
      {messageOf(error)} What is shown is from <Time at={new Date(sinceMs).toISOString()} />.
    </Alert>
  )
}
