// One token of the list.

import WarningIcon from '@mui/icons-material/WarningAmber'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Typography from '@mui/material/Typography'
import type { Token } from '../../api/types.ts'
import { Fact } from '../../parts/fact.tsx'
import { Time } from '../../parts/time.tsx'
import { expiryOf, stateOf, wordsOfUse } from './words.ts'

/** What can be done with a token. */
export type Deed = 'edit' | 'deactivate' | 'activate' | 'delete'

interface TokenRowProps {
  readonly token: Token
  /** Whether it is the one that one is signed in with. */
  readonly isOwn: boolean
  readonly nowMs: number
  readonly onDeed: (deed: Deed) => void
}

const colours = { active: 'success', inactive: 'default', expired: 'error' } as const

export function TokenRow({ token, isOwn, nowMs, onDeed }: TokenRowProps) {
  const state = stateOf(token, nowMs)
  return (
    <Box component="li" sx={row}>
      <Box sx={{ minWidth: 0 }}>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, alignItems: 'center' }}>
          <Typography component="h2" variant="h3" sx={{ overflowWrap: 'anywhere' }}>
            {token.name}
          </Typography>
          <Chip size="small" variant="outlined" color={colours[state]} label={state} />
          {isOwn && <Chip size="small" label="you are signed in with it" />}
        </Box>
        {token.bio !== '' && (
          <Typography
            variant="body2"
            color="textSecondary"
            sx={{ mt: 0.5, overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}
          >
            {token.bio}
          </Typography>
        )}
        <Box component="ul" aria-label="Scopes" sx={scopeList}>
          {token.scopes.map((scope) => (
            <Chip key={scope} component="li" size="small" label={scope} />
          ))}
        </Box>
      </Box>
      <Facts token={token} nowMs={nowMs} />
      <Deeds token={token} onDeed={onDeed} />
    </Box>
  )
}

function Facts({ token, nowMs }: Pick<TokenRowProps, 'token' | 'nowMs'>) {
  return (
    <Box component="dl" sx={facts}>
      <Fact name="Last use">
        <LastUse token={token} />
      </Fact>
      <Fact name="Expires">
        <Expires at={token.expired_at} nowMs={nowMs} />
      </Fact>
      <Fact name="Made">
        <Time at={token.created_at} />
      </Fact>
    </Box>
  )
}

function LastUse({ token: { last_used_at: at, last_used_for: use } }: Pick<TokenRowProps, 'token'>) {
  if (at === null) return 'never'
  return (
    <>
      <Time at={at} />
      {use !== null && <span title={use.client}>, for {wordsOfUse(use)}</span>}
    </>
  )
}

function Expires({ at, nowMs }: { readonly at: string; readonly nowMs: number }) {
  const { words, level } = expiryOf(at, nowMs)
  const colour = { fine: 'inherit', soon: 'warning.main', over: 'error.main' }[level]
  return (
    <Box component="span" sx={{ display: 'inline-flex', gap: 0.5, alignItems: 'center', color: colour }}>
      {level !== 'fine' && <WarningIcon fontSize="inherit" titleAccess="Attention:" />}
      <time dateTime={at} title={new Date(at).toLocaleString()}>
        {words}
      </time>
    </Box>
  )
}

function Deeds({ token: { name, state }, onDeed }: Pick<TokenRowProps, 'token' | 'onDeed'>) {
  const deeds: readonly (readonly [deed: Deed, verb: string])[] = [
    ['edit', 'Edit'],
    state === 'active' ? ['deactivate', 'Deactivate'] : ['activate', 'Activate'],
    ['delete', 'Delete'],
  ]
  return (
    <Box
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        gap: 1,
        alignSelf: 'start',
        ml: { xs: -1, md: 0 },
        justifyContent: { md: 'flex-end' },
      }}
    >
      {deeds.map(([deed, verb]) => (
        <Button
          key={deed}
          size="small"
          color={deed === 'delete' ? 'error' : 'inherit'}
          aria-label={`${verb} ${name}`}
          onClick={() => onDeed(deed)}
        >
          {verb}
        </Button>
      ))}
    </Box>
  )
}

const row = {
  display: 'grid',
  gap: 2,
  p: 2,
  gridTemplateColumns: { md: 'minmax(0, 1fr) minmax(0, 1fr) 15rem' },
  '& + &': { borderTop: 1, borderColor: 'divider' },
} as const

const facts = { m: 0, display: 'grid', gridTemplateColumns: '5rem minmax(0, 1fr)', alignContent: 'start', rowGap: 0.5 }

const scopeList = { display: 'flex', flexWrap: 'wrap', gap: 0.5, p: 0, m: 0, mt: 1, listStyle: 'none' }
