// The jobs one below the other, where there is no room for a table.

import Box from '@mui/material/Box'
import Paper from '@mui/material/Paper'
import type { Job } from '../../api/types.ts'
import { duration } from '../../format.ts'
import { clustersOf, lastedMs } from '../../job.ts'
import { JobProgress } from '../../parts/job-progress.tsx'
import { PhaseChip } from '../../parts/phase-chip.tsx'
import { Time } from '../../parts/time.tsx'
import { Acts, Small, What, Why } from './job-cells.tsx'
import type { JobsProps } from './job-table.tsx'

export const JobCards = ({ jobs, ...rest }: JobsProps) => (
  <Box component="ul" aria-label="Preheats" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}>
    {jobs.map((job) => (
      <Card key={job.id} job={job} {...rest} />
    ))}
  </Box>
)

interface CardProps extends Omit<JobsProps, 'jobs'> {
  readonly job: Job
}

const Card = ({ job, atMs, onAsk }: CardProps) => (
  <Paper component="li" variant="outlined" sx={{ p: 1.5, display: 'grid', gap: 1 }}>
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
      <PhaseChip phase={job.phase} />
      <Small>
        <Time at={job.created_at} />, {duration(lastedMs(job, atMs))}
      </Small>
      <Box sx={{ flex: 1 }} />
      <Acts job={job} onAsk={onAsk} />
    </Box>
    <What job={job} />
    <JobProgress job={job} />
    <Why job={job} />
    <Small>
      {clustersOf(job)}; asked by {job.requested_by || '–'}
    </Small>
  </Paper>
)
