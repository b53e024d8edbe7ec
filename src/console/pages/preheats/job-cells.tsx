// What one job shows in the list, piece by piece: the table and the cards lay it out.

import CancelIcon from '@mui/icons-material/CancelOutlined'
import CloneIcon from '@mui/icons-material/LibraryAddOutlined'
import RetryIcon from '@mui/icons-material/Replay'
import Box from '@mui/material/Box'
import IconButton from '@mui/material/IconButton'
import MuiLink from '@mui/material/Link'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import { Link } from 'wouter'
import type { Job } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { monospace } from '../../app/theme.ts'
import { bytes, bytesOrNone } from '../../format.ts'
import { actsOf, clustersOf, kindOf, scopeOf, subjectOf } from '../../job.ts'
import type { Asked } from '../preheat/job-dialog.tsx'

interface OfJob {
  readonly job: Job
}

export function What({ job }: OfJob) {
  const { name, more } = subjectOf(job)
  return (
    <Box sx={{ overflowWrap: 'anywhere' }}>
      <MuiLink component={Link} href={`/preheats/${job.id}`} sx={{ fontWeight: 600 }}>
        {name}
        {more > 0 && ` and ${more} more`}
      </MuiLink>
      <Small>
        #{job.id} · {kindOf(job)}
        {job.bio !== '' && ` · ${job.bio}`}
      </Small>
    </Box>
  )
}

/** Why it failed, where it did: as much of the sentence as there is room for in a line. */
export const Why = ({ job: { error } }: OfJob) =>
  error && (
    <Box title={error.message} sx={{ minWidth: 0 }}>
      <Box sx={{ fontFamily: monospace, fontSize: '0.75rem', color: 'error.main' }}>{error.code}</Box>
      <Typography variant="caption" component="div" color="textSecondary" noWrap>
        {error.message}
      </Typography>
    </Box>
  )

export const Where = ({ job }: OfJob) => (
  <>
    <div>{clustersOf(job)}</div>
    <Small>{scopeOf(job.args)}</Small>
  </>
)

export function Moved({ job: { type, progress } }: OfJob) {
  const { bytes_done, bytes_total, hits, tasks } = progress
  if (type !== 'preheat' || tasks === 0) return '–'
  return (
    <>
      <div>
        {bytes(bytes_done)} of {bytesOrNone(bytes_total)}
      </div>
      <Small>{hits > 0 ? `${hits.toLocaleString('en')} held already` : 'no hits'}</Small>
    </>
  )
}

export const Who = ({ job: { requested_by, contract } }: OfJob) => (
  <>
    <Box title={requested_by} sx={{ maxWidth: '10rem', overflow: 'hidden', textOverflow: 'ellipsis' }}>
      {requested_by || '–'}
    </Box>
    <Small>by {contract}</Small>
  </>
)

export function Acts({ job, onAsk }: OfJob & { readonly onAsk: (asked: Asked) => void }) {
  const { may } = useSession()
  if (!may('job')) return null
  const acts = actsOf(job)
  return (
    <Box sx={{ display: 'flex', justifyContent: 'flex-end' }}>
      {acts.includes('cancel') && (
        <Act
          name={`Cancel job ${job.id}`}
          icon={<CancelIcon fontSize="small" />}
          onClick={() => onAsk({ job, act: 'cancel' })}
        />
      )}
      {acts.includes('retry') && (
        <Act
          name={`Retry job ${job.id}`}
          icon={<RetryIcon fontSize="small" />}
          onClick={() => onAsk({ job, act: 'retry' })}
        />
      )}
      {acts.includes('clone') && (
        <Tooltip title={`Clone job ${job.id}`}>
          <IconButton
            size="small"
            component={Link}
            href={`/preheats/new?from=${job.id}`}
            aria-label={`Clone job ${job.id}`}
          >
            <CloneIcon fontSize="small" />
          </IconButton>
        </Tooltip>
      )}
    </Box>
  )
}

interface ActProps {
  readonly name: string
  readonly icon: React.ReactNode
  readonly onClick: () => void
}

const Act = ({ name, icon, onClick }: ActProps) => (
  <Tooltip title={name}>
    <IconButton size="small" aria-label={name} onClick={onClick}>
      {icon}
    </IconButton>
  </Tooltip>
)

export const Small = ({ children }: { readonly children: React.ReactNode }) => (
  <Typography variant="caption" component="div" color="textSecondary">
    {children}
  </Typography>
)
