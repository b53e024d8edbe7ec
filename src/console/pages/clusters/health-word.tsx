// How peers are, as words in a colour.

import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import Typography from '@mui/material/Typography'
import { Link } from 'wouter'
import type { ClusterPeer } from '../../api/types.ts'
import { countsOf, type HealthState } from './health.ts'

const colours = {
  up: 'success',
  degraded: 'warning',
  down: 'error',
  unknown: 'default',
} as const satisfies Record<HealthState, string>

export const HealthWord = ({ state }: { readonly state: HealthState }) => (
  <Chip size="small" variant="outlined" color={colours[state]} label={state} />
)

interface HealthCountsProps {
  readonly clusterId: number
  readonly peers: readonly ClusterPeer[]
}

/** `1 down`, `3 up`, each leading to these peers. */
export function HealthCounts({ clusterId, peers }: HealthCountsProps) {
  if (peers.length === 0) return <Typography variant="body2">no peers</Typography>
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75 }}>
      {countsOf(peers).map(([state, many]) => (
        <Chip
          key={state}
          component={Link}
          href={`/clusters/${clusterId}?health=${state}`}
          clickable
          size="small"
          variant="outlined"
          color={colours[state]}
          label={`${many.toLocaleString('en')} ${state}`}
        />
      ))}
    </Box>
  )
}
