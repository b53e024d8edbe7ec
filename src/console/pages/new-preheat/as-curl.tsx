// The form as a command, for those who will do it again from a script.

import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogContentText from '@mui/material/DialogContentText'
import DialogTitle from '@mui/material/DialogTitle'
import { useId, useState } from 'react'
import { serviceUrl } from '../../api/client.ts'
import type { CreateJob } from '../../api/types.ts'
import { curlOf } from '../../curl.ts'
import { Copyable } from '../../parts/copy.tsx'
import { withoutSecrets } from './to-job.ts'

export function AsCurl({ job }: { readonly job: CreateJob }) {
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const close = (): void => setOpen(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>As curl</Button>
      <Dialog open={isOpen} onClose={close} maxWidth="md" fullWidth aria-labelledby={id}>
        <DialogTitle id={id}>As curl</DialogTitle>
        <DialogContent>
          <DialogContentText sx={{ mb: 1.5 }}>
            $TOKEN is a personal access token. Passwords are not shown: put them where it says ***.
          </DialogContentText>
          <Copyable what="the command" text={curlOf(withoutSecrets(job), serviceUrl)} />
        </DialogContent>
        <DialogActions>
          <Button onClick={close}>Close</Button>
        </DialogActions>
      </Dialog>
    </>
  )
}
