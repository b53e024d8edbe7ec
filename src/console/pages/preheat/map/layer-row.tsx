// One layer. A table of a hundred of them moves every second: what stays in a row is not made anew.

import Box from '@mui/material/Box'
import TableCell from '@mui/material/TableCell'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { memo } from 'react'
import type { Blob } from '../../../api/types.ts'
import { monospace } from '../../../app/theme.ts'
import { bytes, bytesOrNone, count } from '../../../format.ts'
import { CopyButton } from '../../../parts/copy.tsx'
import { Bar } from '../../../parts/job-progress.tsx'
import { shortName } from './labels.ts'

interface LayerRowProps {
  /** From 1, as in the map. */
  readonly place: number
  readonly blob: Blob
  /** How many peers it is for, how many have it, and how many failed. */
  readonly tasks: number
  readonly warm: number
  readonly failed: number
}

export const LayerRow = memo(function LayerRow({ place, blob, tasks, warm, failed }: LayerRowProps) {
  return (
    <TableRow>
      <What place={place} blob={blob} />
      <TableCell sx={{ minWidth: 200 }}>
        <Bar tasks={tasks} warm={warm} failed={failed} />
        <Typography variant="caption">
          {warm.toLocaleString('en')} of {count(tasks, 'peer')}
          {failed > 0 && (
            <Box component="span" sx={{ color: 'error.main', fontWeight: 650 }}>
              {`, ${failed.toLocaleString('en')} failed`}
            </Box>
          )}
        </Typography>
      </TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
        {blob.size === null ? '–' : bytes(blob.size * warm)}
      </TableCell>
    </TableRow>
  )
})

const What = memo(function What({ place, blob }: Pick<LayerRowProps, 'place' | 'blob'>) {
  return (
    <>
      <TableCell sx={{ color: 'text.secondary' }}>{place}</TableCell>
      <TableCell>{blob.kind}</TableCell>
      <TableCell>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5, minWidth: 200, maxWidth: 380 }}>
          <Box
            component="span"
            sx={{
              fontFamily: monospace,
              fontSize: '0.8rem',
              ...(blob.digest === null ? { overflowWrap: 'anywhere' } : { whiteSpace: 'nowrap' }),
            }}
          >
            {shortName(blob)}
          </Box>
          <CopyButton what={blob.digest === null ? 'the address' : 'the digest'} text={blob.digest ?? blob.url} />
        </Box>
      </TableCell>
      <TableCell sx={{ whiteSpace: 'nowrap', fontSize: '0.8rem' }}>{blob.media_type || '–'}</TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
        {bytesOrNone(blob.size)}
      </TableCell>
    </>
  )
})
