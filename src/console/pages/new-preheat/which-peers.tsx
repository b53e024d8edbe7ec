// Which peers of each cluster.

import Box from '@mui/material/Box'
import FormControl from '@mui/material/FormControl'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormLabel from '@mui/material/FormLabel'
import MenuItem from '@mui/material/MenuItem'
import Radio from '@mui/material/Radio'
import RadioGroup from '@mui/material/RadioGroup'
import TextField from '@mui/material/TextField'
import { useId } from 'react'
import { ChipsOf } from './chips-of.tsx'
import type { Editing } from './editing.ts'
import { scopes, type PeerScope, type PreheatForm } from './form.ts'
import { NumberOf } from './text-of.tsx'

const scopeNames: Readonly<Record<PeerScope, string>> = {
  single_seed_peer: 'A single seed peer',
  all_seed_peers: 'All seed peers',
  single_peer: 'A single peer',
  all_peers: 'All peers',
}

const scopeHelp: Readonly<Record<PeerScope, string>> = {
  single_seed_peer: 'One seed peer of each cluster; the others fetch from it.',
  all_seed_peers: 'Every seed peer of each cluster.',
  single_peer: 'One peer of each cluster.',
  all_peers: 'Every peer of each cluster: each holds everything afterwards.',
}

const choices: Readonly<Record<PreheatForm['choice'], string>> = {
  all: 'All',
  count: 'Count',
  percentage: 'Percentage',
  ips: 'IPs',
}

export function WhichPeers({ editing }: { readonly editing: Editing }) {
  const { form, faults, edit } = editing
  const id = useId()
  const fault = faults.get('scope')
  return (
    <Box sx={{ display: 'grid', gap: 2 }}>
      <TextField
        select
        label="Scope"
        value={form.scope}
        onChange={({ target }) =>
          edit(['scope'], ({ scope }) => ({ scope: scopes.find((each) => each === target.value) ?? scope }))
        }
        error={fault !== undefined}
        helperText={fault ?? scopeHelp[form.scope]}
      >
        {scopes.map((scope) => (
          <MenuItem key={scope} value={scope}>
            {scopeNames[scope]}
          </MenuItem>
        ))}
      </TextField>
      <FormControl>
        <FormLabel id={id}>Which of them</FormLabel>
        <RadioGroup
          row
          aria-labelledby={id}
          value={form.choice}
          onChange={({ target }) =>
            edit(['count', 'percentage', 'ips'], ({ choice }) => ({ choice: toChoice(target.value) ?? choice }))
          }
        >
          {Object.entries(choices).map(([choice, label]) => (
            <FormControlLabel key={choice} value={choice} label={label} control={<Radio size="small" />} />
          ))}
        </RadioGroup>
      </FormControl>
      <Chosen editing={editing} />
    </Box>
  )
}

const toChoice = (text: string): PreheatForm['choice'] | undefined =>
  (['all', 'count', 'percentage', 'ips'] as const).find((each) => each === text)

function Chosen({ editing }: { readonly editing: Editing }) {
  switch (editing.form.choice) {
    case 'all':
      return null
    case 'count':
      return <NumberOf editing={editing} name="count" label="Count" unit="peers" help="Of each cluster." />
    case 'percentage':
      return (
        <NumberOf editing={editing} name="percentage" label="Percentage" unit="%" help="Of each cluster's peers." />
      )
    case 'ips':
      return (
        <ChipsOf editing={editing} name="ips" label="IPs" help="Only the peers with these addresses, 100 at most." />
      )
  }
}
