// The page of one cluster: its peers, who of them holds an image, how it is set.

import Box from '@mui/material/Box'
import MuiLink from '@mui/material/Link'
import Typography from '@mui/material/Typography'
import { Link } from 'wouter'
import type { Cluster as ClusterData } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { Copyable } from '../../parts/copy.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Section } from '../../parts/section.tsx'
import { Stale } from '../../parts/stale.tsx'
import { Time } from '../../parts/time.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { isId } from '../preheat/use-job.ts'
import { ClusterActions } from './cluster-actions.tsx'
import { useCluster } from './data.ts'
import { wordsOf } from './drivers.ts'
import { HoldersSection } from './holders-section.tsx'
import { Marks } from './marks.tsx'
import { PeersSection } from './peers-section.tsx'

export function Cluster({ id }: { readonly id: number }) {
  const { data: cluster, error, refetch, dataUpdatedAt } = useCluster(id)
  const { may } = useSession()
  if (!isId(id)) return <NotThere />
  if (cluster === undefined) {
    return (
      <>
        <PageHead title={`Cluster ${id}`} />
        <Waiting error={error} onAgain={() => void refetch()} />
      </>
    )
  }
  return (
    <>
      <PageHead title={cluster.name} about={<Head cluster={cluster} />}>
        {may('cluster') && <ClusterActions cluster={cluster} />}
      </PageHead>
      <Stale error={error} sinceMs={dataUpdatedAt} />
      <PeersSection clusterId={id} />
      {may('job') && <HoldersSection clusterId={id} />}
      <SettingsSection cluster={cluster} />
    </>
  )
}

const NotThere = () => (
  <>
    <PageHead title="There is no such cluster" />
    <MuiLink component={Link} href="/clusters" underline="always">
      See all clusters
    </MuiLink>
  </>
)

const Head = ({ cluster }: { readonly cluster: ClusterData }) => (
  <Box sx={{ display: 'grid', gap: 1, mt: 1 }}>
    <Marks cluster={cluster} />
    {cluster.bio !== '' && <span>{cluster.bio}</span>}
  </Box>
)

function SettingsSection({ cluster }: { readonly cluster: ClusterData }) {
  const { driver, platforms, settings, from_file: isFromFile, updated_at: changedAt } = cluster
  return (
    <Section title="Settings">
      <Typography variant="body2" sx={{ mb: 1.5, maxWidth: '48rem' }}>
        {wordsOf(driver).about}
        {platforms.length === 0 &&
          ' The platforms are those that the settings of the registry, and otherwise of the service, say.'}
        {isFromFile && ' This cluster stands in the settings file: name, platforms and settings are changed there.'}
      </Typography>
      {Object.keys(settings).length === 0 ? (
        <Typography variant="body2">None are given.</Typography>
      ) : (
        <Box sx={{ '& pre': { maxHeight: '24rem' } }}>
          <Copyable what="the settings" text={JSON.stringify(settings, null, 2)} />
        </Box>
      )}
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1.5 }}>
        Cluster {cluster.id}, changed <Time at={changedAt} />.
      </Typography>
    </Section>
  )
}
