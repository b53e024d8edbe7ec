// The form of a cluster, new or there already.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import useMediaQuery from '@mui/material/useMediaQuery'
import { useEffect, useId, useRef, useState } from 'react'
import { ApiFailure, messageOf } from '../../api/failure.ts'
import { ClusterFields, type What } from './cluster-fields.tsx'
import { FormFault, placeOf, type ClusterForm, type Faults } from './cluster-form.ts'

interface ClusterDialogProps {
  readonly title: string
  readonly verb: string
  readonly start: ClusterForm
  readonly what: What
  /** Its failure is shown, at the fields where it says so; the form stays open. */
  readonly onSave: (form: ClusterForm) => Promise<void>
  readonly onClose: () => void
}

export function ClusterDialog({ title, verb, start, what, onSave, onClose }: ClusterDialogProps) {
  const id = useId()
  const isNarrow = useMediaQuery('(max-width: 600px)')
  const [form, setForm] = useState(start)
  const { faults, isBusy, submit } = useSaving(form, onSave)
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (faults.size > 0) place.current?.querySelector<HTMLElement>('[aria-invalid=true], [role=alert]')?.focus()
  }, [faults])
  return (
    <Dialog open onClose={onClose} aria-labelledby={id} maxWidth="md" fullWidth fullScreen={isNarrow}>
      <DialogTitle id={id}>{title}</DialogTitle>
      <Box
        component="form"
        noValidate
        onSubmit={submit}
        sx={{ display: 'flex', flexDirection: 'column', minHeight: 0, flex: '1 1 auto' }}
      >
        <DialogContent dividers ref={place}>
          {faults.has('') && (
            <Alert severity="error" tabIndex={-1} sx={{ mb: 2, overflowWrap: 'anywhere' }}>
              {faults.get('')}
            </Alert>
          )}
          <ClusterFields form={form} what={what} faults={faults} onChange={setForm} />
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" loading={isBusy}>
            {verb}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  )
}

const none: Faults = new Map()

function useSaving(form: ClusterForm, onSave: (form: ClusterForm) => Promise<void>) {
  const [faults, setFaults] = useState(none)
  const [isBusy, setBusy] = useState(false)
  const save = async (): Promise<void> => {
    setBusy(true)
    try {
      await onSave(form)
      setFaults(none)
    } catch (error) {
      setFaults(faultsOf(error, form.driver))
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: { preventDefault(): void }): void => {
    event.preventDefault()
    void save()
  }
  return { faults, isBusy, submit }
}

/** By the places of the form. Several sentences for one place are one text. */
function faultsOf(error: unknown, driver: string): Faults {
  if (error instanceof FormFault) return error.faults
  if (!(error instanceof ApiFailure) || error.fields.size === 0) return new Map([['', messageOf(error)]])
  const faults = new Map<string, string>()
  for (const [field, message] of error.fields) {
    const place = placeOf(field, driver)
    faults.set(place, [faults.get(place), message].filter((text) => text !== undefined).join(' '))
  }
  return faults
}
