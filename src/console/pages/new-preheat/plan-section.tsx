// The plan beside the form: not asked for yet, on its way, refused, here, or of a form that is no longer the same.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import LinearProgress from '@mui/material/LinearProgress'
import Typography from '@mui/material/Typography'
import { useEffect, useRef } from 'react'
import { messageOf } from '../../api/failure.ts'
import { Section } from '../../parts/section.tsx'
import { PlanShown } from './plan-shown.tsx'
import type { Planning } from './plan.ts'

interface PlanSectionProps {
  readonly planning: Planning
  /** What the form holds now, as JSON. */
  readonly about: string
}

export function PlanSection(props: PlanSectionProps) {
  const place = useRef<HTMLDivElement>(null)
  const { isPending } = props.planning
  useEffect(() => {
    if (isPending) place.current?.scrollIntoView({ block: 'nearest' })
  }, [isPending])
  return (
    <Section title="Plan">
      <Box ref={place} aria-live="polite" aria-busy={isPending}>
        <Body {...props} />
      </Box>
    </Section>
  )
}

function Body({ planning: { isPending, error, planned, stop }, about }: PlanSectionProps) {
  if (isPending) {
    return (
      <>
        <LinearProgress aria-label="Making the plan" />
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, mt: 1.5 }}>
          <Typography variant="body2" sx={{ flex: 1 }}>
            Asking the origin and the peers, for 30 s at most.
          </Typography>
          <Button size="small" onClick={stop}>
            Stop
          </Button>
        </Box>
      </>
    )
  }
  if (error !== null) return <Alert severity="error">{messageOf(error)}</Alert>
  if (planned === undefined) {
    return (
      <Typography variant="body2" color="textSecondary">
        A plan shows what a preheat would do: which blobs at which peers, and how many bytes. It asks the origin and
        moves nothing.
      </Typography>
    )
  }
  return (
    <>
      {planned.about !== about && (
        <Alert severity="info" sx={{ mb: 2 }}>
          Outdated: the form was changed since this plan was made.
        </Alert>
      )}
      <PlanShown plan={planned.plan} />
    </>
  )
}
