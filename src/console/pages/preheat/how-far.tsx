// How far a job is: tasks, bytes and where they came from, pace and times, and what a person should know.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import type { ReactNode } from 'react'
import type { Job } from '../../api/types.ts'
import { bytes, bytesOrNone, duration, rate } from '../../format.ts'
import { isOpen, lastedMs, waitingOf } from '../../job.ts'
import { JobProgress } from '../../parts/job-progress.tsx'
import { Section } from '../../parts/section.tsx'
import { Time } from '../../parts/time.tsx'

interface HowFarProps {
  readonly job: Job
  /** When it was had, by the clock of the browser. */
  readonly atMs: number
}

export const HowFar = ({ job, atMs }: HowFarProps) => (
  <Section title="Progress">
    <JobProgress job={job} height={10} />
    <Box component="dl" sx={grid}>
      {job.type === 'preheat' && job.progress.tasks > 0 && <Figures job={job} />}
      <Figure name="Duration">{duration(lastedMs(job, atMs))}</Figure>
      <Figure name="Accepted">
        <Time at={job.created_at} />
      </Figure>
      {job.ended_at !== null && (
        <Figure name="Ended">
          <Time at={job.ended_at} />
        </Figure>
      )}
    </Box>
    {job.warnings.map((warning) => (
      <Alert key={warning} severity="warning" sx={{ mt: 1.5, overflowWrap: 'anywhere' }}>
        {warning}
      </Alert>
    ))}
  </Section>
)

function Figures({ job }: { readonly job: Job }) {
  const { progress } = job
  const waiting = waitingOf(job)
  return (
    <>
      {isOpen(job) && <Figure name="Running">{progress.running.toLocaleString('en')}</Figure>}
      {waiting > 0 && <Figure name={isOpen(job) ? 'Waiting' : 'Left undone'}>{waiting.toLocaleString('en')}</Figure>}
      <Figure name="Bytes">
        {bytes(progress.bytes_done)} of {bytesOrNone(progress.bytes_total)}
      </Figure>
      <Figure name="From the origin">{bytes(progress.bytes_from_origin)}</Figure>
      <Figure name="From peers">{bytes(progress.bytes_from_peers)}</Figure>
      <Figure name="Held already">
        {bytes(progress.bytes_held)}, {progress.hits.toLocaleString('en')} {progress.hits === 1 ? 'hit' : 'hits'}
      </Figure>
      {isOpen(job) && (
        <>
          <Figure name="Rate">{progress.bytes_per_second === null ? '–' : rate(progress.bytes_per_second)}</Figure>
          <Figure name="Time left">
            {progress.seconds_left === null ? '–' : `about ${duration(progress.seconds_left * 1000)}`}
          </Figure>
        </>
      )}
    </>
  )
}

interface FigureProps {
  readonly name: string
  readonly children: ReactNode
}

const Figure = ({ name, children }: FigureProps) => (
  <div>
    <Box component="dt" sx={{ color: 'text.secondary', fontSize: '0.8rem' }}>
      {name}
    </Box>
    <Box component="dd" sx={{ m: 0, fontVariantNumeric: 'tabular-nums' }}>
      {children}
    </Box>
  </div>
)

const grid = {
  display: 'grid',
  gridTemplateColumns: 'repeat(auto-fill, minmax(9rem, 1fr))',
  gap: 1.5,
  mt: 2,
  mb: 0,
} as const
