// How far a job is: a bar of what is warm and what failed, and the same in words.

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import type { Job } from '../api/types.ts'
import { farOf, isOpen } from '../job.ts'

interface JobProgressProps {
  readonly job: Pick<Job, 'type' | 'phase' | 'progress'>
  /** Pixels; 6 by default. */
  readonly height?: number
}

export function JobProgress({ job, height = 6 }: JobProgressProps) {
  const { tasks, warm, failed } = job.progress
  if (tasks === 0) {
    return (
      <Typography variant="body2" color="textSecondary">
        {isOpen(job) ? 'not planned yet' : 'no tasks'}
      </Typography>
    )
  }
  const { done, rest } = farOf(job)
  // That a peer does not hold what was looked for is an answer.
  const ofRest = job.type === 'preheat' ? 'error.main' : 'text.secondary'
  return (
    <Box>
      <Bar tasks={tasks} warm={warm} failed={failed} colourOfFailed={ofRest} height={height} />
      <Typography variant="body2" sx={{ mt: 0.5 }}>
        {done}
        {rest !== '' && (
          <Box component="span" sx={{ color: ofRest }}>
            , {rest}
          </Box>
        )}
      </Typography>
    </Box>
  )
}

interface BarProps {
  readonly tasks: number
  readonly warm: number
  readonly failed: number
  readonly colourOfFailed?: string
  /** Pixels. */
  readonly height?: number
}

/** For eyes alone: words beside it say the same. */
export const Bar = ({ tasks, warm, failed, colourOfFailed = 'error.main', height = 6 }: BarProps) => (
  <Box aria-hidden sx={{ height, display: 'flex', borderRadius: 1, overflow: 'hidden', bgcolor: 'action.selected' }}>
    <Share of={tasks} part={warm} colour="success.main" />
    <Share of={tasks} part={failed} colour={colourOfFailed} />
  </Box>
)

interface ShareProps {
  readonly of: number
  readonly part: number
  readonly colour: string
}

/** What is there is seen, however little it is. */
const Share = ({ of, part, colour }: ShareProps) => (
  <Box
    sx={{ bgcolor: colour, transition: 'width 300ms', minWidth: part > 0 ? 3 : 0 }}
    style={{ width: `${of === 0 ? 0 : (100 * part) / of}%` }}
  />
)
