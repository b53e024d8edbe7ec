// The fields of a token, for the form that makes one and the form that changes one.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Checkbox from '@mui/material/Checkbox'
import FormControl from '@mui/material/FormControl'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import FormLabel from '@mui/material/FormLabel'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import type { Scope } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { monospace } from '../../app/theme.ts'
import type { Draft, Faults } from './draft.ts'
import { isIncluded, lifetimes, scopeNames, scopeWords } from './words.ts'

interface FieldsProps {
  readonly draft: Draft
  readonly faults: Faults
  readonly onChange: (draft: Draft) => void
  /** When the token ends that is changed; absent for a new one, which still gets its name. */
  readonly endsAt?: string
  /** That the token has already. */
  readonly held?: readonly Scope[]
}

export function TokenFields({ draft, faults, onChange, endsAt, held = [] }: FieldsProps) {
  const { may } = useSession()
  const offered = scopeNames.filter((scope) => may(scope) || held.includes(scope))
  return (
    <Box sx={{ display: 'grid', gap: 2, pt: 1 }}>
      {faults.rest !== undefined && <Alert severity="error">{faults.rest}</Alert>}
      {endsAt === undefined && (
        <TextField
          label="Name"
          required
          autoFocus
          autoComplete="off"
          value={draft.name}
          onChange={(event) => onChange({ ...draft, name: event.target.value })}
          error={faults.name !== undefined}
          helperText={faults.name ?? 'What it is for, such as the name of a client.'}
          slotProps={{ htmlInput: { maxLength: 100 } }}
        />
      )}
      <TextField
        label="Note"
        autoFocus={endsAt !== undefined}
        multiline
        maxRows={4}
        value={draft.bio}
        onChange={(event) => onChange({ ...draft, bio: event.target.value })}
        error={faults.bio !== undefined}
        helperText={faults.bio}
        slotProps={{ htmlInput: { maxLength: 1024 } }}
      />
      <Lifetimes draft={draft} fault={faults.expired_at} onChange={onChange} endsAt={endsAt} />
      <Scopes
        offered={offered}
        chosen={draft.scopes}
        fault={faults.scopes}
        onChange={(scopes) => onChange({ ...draft, scopes })}
      />
    </Box>
  )
}

interface LifetimesProps {
  readonly draft: Draft
  readonly fault: string | undefined
  readonly onChange: (draft: Draft) => void
  readonly endsAt: string | undefined
}

function Lifetimes({ draft, fault, onChange, endsAt }: LifetimesProps) {
  const isOwn = draft.lifetime === 'own'
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { sm: isOwn ? '1fr 1fr' : '1fr' } }}>
      <TextField
        select
        label="Expires"
        value={draft.lifetime}
        onChange={(event) => {
          const lifetime = lifetimes.find(([each]) => each === event.target.value)?.[0] ?? ''
          onChange({ ...draft, lifetime })
        }}
        error={fault !== undefined && !isOwn}
        helperText={isOwn ? undefined : fault}
        slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
      >
        {endsAt !== undefined && <option value="">As it is: {new Date(endsAt).toLocaleString()}</option>}
        {lifetimes.map(([lifetime, name]) => (
          <option key={lifetime} value={lifetime}>
            {endsAt === undefined || lifetime === 'own' ? name : `${name} from now`}
          </option>
        ))}
      </TextField>
      {isOwn && (
        <TextField
          type="date"
          label="Last day"
          value={draft.ownDate}
          onChange={(event) => onChange({ ...draft, ownDate: event.target.value })}
          error={fault !== undefined}
          helperText={fault}
          slotProps={{ inputLabel: { shrink: true } }}
        />
      )}
    </Box>
  )
}

interface ScopesProps {
  readonly offered: readonly Scope[]
  readonly chosen: readonly Scope[]
  readonly fault: string | undefined
  readonly onChange: (scopes: readonly Scope[]) => void
}

/** Only those that the caller holds itself can be given. */
function Scopes({ offered, chosen, fault, onChange }: ScopesProps) {
  return (
    <FormControl component="fieldset" error={fault !== undefined}>
      <FormLabel component="legend">What it may do</FormLabel>
      {offered.map((scope) => {
        const isBeside = isIncluded(scope, chosen)
        return (
          <FormControlLabel
            key={scope}
            sx={{ alignItems: 'flex-start', mr: 0, mt: 0.5 }}
            control={
              <Checkbox
                size="small"
                checked={isBeside || chosen.includes(scope)}
                disabled={isBeside}
                onChange={(event) =>
                  onChange(event.target.checked ? [...chosen, scope] : chosen.filter((each) => each !== scope))
                }
              />
            }
            label={
              <Box component="span" sx={{ display: 'block', pt: 0.75 }}>
                <Box component="span" sx={{ fontFamily: monospace, fontSize: '0.875rem' }}>
                  {scope}
                </Box>{' '}
                <Typography component="span" variant="body2" color="textSecondary" sx={{ display: 'block' }}>
                  {scopeWords[scope]}
                </Typography>
              </Box>
            }
          />
        )
      })}
      {fault !== undefined && <FormHelperText>{fault}</FormHelperText>}
    </FormControl>
  )
}
