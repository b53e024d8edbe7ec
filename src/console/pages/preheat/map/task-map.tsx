// The live map of a preheat: peers down, layers across, a sign for each task.

import Typography from '@mui/material/Typography'
import Box from '@mui/material/Box'
import { useCallback, useMemo, useRef, useState } from 'react'
import { count } from '../../../format.ts'
import { Stale } from '../../../parts/stale.tsx'
import { Waiting } from '../../../parts/waiting.tsx'
import { useColours } from './colours.ts'
import { Legend } from './legend.tsx'
import { MapGrid } from './map-grid.tsx'
import { MapTools } from './map-tools.tsx'
import { isSame, nextFailed, orderOf, type Wanted } from './order.ts'
import { countsOf, letterAt, worstOf, type Cell } from './states.ts'
import { TaskDrawer, type TaskPlace } from './task-drawer.tsx'
import type { AskedMap, KeptMap } from './use-job-map.ts'

interface TaskMapProps {
  readonly id: number
  /** As long as the job is open. */
  readonly live: boolean
  readonly map: AskedMap
}

export function TaskMap({ id, live, map: { data, error, dataUpdatedAt, refetch } }: TaskMapProps) {
  if (data === undefined) return <Waiting error={error} onAgain={() => void refetch()} />
  return (
    <>
      <Stale error={error} sinceMs={dataUpdatedAt} />
      {data.peers.length === 0 || data.blobs.length === 0 ? (
        <Typography color="textSecondary">
          {live ? 'The map comes once the image is resolved.' : 'It came to its end before there was anything to warm.'}
        </Typography>
      ) : (
        <Planned key={data.plan} id={id} live={live} map={data} />
      )}
    </>
  )
}

interface PlannedProps extends Omit<TaskMapProps, 'map'> {
  readonly map: KeptMap
}

function Planned({ id, live, map }: PlannedProps) {
  const colours = useColours()
  const [cursor, setCursor] = useState<Cell | undefined>()
  const [opened, setOpened] = useState<TaskPlace | undefined>()
  const grid = useRef<HTMLDivElement>(null)
  const counts = useMemo(() => countsOf(map.rows), [map.rows])
  // Of what has ended one wants to see what failed; what moves would jump about.
  const [wanted, setWanted] = useState<Wanted>({ order: !live && counts.f > 0 ? 'failed' : 'given', filter: '' })
  const worst = useMemo(() => worstOf(map.rows, map.peers.length), [map.rows, map.peers])
  const order = useKept(useMemo(() => orderOf(map.peers, worst, wanted), [map.peers, worst, wanted]))
  const open = (cell: Cell): void => {
    const [peer, blob] = [map.peers[cell.peer], map.blobs[cell.blob]]
    if (peer !== undefined && blob !== undefined && letterAt(map.rows, cell) !== '.') setOpened({ peer, blob })
  }
  const next = useMemo(() => nextFailed(map.rows, order, cursor), [map.rows, order, cursor])
  const goTo = (cell: Cell): void => {
    setCursor(cell)
    grid.current?.focus()
  }
  const close = useCallback(() => setOpened(undefined), [])
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Legend counts={counts} />
      <MapTools
        wanted={wanted}
        onWanted={setWanted}
        about={`${count(order.length, 'peer')} × ${count(map.blobs.length, map.blobs.every(isFile) ? 'file' : 'blob')}`}
        {...(next && { onNextFailed: () => goTo(next) })}
      />
      {order.length === 0 ? (
        <Typography color="textSecondary">No peer has this in its hostname or ip.</Typography>
      ) : (
        <MapGrid ref={grid} {...{ map, order, worst, colours, cursor }} onCursor={setCursor} onOpen={open} />
      )}
      <TaskDrawer id={id} live={live} place={opened} onClose={close} />
    </Box>
  )
}

const isFile = ({ kind }: KeptMap['blobs'][number]): boolean => kind === 'file'

/** The order before, where the new one is the same: then nothing has to be drawn anew. */
function useKept(order: readonly number[]): readonly number[] {
  const [kept, setKept] = useState(order)
  if (kept === order || isSame(kept, order)) return kept
  setKept(order)
  return order
}
