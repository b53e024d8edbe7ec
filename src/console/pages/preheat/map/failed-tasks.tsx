// The failed tasks of a preheat as a list: what the map shows in red, in words.

import Box from '@mui/material/Box'
import Pagination from '@mui/material/Pagination'
import Typography from '@mui/material/Typography'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { pageOf } from '../../../api/client.ts'
import type { Task } from '../../../api/types.ts'
import { useSession } from '../../../app/session.tsx'
import { monospace } from '../../../app/theme.ts'
import { Stale } from '../../../parts/stale.tsx'
import { Waiting } from '../../../parts/waiting.tsx'
import { nameOf, shortName } from './labels.ts'

const rowsAPage = 20

interface FailedTasksProps {
  readonly id: number
  /** How many there are by now. */
  readonly failed: number
}

export function FailedTasks({ id, failed }: FailedTasksProps) {
  const [wanted, setWanted] = useState(1)
  const pages = Math.max(1, Math.ceil(failed / rowsAPage))
  const page = Math.min(wanted, pages)
  const { data, error, dataUpdatedAt, refetch } = useFailed({ id, failed, page })
  if (data === undefined) return <Waiting error={error} onAgain={() => void refetch()} />
  if (data.rows.length === 0) return <Typography color="textSecondary">No task has failed.</Typography>
  return (
    <>
      <Stale error={error} sinceMs={dataUpdatedAt} />
      <Box component="ol" aria-label="Failed tasks" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {data.rows.map((task) => (
          <Failed key={task.ordinal} task={task} />
        ))}
      </Box>
      {pages > 1 && (
        <Box sx={{ display: 'flex', justifyContent: 'flex-end', mt: 1.5 }}>
          <Pagination count={pages} page={page} onChange={(_event, to) => setWanted(to)} />
        </Box>
      )}
    </>
  )
}

/** Asked for anew whenever there is another number of them; those before stay until the answer is there. */
function useFailed({ id, failed, page }: FailedTasksProps & { readonly page: number }) {
  const { api } = useSession()
  const query = { state: 'failed', page, per_page: rowsAPage } as const
  return useQuery({
    queryKey: ['tasks', id, 'failed', failed, page],
    queryFn: ({ signal }) => pageOf(api.GET('/oapi/v1/jobs/{id}/tasks', { params: { path: { id }, query }, signal })),
    placeholderData: keepPreviousData,
  })
}

const Failed = ({ task }: { readonly task: Task }) => (
  <Box component="li" sx={row}>
    <Typography variant="body2" sx={{ fontWeight: 650, overflowWrap: 'anywhere' }}>
      {nameOf(task.peer)}
    </Typography>
    <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
      {task.blob.kind}{' '}
      <Box component="span" sx={{ fontFamily: monospace, fontSize: '0.8rem' }}>
        {shortName(task.blob)}
      </Box>
    </Typography>
    <Typography variant="body2" component="div" sx={{ overflowWrap: 'anywhere' }}>
      {task.error?.message ?? '–'}
      <Typography variant="body2" color="textSecondary">
        {task.error?.hint}
      </Typography>
      <Typography variant="caption" color="textSecondary" sx={{ fontFamily: monospace }}>
        {task.error?.code}
      </Typography>
    </Typography>
  </Box>
)

const row = {
  display: 'grid',
  gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 1fr) minmax(0, 1fr) minmax(0, 2fr)' },
  columnGap: 2,
  rowGap: 0.5,
  py: 1,
  borderTop: 1,
  borderColor: 'divider',
  '&:first-of-type': { borderTop: 0 },
} as const
