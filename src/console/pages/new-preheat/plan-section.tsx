// The plan beside the form: not asked for yet, on its way, refused, here, or of a form that is no longer the same.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import LinearProgress from '@mui/material/LinearProgress'
import Typography from '@mui/material/Typography'
import { useEffect, useRef } from 'react'
import { messageOf } from '../../api/failure.ts'
import { count } from '../../format.ts'
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
      <Box ref={place}>
        {isPending && <LinearProgress aria-label="Making the plan" sx={{ mb: 1.5 }} />}
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
          <Typography variant="body2" aria-live="polite" sx={{ flex: 1 }}>
            {inShort(props.planning)}
          </Typography>
          {isPending && (
            <Button size="small" onClick={props.planning.stop}>
              Stop
            </Button>
          )}
        </Box>
        {!isPending && <Body {...props} />}
      </Box>
    </Section>
  )
}

/** What is read out; what is wrong is an alert. */
function inShort({ isPending, error, planned }: Planning): string {
  if (isPending) return 'Asking the origin and the peers, for 30 s at most.'
  if (error !== null) return ''
  if (planned === undefined) {
    return 'A plan shows what a preheat would do: which blobs at which peers, and how many bytes. It asks the origin and moves nothing.'
  }
  const { tasks, warm, peers } = planned.plan
  return `${count(tasks, 'task')} at ${count(peers.length, 'peer')}, ${warm.toLocaleString('en')} known to be warm already.`
}

function Body({ planning: { error, planned }, about }: PlanSectionProps) {
  if (error !== null) return <Alert severity="error">{messageOf(error)}</Alert>
  if (planned === undefined) return null
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2, mt: 2 }}>
      {planned.about !== about && (
        <Alert severity="info">Outdated: the form was changed since this plan was made.</Alert>
      )}
      <PlanShown plan={planned.plan} />
    </Box>
  )
}
