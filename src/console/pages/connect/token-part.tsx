// The token of the client: made at one press, shown on this page only.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Typography from '@mui/material/Typography'
import { useQueryClient } from '@tanstack/react-query'
import type { Scope, Token } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { Copyable } from '../../parts/copy.tsx'
import { useAction } from '../../parts/action.ts'
import { clients, needsNoToken, type ClientId } from './clients.ts'
import { makeFreshToken } from './fresh-token.ts'

interface TokenPartProps {
  readonly id: ClientId
  readonly made: Token | undefined
  readonly onMade: (token: Token) => void
}

export function TokenPart({ id, made, onMade }: TokenPartProps) {
  const { api, may, service } = useSession()
  const cache = useQueryClient()
  const { isBusy, failure, run } = useAction()
  const needed: readonly Scope[] = ['personal-access-token', clients[id].scope]
  const missing = needed.filter((scope) => !may(scope))
  const make = (): void =>
    run(async () => {
      onMade(await makeFreshToken(api, id))
      await cache.invalidateQueries({ queryKey: ['tokens'] })
    })
  if (made !== undefined) return <Made token={made} />
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)', justifyItems: 'start' }}>
      {needsNoToken(id, service) && (
        <Typography variant="body2">This client may do without one here: legacy_auth is open.</Typography>
      )}
      {missing.length > 0 ? (
        <Alert severity="info">
          Your own token does not have the scope {missing.join(' and ')}, so it can make none for this client. Ask
          somebody whose token can for one with the scope {clients[id].scope}, and put it in the place of &lt;token&gt;
          below.
        </Alert>
      ) : (
        <>
          <Button variant="contained" onClick={make} disabled={isBusy}>
            Make a token for it
          </Button>
          <Typography variant="body2" color="textSecondary">
            With the scope {clients[id].scope}, for one year. It is put into the steps below.
          </Typography>
        </>
      )}
      {failure !== undefined && <Alert severity="error">{failure.message}</Alert>}
    </Box>
  )
}

const Made = ({ token: { name, token, scopes } }: { readonly token: Token }) => (
  <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
    <Alert severity="warning">
      &quot;{name}&quot; is made, with the scope {scopes.join(', ')}, for one year. It is shown until you leave this
      page, and never again.
    </Alert>
    <Copyable what="the token" text={token} />
  </Box>
)
