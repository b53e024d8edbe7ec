// The form as a command, for those who will do it again from a script.

import Button from '@mui/material/Button'
import { useState } from 'react'
import { serviceUrl } from '../../api/client.ts'
import type { CreateJob } from '../../api/types.ts'
import { curlOf } from '../../curl.ts'
import { mask } from '../../job.ts'
import { TextDialog } from '../../parts/text-dialog.tsx'
import { withoutSecrets } from './to-job.ts'

export function AsCurl({ job }: { readonly job: CreateJob }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>As curl</Button>
      {isOpen && (
        <TextDialog
          title="As curl"
          what="the command"
          text={curlOf(withoutSecrets(job), serviceUrl)}
          remark={`$TOKEN is a personal access token. Passwords are not shown: put them where it says ${mask}.`}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}
