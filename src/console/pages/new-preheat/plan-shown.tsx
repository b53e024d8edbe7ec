// What would happen: what of the image, at which peers, and how many bytes.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import { Fragment, memo, type ReactNode } from 'react'
import type { Blob, Peer, Plan } from '../../api/types.ts'
import { monospace } from '../../app/theme.ts'
import { bytesOrNone, count, shortDigest } from '../../format.ts'
import { Some } from './some.tsx'
import { Fact } from '../../parts/fact.tsx'

/** Of hundreds of rows, beside a form that somebody types in: drawn once for a plan. */
export const PlanShown = memo(({ plan }: { readonly plan: Plan }) => (
  <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2.5 }}>
    {plan.warnings.map((warning) => (
      <Alert key={warning} severity="warning" sx={{ overflowWrap: 'anywhere' }}>
        {warning}
      </Alert>
    ))}
    <Facts plan={plan} />
    <Blobs blobs={plan.blobs} />
    <Peers peers={plan.peers} />
    {plan.left_out.length > 0 && <LeftOut left={plan.left_out} />}
  </Box>
))

function Facts({ plan }: { readonly plan: Plan }) {
  return (
    <Box component="dl" sx={{ display: 'grid', gridTemplateColumns: 'auto 1fr', columnGap: 2, rowGap: 0.75, m: 0 }}>
      <Fact name="To move">
        {bytesOrNone(plan.bytes_to_move)} of {bytesOrNone(plan.bytes)}
      </Fact>
      {plan.digest !== null && (
        <Fact name="Digest">
          <Box component="span" sx={{ fontFamily: monospace, fontSize: '0.85em' }}>
            {plan.digest}
          </Box>
        </Fact>
      )}
      {plan.platforms.length > 0 && (
        <Fact name="Platforms">
          {plan.platforms.map((platform) => (
            <Chip key={platform} size="small" variant="outlined" label={platform} sx={{ mr: 0.5 }} />
          ))}
        </Fact>
      )}
    </Box>
  )
}

const Blobs = ({ blobs }: { readonly blobs: readonly Blob[] }) => (
  <Some title={count(blobs.length, 'blob')} items={blobs}>
    {(shown) => (
      <Table size="small" sx={dense}>
        <TableHead>
          <TableRow>
            <TableCell>Kind</TableCell>
            <TableCell>{blobs.some(({ digest }) => digest === null) ? 'Address' : 'Digest'}</TableCell>
            <TableCell>Media type</TableCell>
            <TableCell align="right">Size</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {shown.map(({ kind, digest, url, media_type, size }, place) => (
            <TableRow key={place}>
              <TableCell>{kind}</TableCell>
              <TableCell title={digest ?? url} sx={digest === null ? anywhere : onOneLine}>
                {digest === null ? url : shortDigest(digest)}
              </TableCell>
              <TableCell>{media_type === '' ? '–' : breakable(media_type)}</TableCell>
              <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
                {bytesOrNone(size)}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    )}
  </Some>
)

const Peers = ({ peers }: { readonly peers: readonly Peer[] }) => (
  <Some title={count(peers.length, 'peer')} items={peers}>
    {(shown) => (
      <Table size="small" sx={dense}>
        <TableHead>
          <TableRow>
            <TableCell>Peer</TableCell>
            <TableCell>Address</TableCell>
            <TableCell align="right">Cluster</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {shown.map((peer) => (
            <TableRow key={peer.id}>
              <TableCell sx={anywhere}>{peer.hostname}</TableCell>
              <TableCell sx={anywhere}>{peer.address || peer.ip || '–'}</TableCell>
              <TableCell align="right">{peer.cluster_id}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    )}
  </Some>
)

const LeftOut = ({ left }: { readonly left: Plan['left_out'] }) => (
  <Some title={`${count(left.length, 'peer')} left out`} items={left}>
    {(shown) => (
      <Table size="small" sx={dense}>
        <TableHead>
          <TableRow>
            <TableCell>Peer</TableCell>
            <TableCell>Why</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {shown.map(({ peer, why }) => (
            <TableRow key={peer.id}>
              <TableCell sx={anywhere}>{peer.hostname}</TableCell>
              <TableCell sx={anywhere}>{why}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    )}
  </Some>
)

/** A line may end behind each of its marks. */
const breakable = (mediaType: string): ReactNode =>
  mediaType.split(/(?<=[/.+])/).map((part, place) => (
    <Fragment key={place}>
      {part}
      <wbr />
    </Fragment>
  ))

const dense = { '& td, & th': { px: 1 } } as const
const onOneLine = { fontFamily: monospace, fontSize: '0.8rem', whiteSpace: 'nowrap' } as const
const anywhere = { overflowWrap: 'anywhere' } as const
