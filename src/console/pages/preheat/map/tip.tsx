// What a cell is, beside it.

import Paper from '@mui/material/Paper'
import Typography from '@mui/material/Typography'
import { monospace } from '../../../app/theme.ts'
import type { CellWords } from './labels.ts'
import type { Point, Size } from './layout.ts'

interface TipProps {
  readonly words: CellWords
  /** Of the cell in the box. */
  readonly corner: Point
  readonly cell: Size
  readonly view: Size
}

const width = 280
const room = 100
const away = 8

export function Tip({ words, corner, cell, view }: TipProps) {
  const isAbove = corner.y + cell.height + room > view.height && corner.y > room
  const left = Math.max(0, Math.min(corner.x, view.width - width))
  const top = isAbove ? corner.y - away : corner.y + cell.height + away
  return (
    // The grid says the same to screen readers.
    <Paper
      aria-hidden
      elevation={4}
      style={{ left, top, transform: isAbove ? 'translateY(-100%)' : 'none' }}
      sx={{ position: 'absolute', zIndex: 1, width, p: 1, pointerEvents: 'none', overflowWrap: 'anywhere' }}
    >
      <Typography variant="body2" sx={{ fontWeight: 650 }}>
        {words.peer}
      </Typography>
      <Typography variant="body2">
        {words.blob} · {words.size} · <strong>{words.state}</strong>
      </Typography>
      <Typography variant="caption" noWrap component="div" color="textSecondary" sx={{ fontFamily: monospace }}>
        {words.name}
      </Typography>
    </Paper>
  )
}
