// The fields that every cluster has, and below them those of its driver.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Checkbox from '@mui/material/Checkbox'
import FormControlLabel from '@mui/material/FormControlLabel'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useSession } from '../../app/session.tsx'
import type { ClusterForm, Faults } from './cluster-form.ts'
import { wordsOf } from './drivers.ts'
import { SettingFields } from './setting-fields.tsx'

/** Which fields can be changed is another for each. */
export type What = 'new' | 'kept' | 'from file'

interface ClusterFieldsProps {
  readonly form: ClusterForm
  readonly what: What
  readonly faults: Faults
  readonly onChange: (form: ClusterForm) => void
}

export function ClusterFields({ form, what, faults, onChange }: ClusterFieldsProps) {
  const isFromFile = what === 'from file'
  const fieldOf = (key: 'name' | 'bio' | 'platforms', label: string, help = '') => ({
    label,
    value: form[key],
    onChange: (event: { readonly target: { readonly value: string } }) =>
      onChange({ ...form, [key]: event.target.value }),
    error: faults.has(key),
    helperText: faults.get(key) ?? help,
  })
  return (
    <Box sx={{ display: 'grid', gap: 2 }}>
      {isFromFile && (
        <Alert severity="info">
          This cluster stands in the settings file, which would take back other changes at the next start: its name,
          platforms and settings are changed there.
        </Alert>
      )}
      {!isFromFile && <TextField {...fieldOf('name', 'Name')} required autoFocus={what === 'new'} autoComplete="off" />}
      <TextField {...fieldOf('bio', 'Note')} multiline />
      {what === 'new' && <DriverField form={form} faults={faults} onChange={onChange} />}
      {!isFromFile && (
        <TextField
          {...fieldOf(
            'platforms',
            'Platforms',
            'What its nodes run, such as linux/amd64, linux/arm64. None: as the settings of the registry and of the service say.',
          )}
        />
      )}
      <FormControlLabel
        control={
          <Checkbox checked={form.isDefault} onChange={(_event, isDefault) => onChange({ ...form, isDefault })} />
        }
        label="The default cluster (no other is then)"
      />
      {!isFromFile && <Settings form={form} faults={faults} onChange={onChange} />}
    </Box>
  )
}

type PartProps = Omit<ClusterFieldsProps, 'what'>

function DriverField({ form, faults, onChange }: PartProps) {
  const { service } = useSession()
  return (
    <TextField
      select
      label="Driver"
      value={form.driver}
      onChange={(event) => onChange({ ...form, driver: event.target.value })}
      error={faults.has('driver')}
      helperText={faults.get('driver') ?? `${wordsOf(form.driver).about} It cannot be changed later.`}
    >
      {service.drivers.map((driver) => (
        <MenuItem key={driver} value={driver}>
          {driver}
        </MenuItem>
      ))}
    </TextField>
  )
}

function Settings({ form, faults, onChange }: PartProps) {
  const { fields, more } = wordsOf(form.driver)
  const hasMore = more !== '' || (form.settings['more'] ?? '') !== ''
  if (fields.length === 0 && !hasMore) return null
  return (
    <Box component="fieldset" sx={{ display: 'grid', gap: 2, m: 0, p: 0, border: 0, minWidth: 0 }}>
      <Typography component="legend" variant="h3" sx={{ p: 0, mb: 1 }}>
        {`Settings of ${form.driver}`}
      </Typography>
      <Typography variant="body2" color="textSecondary" sx={{ mt: -1 }}>
        TLS and secrets are not taken here: they stand in the settings file, below clusters and registries.
      </Typography>
      <SettingFields
        driver={form.driver}
        typed={form.settings}
        hasMore={hasMore}
        faults={faults}
        onChange={(settings) => onChange({ ...form, settings })}
      />
    </Box>
  )
}
