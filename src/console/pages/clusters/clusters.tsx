// The page of all clusters: what each is, and how its peers are.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MuiLink from '@mui/material/Link'
import Paper from '@mui/material/Paper'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { messageOf } from '../../api/failure.ts'
import type { Cluster } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { useClusters } from '../../app/use-clusters.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { Stale } from '../../parts/stale.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { emptyForm } from './cluster-form.ts'
import { CreateDialog } from './create-dialog.tsx'
import { usePeers } from './data.ts'
import { troubleOf } from './health.ts'
import { HealthCounts } from './health-word.tsx'
import { Marks } from './marks.tsx'

export function Clusters() {
  const clusters = useClusters()
  const { may } = useSession()
  return (
    <>
      <PageHead
        title="Clusters"
        about="Sets of peers that are driven the same way. A preheat is for one or several of them."
      >
        {may('cluster') && <Create />}
      </PageHead>
      {clusters.data === undefined ? (
        <Waiting error={clusters.error} onAgain={() => void clusters.refetch()} />
      ) : (
        <Stale error={clusters.error} sinceMs={clusters.dataUpdatedAt} />
      )}
      <Box component="ul" aria-label="Clusters" sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gap: 1.5 }}>
        {clusters.data?.map((cluster) => (
          <Box component="li" key={cluster.id}>
            <ClusterCard cluster={cluster} />
          </Box>
        ))}
      </Box>
    </>
  )
}

function Create() {
  const { service } = useSession()
  const [isOpen, setOpen] = useState(false)
  const [, go] = useLocation()
  const first = service.drivers.find((driver) => driver !== 'local') ?? 'local'
  return (
    <>
      <Button variant="contained" onClick={() => setOpen(true)}>
        Create cluster
      </Button>
      {isOpen && (
        <CreateDialog
          start={emptyForm(first)}
          onClose={() => setOpen(false)}
          onCreated={({ id }) => go(`/clusters/${id}`)}
        />
      )}
    </>
  )
}

function ClusterCard({ cluster }: { readonly cluster: Cluster }) {
  return (
    <Paper
      component="article"
      variant="outlined"
      aria-label={cluster.name}
      sx={{ p: 2, display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: '3fr 2fr' } }}
    >
      <Box sx={{ minWidth: 0, display: 'grid', gap: 0.75, alignContent: 'start' }}>
        <Typography variant="h2" sx={{ overflowWrap: 'anywhere' }}>
          <MuiLink component={Link} href={`/clusters/${cluster.id}`}>
            {cluster.name}
          </MuiLink>
        </Typography>
        <Marks cluster={cluster} />
        {cluster.bio !== '' && (
          <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
            {cluster.bio}
          </Typography>
        )}
      </Box>
      <PeersInShort clusterId={cluster.id} />
    </Paper>
  )
}

function PeersInShort({ clusterId }: { readonly clusterId: number }) {
  const { data: peers, error } = usePeers(clusterId)
  const trouble = peers === undefined ? '' : troubleOf(peers)
  return (
    <Box sx={{ minWidth: 0, display: 'grid', gap: 0.75, alignContent: 'start' }}>
      {peers !== undefined && <HealthCounts clusterId={clusterId} peers={peers} />}
      {peers === undefined && error === null && <Typography variant="body2">looking at the peers …</Typography>}
      {trouble !== '' && (
        <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          {trouble}
        </Typography>
      )}
      {error !== null && (
        <Alert severity="warning" sx={{ py: 0, overflowWrap: 'anywhere' }}>
          {messageOf(error)}
        </Alert>
      )}
    </Box>
  )
}
