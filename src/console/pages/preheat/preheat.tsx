// The page of one job: how far it is, what went wrong, what it was asked, and each of its tasks.

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import MuiLink from '@mui/material/Link'
import { Link } from 'wouter'
import type { Job } from '../../api/types.ts'
import { isOpen } from '../../job.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { Section } from '../../parts/section.tsx'
import { Stale } from '../../parts/stale.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { Arguments } from './arguments.tsx'
import { Head } from './head.tsx'
import { HowFar } from './how-far.tsx'
import { FailedTasks } from './map/failed-tasks.tsx'
import { Layers } from './map/layers.tsx'
import { TaskMap } from './map/task-map.tsx'
import { useJobMap } from './map/use-job-map.ts'
import { failedTasks, Troubles } from './troubles.tsx'
import { isGone, isId, useJob } from './use-job.ts'

export function Preheat({ id }: { readonly id: number }) {
  const job = useJob(id)
  if (!isId(id) || isGone(job.error)) return <NotThere id={id} />
  if (job.data !== undefined) {
    return (
      <>
        <Stale error={job.error} sinceMs={job.dataUpdatedAt} />
        <Whole job={job.data} atMs={job.dataUpdatedAt} />
      </>
    )
  }
  return (
    <>
      <PageHead title={`Preheat ${id}`} />
      <Waiting error={job.error} onAgain={() => void job.refetch()} />
    </>
  )
}

interface WholeProps {
  readonly job: Job
  /** When it was had, by the clock of the browser. */
  readonly atMs: number
}

function Whole({ job, atMs }: WholeProps) {
  const live = isOpen(job)
  const isPlanned = job.progress.tasks > 0
  const map = useJobMap(job.id, live)
  return (
    <>
      <Head job={job} />
      <HowFar job={job} atMs={atMs} />
      {(job.type === 'preheat' || job.error !== null) && <Troubles job={job} causes={map.data?.causes ?? []} />}
      {(isPlanned || live) && (
        <Section title="Peers and what they hold">
          <TaskMap id={job.id} live={live} map={map} />
        </Section>
      )}
      {job.progress.failed > 0 && (
        <Box id={failedTasks} tabIndex={-1} sx={{ outline: 'none', scrollMarginTop: '4rem' }}>
          <Section title={job.type === 'preheat' ? 'Failed tasks' : 'Peers without it, or without an answer'}>
            <FailedTasks id={job.id} failed={job.progress.failed} />
          </Section>
        </Box>
      )}
      {isPlanned && job.type === 'preheat' && map.data !== undefined && (
        <Section title="Contents">
          <Layers map={map.data} />
        </Section>
      )}
      <Arguments job={job} />
    </>
  )
}

const NotThere = ({ id }: { readonly id: number }) => (
  <>
    <PageHead title={isId(id) ? `There is no preheat ${id}` : 'There is no such preheat'} />
    <Typography>
      It may have been deleted.{' '}
      <MuiLink component={Link} href="/preheats" underline="always">
        See all preheats
      </MuiLink>
    </Typography>
  </>
)
