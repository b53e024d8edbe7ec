// A map for the keyboard and for screen readers: a grid as large as the map, with the one cell in it that the cursor is
// on. 100,000 elements would be too many, and a screen reader says one cell at a time.

import Box from '@mui/material/Box'
import { useId, type ComponentProps, type ReactNode, type Ref } from 'react'
import { sentenceOf, wordsOf, type Mapped } from './labels.ts'
import type { Layout } from './layout.ts'
import type { Cell } from './states.ts'

type Listeners = Pick<
  ComponentProps<'div'>,
  'onKeyDown' | 'onClick' | 'onMouseMove' | 'onMouseLeave' | 'onFocus' | 'onBlur'
>

interface GridProps extends Listeners {
  readonly ref: Ref<HTMLDivElement>
  readonly map: Mapped
  readonly layout: Layout
  readonly cursor: { readonly cell: Cell; readonly line: number } | undefined
  /** The picture. */
  readonly children: ReactNode
}

export function Grid({ ref, map, layout, cursor, children, ...listeners }: GridProps) {
  const id = useId()
  // Another cell is another id: that is what makes a screen reader speak.
  const cellId = cursor && `${id}-${cursor.cell.peer}-${cursor.cell.blob}`
  return (
    <Box
      ref={ref}
      role="grid"
      tabIndex={0}
      aria-label="Tasks by peer and layer. Arrow keys move, Enter opens a task."
      aria-readonly
      aria-rowcount={layout.lines}
      aria-colcount={layout.columns}
      aria-activedescendant={cellId}
      {...listeners}
      style={{ height: layout.boxHeight }}
      sx={box}
    >
      <div style={layout.whole}>{children}</div>
      {cursor && (
        <Box role={roles.row} aria-rowindex={cursor.line + 1} sx={visuallyHidden}>
          <div role={roles.cell} id={cellId} aria-colindex={cursor.cell.blob + 1}>
            {sentenceOf(wordsOf(map, cursor.cell))}
          </div>
        </Box>
      )}
    </Box>
  )
}

/** Not of the elements of a table: a picture could not stand in one. */
const roles = { row: 'row', cell: 'gridcell' } as const

const visuallyHidden = {
  position: 'absolute',
  width: '1px',
  height: '1px',
  overflow: 'hidden',
  clipPath: 'inset(50%)',
  whiteSpace: 'nowrap',
} as const

const box = {
  position: 'relative',
  flex: 1,
  minWidth: 0,
  overflow: 'auto',
  cursor: 'default',
  '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: '2px' },
} as const
