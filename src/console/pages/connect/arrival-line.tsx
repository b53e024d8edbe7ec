// The line that waits for the client's first call, and says what came.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import CircularProgress from '@mui/material/CircularProgress'
import Typography from '@mui/material/Typography'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { dataOf } from '../../api/client.ts'
import type { Token } from '../../api/types.ts'
import { messageOf } from '../../api/failure.ts'
import { useSession } from '../../app/session.tsx'
import { arrivalOf, type Arrival } from './arrival.ts'
import type { ClientId } from './clients.ts'
import { waitingFor } from './guide.ts'

const askedEveryMs = 1000
/** Somebody who takes longer presses a button. */
const waitedMs = 10 * 60_000

interface ArrivalLineProps {
  readonly id: ClientId
  readonly tokenId: number
}

export function ArrivalLine({ id, tokenId }: ArrivalLineProps) {
  const { api } = useSession()
  const [until, setUntil] = useState(() => Date.now() + waitedMs)
  const { data, error, dataUpdatedAt, errorUpdatedAt } = useQuery({
    queryKey: ['tokens', 'arrival', tokenId],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/oapi/v1/personal-access-tokens/{id}', { params: { path: { id: tokenId } }, signal })),
    refetchInterval: ({ state }) => {
      const isOver = Math.max(state.dataUpdatedAt, state.errorUpdatedAt) >= until
      return isOver || arrived(id, state.data)?.isExpected === true ? false : askedEveryMs
    },
  })
  const arrival = arrived(id, data)
  const isOver = Math.max(dataUpdatedAt, errorUpdatedAt) >= until
  return (
    <Box
      component="output"
      sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)', justifyItems: 'start' }}
    >
      {arrival !== undefined && (
        <Alert severity={arrival.isExpected ? 'success' : 'warning'} sx={{ overflowWrap: 'anywhere' }}>
          {arrival.text}
        </Alert>
      )}
      {error !== null && <Alert severity="error">{messageOf(error)}</Alert>}
      {arrival?.isExpected !== true &&
        (isOver ? <Over onAgain={() => setUntil(Date.now() + waitedMs)} /> : <Waits id={id} />)}
    </Box>
  )
}

const arrived = (id: ClientId, token: Token | undefined): Arrival | undefined =>
  token?.last_used_for ? arrivalOf(id, token.last_used_for) : undefined

function Waits({ id }: { readonly id: ClientId }) {
  const { service } = useSession()
  return (
    <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'center' }}>
      <CircularProgress size={20} aria-label="Waiting" />
      <Typography>{waitingFor(id, service)}</Typography>
    </Box>
  )
}

const Over = ({ onAgain }: { readonly onAgain: () => void }) => (
  <>
    <Typography>Nothing was heard of it for ten minutes.</Typography>
    <Button variant="outlined" onClick={onAgain}>
      Wait on
    </Button>
  </>
)
