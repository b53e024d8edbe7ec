// The personal access tokens: who may call, what they may do, and when they last did.

import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Pagination from '@mui/material/Pagination'
import Paper from '@mui/material/Paper'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Redirect, useLocation, useSearch } from 'wouter'
import { pageOf } from '../../api/client.ts'
import type { Token } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Stale } from '../../parts/stale.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { Question, useDeeds } from './deeds.tsx'
import { EditToken } from './edit-token.tsx'
import { MakeToken } from './make-token.tsx'
import { TokenRow, type Deed } from './token-row.tsx'

const about =
  'Who calls this service shows a token. A token that leaked is deactivated here, and is refused from the next call on.'

export function Tokens() {
  const [isMaking, setMaking] = useState(false)
  return (
    <>
      <PageHead title="Tokens" about={about}>
        <Button variant="contained" onClick={() => setMaking(true)}>
          Make a token
        </Button>
      </PageHead>
      {isMaking && <MakeToken onClose={() => setMaking(false)} />}
      <List />
    </>
  )
}

interface Asked {
  readonly state: '' | 'active' | 'inactive'
  readonly page: number
}

/** What of the list is shown stands in the address. */
function useAsked(): readonly [Asked, (asked: Asked) => void] {
  const query = new URLSearchParams(useSearch())
  const [, navigate] = useLocation()
  const state = (['active', 'inactive'] as const).find((each) => each === query.get('state')) ?? ''
  const page = Math.max(1, Math.trunc(Number(query.get('page'))) || 1)
  return [{ state, page }, (asked) => navigate(addressOf(asked))]
}

function addressOf({ state, page }: Asked): string {
  const query = new URLSearchParams({ ...(state !== '' && { state }), ...(page > 1 && { page: String(page) }) })
  return query.size === 0 ? '/tokens' : `/tokens?${query}`
}

const refreshedEveryMs = 5000
const perPage = 20

function List() {
  const { api } = useSession()
  const [asked, ask] = useAsked()
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ['tokens', asked],
    queryFn: ({ signal }) => {
      const query = { state: asked.state, page: asked.page, per_page: perPage }
      return pageOf(api.GET('/oapi/v1/personal-access-tokens', { params: { query }, signal }))
    },
    refetchInterval: refreshedEveryMs,
    placeholderData: keepPreviousData,
  })
  if (data === undefined) return <Waiting error={error} onAgain={() => void refetch()} />
  // The last token of the page is gone, and the page with it.
  if (asked.page > data.pages && !isPlaceholderData) {
    return <Redirect to={addressOf({ ...asked, page: data.pages })} replace />
  }
  return (
    <>
      <Stale error={error} sinceMs={data.atMs} />
      <TextField
        select
        label="State"
        value={asked.state}
        onChange={(event) =>
          ask({ state: (['active', 'inactive'] as const).find((each) => each === event.target.value) ?? '', page: 1 })
        }
        slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
        sx={{ maxWidth: '12rem', mb: 2 }}
      >
        <option value="">all</option>
        <option value="active">active</option>
        <option value="inactive">inactive</option>
      </TextField>
      {data.rows.length === 0 && !isPlaceholderData && <None asked={asked} />}
      {data.rows.length > 0 && <Rows tokens={data.rows} nowMs={data.atMs} />}
      {data.pages > 1 && (
        <Pagination
          count={data.pages}
          page={Math.min(asked.page, data.pages)}
          onChange={(_event, page) => ask({ ...asked, page })}
          sx={{ mt: 2 }}
        />
      )}
    </>
  )
}

const None = ({ asked: { state } }: { readonly asked: Asked }) => (
  <Typography color="textSecondary">
    {state === ''
      ? 'There is no token yet: you are signed in with the one of the settings. Make one for each client, so that each can be taken away alone.'
      : `No token is ${state}.`}
  </Typography>
)

function Rows({ tokens, nowMs }: { readonly tokens: readonly Token[]; readonly nowMs: number }) {
  const { caller } = useSession()
  const { setState, remove } = useDeeds()
  const [open, setOpen] = useState<{ readonly token: Token; readonly deed: Exclude<Deed, 'activate'> } | undefined>()
  const close = (): void => setOpen(undefined)
  return (
    <>
      <Paper variant="outlined">
        <Box component="ul" aria-label="Tokens" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {tokens.map((token) => (
            <TokenRow
              key={token.id}
              token={token}
              isOwn={token.id === caller.token_id}
              nowMs={nowMs}
              onDeed={(deed) => (deed === 'activate' ? setState(token, 'active') : setOpen({ token, deed }))}
            />
          ))}
        </Box>
      </Paper>
      {open?.deed === 'edit' && <EditToken token={open.token} onClose={close} />}
      {open !== undefined && open.deed !== 'edit' && (
        <Question
          token={open.token}
          deed={open.deed}
          isOwn={open.token.id === caller.token_id}
          onNo={close}
          onYes={() => {
            close()
            if (open.deed === 'delete') remove(open.token)
            else setState(open.token, 'inactive')
          }}
        />
      )}
    </>
  )
}
