// The settings of one kind of peers, a field each, and the rest as JSON.

import Checkbox from '@mui/material/Checkbox'
import FormControlLabel from '@mui/material/FormControlLabel'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { monospace } from '../../app/theme.ts'
import type { Faults } from './cluster-form.ts'
import { wordsOf, type SettingField } from './drivers.ts'

type Typed = Readonly<Record<string, string>>

interface SettingFieldsProps {
  readonly driver: string
  readonly typed: Typed
  readonly hasMore: boolean
  readonly faults: Faults
  readonly onChange: (typed: Typed) => void
}

export function SettingFields({ driver, typed, hasMore, faults, onChange }: SettingFieldsProps) {
  const { fields, more } = wordsOf(driver)
  const shown: readonly ShownField[] = hasMore ? [...fields, moreField(more)] : fields
  return shown.map((field) => (
    <OneField
      key={field.key}
      field={field}
      value={typed[field.key] ?? ''}
      fault={faults.get(`settings.${field.key}`)}
      onChange={(value) => onChange({ ...typed, [field.key]: value })}
    />
  ))
}

type ShownField = Omit<SettingField, 'kind'>

const moreField = (example: string): ShownField => ({
  key: 'more',
  label: 'More settings, as JSON',
  help: example === '' ? 'What the fields above cannot say.' : `Such as ${example}`,
  shape: 'lines',
})

interface OneFieldProps {
  readonly field: ShownField
  readonly value: string
  readonly fault: string | undefined
  readonly onChange: (value: string) => void
}

function OneField({ field, value, fault, onChange }: OneFieldProps) {
  const { label, help, shape, choices } = field
  if (shape === 'truth') {
    const box = <Checkbox checked={value === 'true'} onChange={(_event, is) => onChange(is ? 'true' : '')} />
    return <FormControlLabel control={box} label={label} />
  }
  return (
    <TextField
      label={label}
      value={choices === undefined ? value : value || choices[0]}
      onChange={(event) => onChange(event.target.value)}
      error={fault !== undefined}
      helperText={fault ?? help}
      select={choices !== undefined}
      multiline={shape === 'lines'}
      {...(shape === 'lines' && { maxRows: 12 })}
      slotProps={{ htmlInput: { spellCheck: false } }}
      sx={shape === 'lines' ? { '& textarea': { fontFamily: monospace, fontSize: '0.85rem' } } : {}}
    >
      {choices?.map((choice) => (
        <MenuItem key={choice} value={choice}>
          {choice}
        </MenuItem>
      ))}
    </TextField>
  )
}
