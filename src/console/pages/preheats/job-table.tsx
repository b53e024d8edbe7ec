// The jobs as a table, where there is room for one.

import Box from '@mui/material/Box'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import type { Job } from '../../api/types.ts'
import { duration } from '../../format.ts'
import { lastedMs } from '../../job.ts'
import { JobProgress } from '../../parts/job-progress.tsx'
import { PhaseChip } from '../../parts/phase-chip.tsx'
import { Time } from '../../parts/time.tsx'
import type { Asked } from '../preheat/job-dialog.tsx'
import { Acts, Moved, Small, What, Where, Who, Why } from './job-cells.tsx'

export interface JobsProps {
  readonly jobs: readonly Job[]
  /** When they were had, by the clock of the browser. */
  readonly atMs: number
  readonly onAsk: (asked: Asked) => void
}

const columns = ['State', 'What', 'Where', 'Progress', 'Bytes', 'Duration', 'Asked by']

export const JobTable = ({ jobs, atMs, onAsk }: JobsProps) => (
  <Box
    component="section"
    aria-label="Preheats"
    tabIndex={0}
    sx={{ overflowX: 'auto', border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper' }}
  >
    <Table
      size="small"
      sx={{ '& th, & td': { px: 1.25 }, '& td': { verticalAlign: 'top', py: 1 }, '& tr:last-child td': { border: 0 } }}
    >
      <TableHead>
        <TableRow>
          {columns.map((name) => (
            <TableCell key={name}>{name}</TableCell>
          ))}
          <TableCell align="right">Actions</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {jobs.map((job) => (
          <Row key={job.id} job={job} atMs={atMs} onAsk={onAsk} />
        ))}
      </TableBody>
    </Table>
  </Box>
)

interface RowProps extends Omit<JobsProps, 'jobs'> {
  readonly job: Job
}

const Row = ({ job, atMs, onAsk }: RowProps) => (
  <TableRow hover>
    <TableCell>
      <PhaseChip phase={job.phase} />
    </TableCell>
    <TableCell sx={{ minWidth: '14rem' }}>
      <What job={job} />
    </TableCell>
    <TableCell sx={{ whiteSpace: 'nowrap' }}>
      <Where job={job} />
    </TableCell>
    <TableCell sx={{ minWidth: '10rem', maxWidth: '18rem', whiteSpace: 'nowrap' }}>
      <JobProgress job={job} />
      <Why job={job} />
    </TableCell>
    <TableCell sx={{ whiteSpace: 'nowrap' }}>
      <Moved job={job} />
    </TableCell>
    <TableCell sx={{ whiteSpace: 'nowrap' }}>
      {duration(lastedMs(job, atMs))}
      <Small>
        <Time at={job.created_at} />
      </Small>
    </TableCell>
    <TableCell sx={{ whiteSpace: 'nowrap' }}>
      <Who job={job} />
    </TableCell>
    <TableCell sx={{ pr: 1 }}>
      <Acts job={job} onAsk={onAsk} />
    </TableCell>
  </TableRow>
)
