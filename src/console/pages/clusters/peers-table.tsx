// Peers, a row each.

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { Link } from 'wouter'
import type { ClusterPeer } from '../../api/types.ts'
import { messageOf } from '../../api/failure.ts'
import { useTell } from '../../app/notices.tsx'
import { useSession } from '../../app/session.tsx'
import { monospace } from '../../app/theme.ts'
import { bytes, bytesOrNone, count } from '../../format.ts'
import { Time } from '../../parts/time.tsx'
import { useCheckPeer } from './data.ts'
import { stateOf } from './health.ts'
import { HealthWord } from './health-word.tsx'

interface PeersTableProps {
  readonly clusterId: number
  readonly peers: readonly ClusterPeer[]
}

const columns = ['Peer', 'Health', 'Kind', 'Location', 'Version', 'Disk free', 'Holds', 'Actions'] as const

export const PeersTable = ({ clusterId, peers }: PeersTableProps) => (
  <TableContainer component="section" tabIndex={0} aria-label="Table of peers">
    <Table size="small" sx={{ minWidth: '56rem' }}>
      <TableHead>
        <TableRow>
          {columns.map((column) => (
            <TableCell key={column}>{column}</TableCell>
          ))}
        </TableRow>
      </TableHead>
      <TableBody>
        {peers.map((peer) => (
          <PeerRow key={peer.id} clusterId={clusterId} peer={peer} />
        ))}
      </TableBody>
    </Table>
  </TableContainer>
)

interface PeerRowProps {
  readonly clusterId: number
  readonly peer: ClusterPeer
}

function PeerRow({ clusterId, peer }: PeerRowProps) {
  const { location, health } = peer
  return (
    <TableRow hover sx={{ verticalAlign: 'top' }}>
      <TableCell component="th" scope="row">
        <Name peer={peer} />
      </TableCell>
      <TableCell>
        <Health health={health} />
      </TableCell>
      <TableCell>{kindOf(peer)}</TableCell>
      <TableCell sx={{ overflowWrap: 'anywhere' }}>{location || '–'}</TableCell>
      <TableCell sx={{ overflowWrap: 'anywhere' }}>{health.version ?? '–'}</TableCell>
      <TableCell sx={{ whiteSpace: 'nowrap' }}>{bytesOrNone(health.disk_free)}</TableCell>
      <TableCell sx={{ whiteSpace: 'nowrap' }}>{heldBy(health)}</TableCell>
      <TableCell sx={{ whiteSpace: 'nowrap', py: 0.25 }}>
        <PeerActions clusterId={clusterId} peer={peer} />
      </TableCell>
    </TableRow>
  )
}

function Name({ peer: { hostname, address, ip } }: { readonly peer: ClusterPeer }) {
  const where = [address, ip].filter((part) => part !== '' && part !== hostname)
  const told = where.length === 2 && address.includes(ip) ? address : where.join(', ')
  return (
    <Box sx={{ minWidth: '10rem', maxWidth: '18rem', overflowWrap: 'anywhere' }}>
      {hostname}
      {told !== '' && told !== hostname && (
        <Typography variant="body2" color="textSecondary" sx={{ fontFamily: monospace, fontSize: '0.8rem' }}>
          {told}
        </Typography>
      )}
    </Box>
  )
}

const Health = ({ health: { state, detail, checked_at: at } }: Pick<ClusterPeer, 'health'>) => (
  <Box sx={{ minWidth: '13rem', maxWidth: '22rem', overflowWrap: 'anywhere' }}>
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, whiteSpace: 'nowrap' }}>
      <HealthWord state={state} />
      <Typography component="span" variant="body2" color="textSecondary">
        {at === null ? 'never looked at' : <Time at={at} />}
      </Typography>
    </Box>
    {detail !== '' && (
      <Typography variant="body2" sx={{ mt: 0.5 }}>
        {detail}
      </Typography>
    )}
  </Box>
)

function kindOf({ seed, ordinary }: ClusterPeer): string {
  if (seed) return ordinary ? 'seed and ordinary' : 'seed'
  return 'ordinary'
}

const heldBy = ({ held }: ClusterPeer['health']): string =>
  held === null ? '–' : `${count(held.blobs, 'blob')}, ${bytes(held.bytes)}`

function PeerActions({ clusterId, peer }: PeerRowProps) {
  const { may } = useSession()
  const tell = useTell()
  const check = useCheckPeer(clusterId)
  const { id, hostname } = peer
  const test = (): void =>
    check.mutate(id, {
      onSuccess: ({ health }) =>
        tell({ text: `${hostname} is ${stateOf(health)}`, kind: health.state === 'up' ? 'success' : 'error' }),
      onError: (error) => tell({ text: messageOf(error), kind: 'error' }),
    })
  return (
    <>
      {may('cluster') && (
        <Button size="small" loading={check.isPending} onClick={test} aria-label={`Test ${hostname}`}>
          Test
        </Button>
      )}
      {may('job:read') && (
        <Button
          size="small"
          component={Link}
          href={`/preheats?peer=${encodeURIComponent(id)}`}
          aria-label={`Preheats at ${hostname}`}
        >
          Preheats
        </Button>
      )}
    </>
  )
}
