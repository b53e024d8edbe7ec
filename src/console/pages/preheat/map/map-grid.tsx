// The map itself: a picture that scrolls in its own box, what the pointer or the cursor is on, and the strip beside it.

import Box from '@mui/material/Box'
import {
  useEffect,
  useEffectEvent,
  useMemo,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
} from 'react'
import type { Colours } from './colours.ts'
import { Grid } from './grid.tsx'
import { wordsOf, type Mapped } from './labels.ts'
import { cornerOf, layoutOf, linesOf, movedBy, scrolledTo, type Place } from './layout.ts'
import type { Cell } from './states.ts'
import { Strip } from './strip.tsx'
import { Tip } from './tip.tsx'
import { useHover } from './use-hover.ts'
import { usePicture } from './use-picture.ts'
import { useView } from './use-view.ts'

interface MapGridProps {
  /** What is focused. */
  readonly ref: RefObject<HTMLDivElement | null>
  readonly map: Mapped
  /** Which peer is on which line. */
  readonly order: readonly number[]
  /** As of worstOf. */
  readonly worst: Uint8Array
  readonly colours: Colours
  readonly cursor: Cell | undefined
  readonly onCursor: (cell: Cell) => void
  readonly onOpen: (cell: Cell) => void
}

export function MapGrid({ ref, map, order, worst, colours, cursor, onCursor, onOpen }: MapGridProps) {
  const viewed = useView(ref)
  const { view, scroll, scrollTo } = viewed
  const columns = map.blobs.length
  const layout = useMemo(() => layoutOf(view.width, order.length, columns), [view.width, order.length, columns])
  const hover = useHover(layout, viewed)
  const [isFocused, setFocused] = useState(false)
  const at = placeOf(cursor, order)
  const marked = useSame(hover.place ?? (isFocused ? at : undefined))
  const isMeasured = view.width > 0
  const canvas = usePicture(isMeasured ? { map, order, layout, colours, scroll, view, marked } : undefined)
  const cellOf = ({ line, column }: Place): Cell => ({ peer: order[line] ?? 0, blob: column })

  // When the cursor moves it is to be seen, and only then: whoever scrolls away from it is left alone.
  const reveal = useEffectEvent(() => {
    if (at !== undefined && isMeasured) scrollTo(scrolledTo(layout, scroll, view, at))
  })
  useEffect(() => reveal(), [cursor])

  const onKeyDown = (event: KeyboardEvent): void => {
    if (at === undefined) return
    const to = movedBy({ key: event.key, far: event.ctrlKey || event.metaKey }, at, layout, linesOf(layout, view))
    if (to !== undefined) onCursor(cellOf(to))
    else if (event.key === 'Enter') onOpen(cellOf(at))
    else return
    hover.clear()
    event.preventDefault()
  }
  const onClick = (event: MouseEvent<HTMLElement>): void => {
    // A screen reader clicks the one cell that it knows, by no press of a pointer and at no cell of the picture.
    const place = hover.placeOf(event) ?? (event.detail === 0 ? at : undefined)
    if (place === undefined) return
    onCursor(cellOf(place))
    onOpen(cellOf(place))
  }
  const onFocus = ({ currentTarget }: FocusEvent): void => {
    setFocused(true)
    // A press of the pointer focuses too, and the click after it says where the cursor is to be.
    if (at === undefined && order.length > 0 && currentTarget.matches(':focus-visible'))
      onCursor(cellOf({ line: 0, column: 0 }))
  }
  const isTaller = layout.whole.height > layout.boxHeight
  return (
    <Box sx={{ position: 'relative', display: 'flex', gap: 1 }}>
      <Grid
        ref={ref}
        map={map}
        layout={layout}
        cursor={at && { cell: cellOf(at), line: at.line }}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onMouseMove={hover.onMove}
        onMouseLeave={hover.clear}
        onFocus={onFocus}
        onBlur={() => setFocused(false)}
      >
        <canvas ref={canvas} aria-hidden style={{ display: 'block', position: 'sticky', left: 0, top: 0, ...view }} />
      </Grid>
      {marked && (
        <Tip
          {...{ view }}
          words={wordsOf(map, cellOf(marked))}
          corner={cornerOf(layout, scroll, marked)}
          cell={layout.cell}
        />
      )}
      {isTaller && (
        <Strip
          {...{ order, worst, colours }}
          height={layout.boxHeight}
          shown={{ from: scroll.y / layout.whole.height, to: (scroll.y + view.height) / layout.whole.height }}
          onGo={(part) => scrollTo({ x: scroll.x, y: part * layout.whole.height - view.height / 2 })}
        />
      )}
    </Box>
  )
}

function placeOf(cell: Cell | undefined, order: readonly number[]): Place | undefined {
  const line = cell === undefined ? -1 : order.indexOf(cell.peer)
  return cell === undefined || line < 0 ? undefined : { line, column: cell.blob }
}

/** The same object for as long as it is the same place. */
function useSame(place: Place | undefined): Place | undefined {
  const [line, column] = [place?.line, place?.column]
  return useMemo(() => (line === undefined || column === undefined ? undefined : { line, column }), [line, column])
}
