// A text to take elsewhere, in a dialog.

import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogContentText from '@mui/material/DialogContentText'
import DialogTitle from '@mui/material/DialogTitle'
import { useId } from 'react'
import { Copyable } from './copy.tsx'

interface TextDialogProps {
  readonly title: string
  /** As in "Copy the command". */
  readonly what: string
  readonly text: string
  readonly remark?: string
  readonly onClose: () => void
}

export function TextDialog({ title, what, text, remark, onClose }: TextDialogProps) {
  const id = useId()
  return (
    <Dialog open onClose={onClose} aria-labelledby={id} maxWidth="md" fullWidth>
      <DialogTitle id={id}>{title}</DialogTitle>
      <DialogContent>
        {remark !== undefined && <DialogContentText sx={{ mb: 2 }}>{remark}</DialogContentText>}
        <Copyable what={what} text={text} />
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  )
}
