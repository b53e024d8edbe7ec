// What stands where something is not here yet, or could not be had.

import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import LinearProgress from '@mui/material/LinearProgress'
import { messageOf } from '../api/failure.ts'

interface WaitingProps {
  readonly error?: unknown
  readonly onAgain?: () => void
  readonly onGiveUp?: () => void
}

export function Waiting({ error, onAgain, onGiveUp }: WaitingProps) {
  if (error === undefined || error === null) return <LinearProgress aria-label="Loading" />
  return (
    <Alert
      severity="error"
      action={
        <>
          {onAgain && (
            <Button color="inherit" size="small" onClick={onAgain}>
              Try again
            </Button>
          )}
          {onGiveUp && (
            <Button color="inherit" size="small" onClick={onGiveUp}>
              Sign out
            </Button>
          )}
        </>
      }
    >
      {messageOf(error)}
    </Alert>
  )
}
