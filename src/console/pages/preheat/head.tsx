// The head of a job's page: what it is, how it stands, and what can be done with it.

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { serviceUrl } from '../../api/client.ts'
import type { Job } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { actsOf, mask, subjectOf } from '../../job.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { PhaseChip } from '../../parts/phase-chip.tsx'
import { TextDialog } from '../../parts/text-dialog.tsx'
import { Time } from '../../parts/time.tsx'
import { toRequest } from './same-request.ts'
import { curlOf } from '../../curl.ts'
import { JobDialog, type Asked } from './job-dialog.tsx'
import { Note } from './note.tsx'

interface OfJob {
  readonly job: Job
}

export function Head({ job }: OfJob) {
  const { name, more } = subjectOf(job)
  return (
    <PageHead title={more === 0 ? name : `${name} and ${more} more`} about={<About job={job} />}>
      <Acts job={job} />
    </PageHead>
  )
}

const About = ({ job }: OfJob) => (
  <>
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 2, my: 0.5 }}>
      <Box component="output" sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <PhaseChip phase={job.phase} /> {job.state}
      </Box>
      <span>
        Job {job.id} · <Time at={job.created_at} /> · asked by {job.requested_by || 'nobody who was named'}, through{' '}
        {job.contract}
      </span>
    </Box>
    <Note job={job} />
  </>
)

type Shown = 'curl' | 'json' | undefined

function Acts({ job }: OfJob) {
  const { may } = useSession()
  const [, go] = useLocation()
  const [asked, setAsked] = useState<Asked['act'] | undefined>()
  const [shown, setShown] = useState<Shown>()
  const acts = may('job') ? actsOf(job) : []
  const close = (): void => setShown(undefined)
  return (
    <>
      {acts.includes('retry') && (
        <Button variant="contained" onClick={() => setAsked('retry')}>
          Retry failed only
        </Button>
      )}
      {acts.includes('cancel') && (
        <Button variant="outlined" color="error" onClick={() => setAsked('cancel')}>
          Cancel
        </Button>
      )}
      {acts.includes('clone') && (
        <Button variant="outlined" component={Link} href={`/preheats/new?from=${job.id}`}>
          Clone
        </Button>
      )}
      <Button onClick={() => setShown('curl')}>As curl</Button>
      <Button onClick={() => setShown('json')}>Raw JSON</Button>
      {acts.includes('delete') && (
        <Button color="error" onClick={() => setAsked('delete')}>
          Delete
        </Button>
      )}
      <JobDialog
        asked={asked && { job, act: asked }}
        onClose={() => setAsked(undefined)}
        onDeleted={() => go('/preheats')}
      />
      {shown === 'curl' && <Curl job={job} onClose={close} />}
      {shown === 'json' && (
        <TextDialog
          title={`Job ${job.id} as JSON`}
          what="the JSON"
          text={JSON.stringify(job, null, 2)}
          onClose={close}
        />
      )}
    </>
  )
}

function Curl({ job, onClose }: OfJob & { readonly onClose: () => void }) {
  const text = curlOf(toRequest(job), serviceUrl)
  const remark = 'Makes the same job once more, with a personal access token in TOKEN.'
  const aboutMask = `${remark} What reads ${mask} was a secret, and is not told: put it in again.`
  return (
    <TextDialog
      title={`Job ${job.id} as curl`}
      what="the command"
      text={text}
      remark={text.includes(mask) ? aboutMask : remark}
      onClose={onClose}
    />
  )
}
