// Everything that a job was asked, by name.

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Typography from '@mui/material/Typography'
import { Fragment, type ReactNode } from 'react'
import { Link } from 'wouter'
import type { Job } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { monospace } from '../../app/theme.ts'
import { CopyButton } from '../../parts/copy.tsx'
import { Section } from '../../parts/section.tsx'
import { factsOf, type Fact } from './facts.ts'

interface OfJob {
  readonly job: Job
}

export function Arguments({ job }: OfJob) {
  const facts = factsOf(job)
  const unset = facts.filter(({ lines }) => lines.length === 0).map(({ name }) => name)
  return (
    <Section title="Arguments">
      <Box component="dl" sx={list}>
        {facts
          .filter(({ lines }) => lines.length > 0)
          .map((fact) => (
            <Row key={fact.name} name={fact.name}>
              <Lines fact={fact} />
            </Row>
          ))}
        {job.digest !== null && (
          <Row name="Digest">
            <Box component="span" sx={{ fontFamily: monospace, fontSize: '0.85rem' }}>
              {job.digest}
            </Box>
            <CopyButton what="the digest" text={job.digest} />
          </Row>
        )}
        <Row name="Clusters">
          <Clusters job={job} />
        </Row>
        <Row name="Contract">{job.contract}</Row>
        <Row name="Requested by">{job.requested_by || '–'}</Row>
        <Row name="Task id of the job">
          <Box component="span" sx={{ fontFamily: monospace, fontSize: '0.85rem' }}>
            {job.task_id}
          </Box>
        </Row>
      </Box>
      {unset.length > 0 && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1.5 }}>
          Not set: {unset.join(', ')}
        </Typography>
      )}
    </Section>
  )
}

interface RowProps {
  readonly name: string
  readonly children: ReactNode
}

const Row = ({ name, children }: RowProps) => (
  <>
    <Box component="dt" sx={{ color: 'text.secondary' }}>
      {name}
    </Box>
    <Box component="dd" sx={{ m: 0, mb: { xs: 1, sm: 0 }, minWidth: 0, overflowWrap: 'anywhere' }}>
      {children}
    </Box>
  </>
)

/** More of them would push everything else out of sight. */
const mostUnfolded = 6

function Lines({ fact: { lines } }: { readonly fact: Fact }) {
  const all = lines.map((line, place) => <div key={`${place} ${line}`}>{line}</div>)
  if (lines.length <= mostUnfolded) return all
  return (
    <details>
      <summary>
        {lines.length.toLocaleString('en')}, beginning with {lines[0]}
      </summary>
      {all}
    </details>
  )
}

function Clusters({ job: { scheduler_clusters } }: OfJob) {
  const { may } = useSession()
  if (scheduler_clusters.length === 0) return '–'
  return scheduler_clusters.map(({ id, name }, place) => (
    <Fragment key={id}>
      {place > 0 && ', '}
      {may('cluster:read') ? (
        <MuiLink component={Link} href={`/clusters/${id}`}>
          {name}
        </MuiLink>
      ) : (
        name
      )}
    </Fragment>
  ))
}

const list = {
  display: 'grid',
  gridTemplateColumns: { xs: '1fr', sm: 'max-content 1fr' },
  columnGap: 3,
  rowGap: { xs: 0, sm: 0.75 },
  m: 0,
  fontSize: '0.9rem',
} as const
