// The form, what is done with it, and its plan beside it.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import { useEffect, useRef, useState } from 'react'
import type { CreateJob } from '../../api/types.ts'
import { ApiFailure, messageOf } from '../../api/failure.ts'
import { AsCurl } from './as-curl.tsx'
import { useCreating } from './create.ts'
import { useEditing } from './editing.ts'
import { faultsOf, placed } from './faults.ts'
import type { PreheatForm } from './form.ts'
import { Options } from './options.tsx'
import { PlanSection } from './plan-section.tsx'
import { usePlanning } from './plan.ts'
import { Access, Information, What, Where } from './sections.tsx'
import { toCreateJob } from './to-job.ts'

interface PreheatFormPageProps {
  readonly start: PreheatForm
  /** What has to be typed again, in words. */
  readonly again: readonly string[]
}

export function PreheatFormPage({ start, again }: PreheatFormPageProps) {
  const editing = useEditing(start, again.length > 0 ? faultsOf(start) : new Map())
  const { form, faults, setFaults } = editing
  const [place, timesWrong, leadToFault] = useFocusOnFault()
  const [elsewhere, setElsewhere] = useState('')
  /** What of it has no field. */
  const placeFaults = (error: Error): string => {
    const at = placed(form, error instanceof ApiFailure ? error.fields : new Map())
    setFaults(at.faults)
    leadToFault()
    return at.faults.size === 0 ? messageOf(error) : at.elsewhere.join(' ')
  }
  const creating = useCreating((error) => setElsewhere(placeFaults(error)))
  // The plan's own place says all of it.
  const planning = usePlanning(placeFaults)
  const job = toCreateJob(form)
  const checked = (send: (job: CreateJob) => void): void => {
    const wrong = faultsOf(form)
    setFaults(wrong)
    setElsewhere('')
    if (wrong.size === 0) send(job)
    else leadToFault()
  }
  return (
    <Box sx={columns}>
      <Box
        component="form"
        noValidate
        ref={place}
        aria-label="New preheat"
        onSubmit={(event) => {
          event.preventDefault()
          checked(creating.create)
        }}
        sx={fields}
      >
        {again.length > 0 && <Again what={again} />}
        <Information editing={editing} />
        <What editing={editing} />
        <Where editing={editing} />
        <Access editing={editing} />
        <Options editing={editing} />
        {elsewhere !== '' && (
          <Alert severity="error" sx={{ mb: 2 }}>
            {elsewhere}
          </Alert>
        )}
        {timesWrong > 0 && faults.size > 0 && (
          <Alert severity="error" sx={{ mb: 2 }}>
            Something above is not right yet.
          </Alert>
        )}
        <Paper variant="outlined" sx={bar}>
          <Button type="submit" variant="contained" loading={creating.isPending}>
            Create
          </Button>
          <Button variant="outlined" disabled={planning.isPending} onClick={() => checked(planning.ask)}>
            Plan
          </Button>
          <AsCurl job={job} />
        </Paper>
      </Box>
      <Box sx={beside}>
        <PlanSection planning={planning} about={JSON.stringify(job)} />
      </Box>
    </Box>
  )
}

const columns = {
  display: 'grid',
  gap: 2,
  alignItems: 'start',
  gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 7fr) minmax(0, 6fr)' },
} as const

/** What is led to must not come to lie below the bars at the top and at the bottom. */
const fields = { minWidth: 0, '& input, & [role=combobox]': { scrollMarginBlock: '6rem' } } as const

/** In view wherever the form is scrolled to. */
const beside = {
  minWidth: 0,
  position: { lg: 'sticky' },
  top: { lg: 64 },
  maxHeight: { lg: 'calc(100vh - 80px)' },
  overflowY: { lg: 'auto' },
} as const

const bar = {
  p: 1.5,
  display: 'flex',
  flexWrap: 'wrap',
  gap: 1,
  position: 'sticky',
  bottom: 0,
  zIndex: 1,
} as const

const Again = ({ what }: { readonly what: readonly string[] }) => (
  <Alert severity="warning" sx={{ mb: 2, overflowWrap: 'anywhere' }}>
    Secrets are not copied. To be typed again: {what.join(', ')}.
  </Alert>
)

/** Leads to the first field that is wrong, once it is shown so. `times` that was asked for. */
function useFocusOnFault() {
  const place = useRef<HTMLFormElement>(null)
  const [times, setTimes] = useState(0)
  useEffect(() => {
    if (times > 0) place.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [times])
  return [place, times, () => setTimes((before) => before + 1)] as const
}
