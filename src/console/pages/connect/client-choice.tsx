// Which client is to be connected.

import Box from '@mui/material/Box'
import FormControlLabel from '@mui/material/FormControlLabel'
import Radio from '@mui/material/Radio'
import RadioGroup from '@mui/material/RadioGroup'
import Typography from '@mui/material/Typography'
import { useSession } from '../../app/session.tsx'
import { clientIdOf, clientIds, clients, isServed, switchedOff, type ClientId } from './clients.ts'

interface ClientChoiceProps {
  readonly id: ClientId | undefined
  readonly onChoose: (id: ClientId) => void
}

export function ClientChoice({ id, onChoose }: ClientChoiceProps) {
  const { service } = useSession()
  const off = switchedOff(service)
  return (
    <>
      <RadioGroup
        aria-label="Client"
        value={id ?? null}
        onChange={(event) => {
          const chosen = clientIdOf(event.target.value)
          if (chosen !== undefined) onChoose(chosen)
        }}
        sx={{ display: 'grid', gap: 1, gridTemplateColumns: { sm: '1fr 1fr', lg: 'repeat(4, 1fr)' } }}
      >
        {clientIds
          .filter((each) => isServed(each, service))
          .map((each) => (
            <FormControlLabel
              key={each}
              value={each}
              control={<Radio size="small" />}
              label={<Label id={each} />}
              sx={{ ...card, borderColor: each === id ? 'primary.main' : 'divider' }}
            />
          ))}
      </RadioGroup>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1.5 }}>
        A Harbor says its version under About, in the menu of the user.
        {off.length > 0 && ` Switched off here, by the setting "contracts": ${off.join(', ')}.`}
      </Typography>
    </>
  )
}

const Label = ({ id }: { readonly id: ClientId }) => (
  <>
    <Box component="span" sx={{ display: 'block', fontWeight: 600 }}>
      {clients[id].name}
    </Box>
    <Typography component="span" variant="body2" color="textSecondary">
      {clients[id].about}
    </Typography>
  </>
)

const card = { m: 0, px: 1, py: 0.75, border: 1, borderRadius: 1 } as const
