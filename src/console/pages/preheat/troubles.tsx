// What went wrong with a job: its error, the causes of its failed tasks, and all of it as a text for a ticket.

import Alert from '@mui/material/Alert'
import AlertTitle from '@mui/material/AlertTitle'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MuiLink from '@mui/material/Link'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import type { Cause, Job } from '../../api/types.ts'
import { monospace } from '../../app/theme.ts'
import { count } from '../../format.ts'
import { CopyButton } from '../../parts/copy.tsx'
import { Section } from '../../parts/section.tsx'
import { TextDialog } from '../../parts/text-dialog.tsx'
import { toErrorLog } from './error-log.ts'

interface TroublesProps {
  readonly job: Job
  readonly causes: readonly Cause[]
}

export function Troubles({ job, causes }: TroublesProps) {
  if (job.error === null && causes.length === 0) return null
  return (
    <Section title="What went wrong">
      {job.error !== null && (
        <Alert severity="error" sx={{ mb: 1.5, overflowWrap: 'anywhere' }}>
          <AlertTitle>{job.error.message}</AlertTitle>
          {job.error.hint} <Code code={job.error.code} side={job.error.side} />
        </Alert>
      )}
      <Box component="ul" aria-label="Causes" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {causes.map((cause) => (
          <CauseRow key={cause.code} cause={cause} isSaid={cause.message === job.error?.message} />
        ))}
      </Box>
      <Log job={job} causes={causes} />
    </Section>
  )
}

/** The id of the element in which they are listed. */
export const failedTasks = 'failed-tasks'

/** An address with a # of its own would lead away from this page. */
function goToFailed(): void {
  const list = document.getElementById(failedTasks)
  list?.scrollIntoView()
  list?.focus({ preventScroll: true })
}

interface CauseRowProps {
  readonly cause: Cause
  /** Its words stand above it as those of the job. */
  readonly isSaid: boolean
}

const CauseRow = ({ cause, isSaid }: CauseRowProps) => (
  <Box component="li" sx={{ py: 1, borderTop: 1, borderColor: 'divider', overflowWrap: 'anywhere' }}>
    <Typography variant="body2">
      <MuiLink component="button" onClick={goToFailed} sx={{ fontWeight: 600, fontSize: 'inherit' }}>
        {count(cause.tasks, 'failed task')}
      </MuiLink>{' '}
      at {count(cause.peers, 'peer')}, of {count(cause.blobs, 'blob')} <Code code={cause.code} side={cause.side} />
    </Typography>
    {!isSaid && (
      <>
        <Typography variant="body2">{cause.message}</Typography>
        <Typography variant="body2" color="textSecondary">
          {cause.hint}
        </Typography>
      </>
    )}
  </Box>
)

const whose: Readonly<Record<Cause['side'], string>> = {
  caller: 'the request',
  registry: 'the registry',
  peer: 'the peer',
  store: 'the database',
  self: 'Warmfront',
}

const Code = ({ code, side }: Pick<Cause, 'code' | 'side'>) => (
  <Box component="span" sx={{ whiteSpace: 'nowrap' }}>
    (
    <Box component="code" sx={{ fontFamily: monospace }}>
      {code}
    </Box>
    , {whose[side]})
  </Box>
)

function Log({ job, causes }: TroublesProps) {
  const [isShown, setIsShown] = useState(false)
  const text = toErrorLog(job, causes)
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5, mt: 1 }}>
      <Button size="small" onClick={() => setIsShown(true)}>
        Error log
      </Button>
      <CopyButton what="the error log" text={text} />
      {isShown && (
        <TextDialog title={`Error log of job ${job.id}`} what="the log" text={text} onClose={() => setIsShown(false)} />
      )}
    </Box>
  )
}
