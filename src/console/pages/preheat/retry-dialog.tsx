// Before what failed is done again: the credentials of the job are gone, and new ones may come along.

import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogContentText from '@mui/material/DialogContentText'
import DialogTitle from '@mui/material/DialogTitle'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useId, useState } from 'react'
import type { Job } from '../../api/types.ts'
import { ApiFailure, messageOf } from '../../api/failure.ts'
import { useTell } from '../../app/notices.tsx'
import { needsPassword, noFresh, secretHeaders, toRetry, type FreshSecrets } from './fresh-secrets.ts'
import { useRetryJob } from './use-job-acts.ts'

interface RetryDialogProps {
  readonly job: Job
  readonly onClose: () => void
}

export function RetryDialog({ job, onClose }: RetryDialogProps) {
  const id = useId()
  const tell = useTell()
  const retry = useRetryJob()
  const [fresh, setFresh] = useState(() => noFresh(job.args))
  const submit = (event: { preventDefault(): void }): void => {
    event.preventDefault()
    const retried = (): void => {
      onClose()
      tell({ text: `What failed of job ${job.id} is done again.` })
    }
    const secrets = job.type === 'preheat' ? toRetry(job.args, fresh) : {}
    retry.mutate({ id: job.id, secrets }, { onSuccess: retried })
  }
  return (
    <Dialog open onClose={onClose} aria-labelledby={id} maxWidth="sm">
      <DialogTitle id={id}>Retry what failed of job {job.id}</DialogTitle>
      <DialogContent>
        <Stack component="form" id={`${id}-form`} onSubmit={submit} spacing={2}>
          <DialogContentText>
            What is warm stays warm{job.digest === null ? '' : ', and the digest stays as it was resolved'}.
            {job.type === 'preheat' &&
              ' The password and the secret headers of the job were wiped at its end: give them again, or the credentials that are configured for the registry are used.'}
          </DialogContentText>
          {job.type === 'preheat' && (
            <SecretFields args={job.args} fresh={fresh} onChange={setFresh} error={retry.error} />
          )}
          {retry.error !== null && <Alert severity="error">{messageOf(retry.error)}</Alert>}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Not now</Button>
        <Button type="submit" form={`${id}-form`} variant="contained" loading={retry.isPending}>
          Retry
        </Button>
      </DialogActions>
    </Dialog>
  )
}

interface SecretFieldsProps {
  readonly args: Job['args']
  readonly fresh: FreshSecrets
  readonly onChange: (fresh: FreshSecrets) => void
  readonly error: Error | null
}

function SecretFields({ args, fresh, onChange, error }: SecretFieldsProps) {
  const { username, password, headers } = fresh
  const wrong = (field: string): string | undefined =>
    error instanceof ApiFailure ? error.fields.get(field) : undefined
  return (
    <>
      <TextField
        label="User name"
        autoComplete="off"
        value={username}
        onChange={({ target }) => onChange({ ...fresh, username: target.value })}
        error={wrong('username') !== undefined}
        helperText={wrong('username')}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        required={needsPassword(args, fresh)}
        value={password}
        onChange={({ target }) => onChange({ ...fresh, password: target.value })}
        error={wrong('password') !== undefined}
        helperText={wrong('password') ?? 'Kept until the job comes to its end, and never shown.'}
      />
      {secretHeaders(args).map((name) => (
        <TextField
          key={name}
          label={`Header ${name}`}
          type="password"
          autoComplete="new-password"
          value={headers[name] ?? ''}
          onChange={({ target }) => onChange({ ...fresh, headers: { ...headers, [name]: target.value } })}
        />
      ))}
    </>
  )
}
