// A question before what cannot be undone.

import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogContentText from '@mui/material/DialogContentText'
import DialogTitle from '@mui/material/DialogTitle'
import { useId } from 'react'

interface ConfirmProps {
  readonly open: boolean
  /** A question. */
  readonly title: string
  /** What will be, and what will stay. */
  readonly text: string
  /** The verb, such as "Delete". */
  readonly verb: string
  readonly onYes: () => void
  readonly onNo: () => void
}

export function Confirm({ open, title, text, verb, onYes, onNo }: ConfirmProps) {
  const id = useId()
  return (
    <Dialog open={open} onClose={onNo} aria-labelledby={id}>
      <DialogTitle id={id}>{title}</DialogTitle>
      <DialogContent>
        <DialogContentText>{text}</DialogContentText>
      </DialogContent>
      <DialogActions>
        <Button onClick={onNo}>No</Button>
        <Button color="error" variant="contained" onClick={onYes}>
          {verb}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
