// The peers of a cluster: which they are, how each is, what it holds.

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MenuItem from '@mui/material/MenuItem'
import Pagination from '@mui/material/Pagination'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { ClusterPeer } from '../../api/types.ts'
import { messageOf } from '../../api/failure.ts'
import { useTell } from '../../app/notices.tsx'
import { useSession } from '../../app/session.tsx'
import { count } from '../../format.ts'
import { Section } from '../../parts/section.tsx'
import { Stale } from '../../parts/stale.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { useLookAgain, usePeers } from './data.ts'
import { asHealthState, healthStates, troubledFirst, wanted, type HealthState } from './health.ts'
import { HealthCounts } from './health-word.tsx'
import { PeersTable } from './peers-table.tsx'

/** A thousand rows at once would make every look at them slow. */
const rowsOnPage = 50

export function PeersSection({ clusterId }: { readonly clusterId: number }) {
  const { data: peers, error, refetch, dataUpdatedAt } = usePeers(clusterId)
  const { may } = useSession()
  return (
    <Section title="Peers">
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, mb: 1.5 }}>
        {peers !== undefined && <HealthCounts clusterId={clusterId} peers={peers} />}
        <Box sx={{ flexGrow: 1 }} />
        {may('job') && <LookAgain clusterId={clusterId} />}
      </Box>
      {peers !== undefined && <Stale error={error} sinceMs={dataUpdatedAt} />}
      {peers === undefined && <Waiting error={error} onAgain={() => void refetch()} />}
      {peers?.length === 0 && (
        <Typography variant="body2">There are none: neither the settings nor what they lead to name any.</Typography>
      )}
      {peers !== undefined && peers.length > 0 && <Peers clusterId={clusterId} peers={peers} />}
    </Section>
  )
}

function LookAgain({ clusterId }: { readonly clusterId: number }) {
  const look = useLookAgain(clusterId)
  const tell = useTell()
  const run = (): void =>
    look.mutate(undefined, {
      onSuccess: () => tell({ text: 'All peers were found and looked at anew.' }),
      onError: (error) => tell({ text: messageOf(error), kind: 'error' }),
    })
  return (
    <Button variant="outlined" size="small" loading={look.isPending} onClick={run}>
      Look at all again
    </Button>
  )
}

interface PeersProps {
  readonly clusterId: number
  readonly peers: readonly ClusterPeer[]
}

function Peers({ clusterId, peers }: PeersProps) {
  const [state, setState] = useStateFilter()
  const [text, setText] = useState('')
  const filter = `${state ?? ''} ${text}`
  const [chosen, setChosen] = useState({ page: 1, filter })
  const shown = troubledFirst(wanted(peers, { text, state }))
  const pages = Math.max(1, Math.ceil(shown.length / rowsOnPage))
  // Peers may have gone since the page was chosen; another filter begins at its first page.
  const here = chosen.filter === filter ? Math.min(chosen.page, pages) : 1
  return (
    <>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1.5, mb: 1.5 }}>
        <TextField
          label="Find a peer"
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          sx={{ maxWidth: '18rem' }}
        />
        <TextField
          select
          label="Health"
          value={state ?? 'any'}
          onChange={(event) => setState(asHealthState(event.target.value))}
          sx={{ width: '9rem' }}
        >
          {['any', ...healthStates].map((word) => (
            <MenuItem key={word} value={word}>
              {word}
            </MenuItem>
          ))}
        </TextField>
        <Typography component="output" variant="body2" color="textSecondary">
          {shown.length === peers.length
            ? count(shown.length, 'peer')
            : `${shown.length} of ${count(peers.length, 'peer')}`}
        </Typography>
      </Box>
      <PeersTable clusterId={clusterId} peers={shown.slice((here - 1) * rowsOnPage, here * rowsOnPage)} />
      {pages > 1 && (
        <Pagination
          aria-label="Pages of peers"
          count={pages}
          page={here}
          onChange={(_event, to) => setChosen({ page: to, filter })}
          sx={{ mt: 1.5 }}
        />
      )}
    </>
  )
}

/** In the address, so that the list of clusters can lead to it. */
function useStateFilter(): readonly [HealthState | undefined, (state: HealthState | undefined) => void] {
  const [here, go] = useLocation()
  const state = asHealthState(new URLSearchParams(useSearch()).get('health'))
  return [state, (next) => go(next === undefined ? here : `${here}?health=${next}`, { replace: true })]
}
