// One task: a blob at a peer, and all that is known about it.

import CloseIcon from '@mui/icons-material/Close'
import Box from '@mui/material/Box'
import Drawer from '@mui/material/Drawer'
import IconButton from '@mui/material/IconButton'
import Typography from '@mui/material/Typography'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { dataOf } from '../../../api/client.ts'
import type { Blob, Peer } from '../../../api/types.ts'
import { useSession } from '../../../app/session.tsx'
import { Stale } from '../../../parts/stale.tsx'
import { Waiting } from '../../../parts/waiting.tsx'
import { nameOf } from './labels.ts'
import { TaskFacts } from './task-facts.tsx'

export interface TaskPlace {
  readonly peer: Peer
  readonly blob: Blob
}

interface TaskDrawerProps {
  readonly id: number
  readonly live: boolean
  /** undefined: closed. */
  readonly place: TaskPlace | undefined
  readonly onClose: () => void
}

export function TaskDrawer({ id, live, place, onClose }: TaskDrawerProps) {
  const titleId = useId()
  return (
    <Drawer
      anchor="right"
      open={place !== undefined}
      onClose={onClose}
      slotProps={{ paper: { role: 'dialog', 'aria-modal': true, 'aria-labelledby': titleId, sx: paper } }}
    >
      {place && (
        <>
          <Box sx={{ display: 'flex', alignItems: 'flex-start', gap: 1, mb: 2 }}>
            <Typography id={titleId} variant="h2" sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
              {`Task: ${place.blob.kind} at ${nameOf(place.peer)}`}
            </Typography>
            <IconButton onClick={onClose} aria-label="Close" edge="end" size="small">
              <CloseIcon fontSize="small" />
            </IconButton>
          </Box>
          <Loaded id={id} live={live} place={place} />
        </>
      )}
    </Drawer>
  )
}

const paper = { width: { xs: '100%', sm: 460 }, p: 2.5 } as const
const everyMs = 1000

interface LoadedProps {
  readonly id: number
  readonly live: boolean
  readonly place: TaskPlace
}

function Loaded({ id, live, place: { peer, blob } }: LoadedProps) {
  const { api } = useSession()
  const name = blob.digest ?? blob.url
  const query = { peer: peer.id, blob: name, per_page: 1 }
  const { data, error, dataUpdatedAt, refetch } = useQuery({
    // At its end the job is no longer live, and the task is asked for a last time.
    queryKey: ['tasks', id, peer.id, name, live],
    queryFn: ({ signal }) => dataOf(api.GET('/oapi/v1/jobs/{id}/tasks', { params: { path: { id }, query }, signal })),
    refetchInterval: live ? everyMs : false,
    placeholderData: keepPreviousData,
  })
  if (data === undefined) return <Waiting error={error} onAgain={() => void refetch()} />
  const [task] = data
  return (
    <>
      <Stale error={error} sinceMs={dataUpdatedAt} />
      {task === undefined ? (
        <Typography>The preheat has no such task any more: it was planned anew.</Typography>
      ) : (
        <TaskFacts task={task} />
      )}
    </>
  )
}
