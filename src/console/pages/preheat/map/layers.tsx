// The layers of a preheat, or its files: what each is, and at how many peers it is warm.

import Box from '@mui/material/Box'
import Pagination from '@mui/material/Pagination'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { LayerRow } from './layer-row.tsx'
import { countsOf } from './states.ts'
import type { KeptMap } from './use-job-map.ts'

interface LayersProps {
  readonly map: KeptMap
}

/** A preheat of files can have a thousand of them. */
const rowsAPage = 100
const heads = ['', 'Kind', 'Digest', 'Media type', 'Size', 'Warm', 'Bytes warm'] as const

export function Layers({ map: { blobs, rows } }: LayersProps) {
  const [page, setPage] = useState(1)
  if (blobs.length === 0) return <Typography color="textSecondary">Nothing is known of the layers.</Typography>
  const pages = Math.ceil(blobs.length / rowsAPage)
  const from = (Math.min(page, pages) - 1) * rowsAPage
  return (
    <>
      <TableContainer component="section" tabIndex={0} aria-label="Layers" sx={{ maxHeight: 520 }}>
        <Table size="small" stickyHeader sx={{ minWidth: 900 }}>
          <TableHead>
            <TableRow>
              {heads.map((head) => (
                <TableCell key={head} align={head === 'Size' || head === 'Bytes warm' ? 'right' : 'left'}>
                  {head || '#'}
                </TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {blobs.slice(from, from + rowsAPage).map((blob, n) => {
              const counts = countsOf(rows.slice(from + n, from + n + 1))
              const { length } = rows[from + n] ?? ''
              return (
                <LayerRow
                  key={from + n}
                  place={from + n + 1}
                  blob={blob}
                  tasks={length - counts['.']}
                  warm={counts.w + counts.h}
                  failed={counts.f}
                />
              )
            })}
          </TableBody>
        </Table>
      </TableContainer>
      {pages > 1 && (
        <Box sx={{ display: 'flex', justifyContent: 'flex-end', mt: 1.5 }}>
          <Pagination count={pages} page={Math.min(page, pages)} onChange={(_event, to) => setPage(to)} />
        </Box>
      )}
    </>
  )
}
