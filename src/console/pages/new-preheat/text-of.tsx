// Fields of one line: texts, numbers with their unit, and secrets.

import HideIcon from '@mui/icons-material/VisibilityOff'
import ShowIcon from '@mui/icons-material/Visibility'
import IconButton from '@mui/material/IconButton'
import InputAdornment from '@mui/material/InputAdornment'
import TextField from '@mui/material/TextField'
import { useState } from 'react'
import type { Editing } from './editing.ts'
import { bounds, type NumberName } from './faults.ts'
import type { TextName } from './form.ts'

interface TextOfProps {
  readonly editing: Editing
  readonly name: TextName
  readonly label: string
  /** Shown below, until something is wrong. */
  readonly help?: string
  readonly required?: boolean
  readonly placeholder?: string
}

export function TextOf({ editing, name, label, help = '', required = false, placeholder = '' }: TextOfProps) {
  const fault = editing.faults.get(name)
  return (
    <TextField
      label={label}
      required={required}
      placeholder={placeholder}
      autoComplete="off"
      value={editing.form[name]}
      onChange={({ target }) => editing.edit([name], () => ({ [name]: target.value }))}
      error={fault !== undefined}
      helperText={fault ?? help}
    />
  )
}

interface NumberOfProps extends TextOfProps {
  readonly name: NumberName
  readonly unit: string
}

export function NumberOf({ editing, name, label, help = '', unit }: NumberOfProps) {
  const fault = editing.faults.get(name)
  const { least, most } = bounds[name]
  return (
    <TextField
      label={label}
      autoComplete="off"
      value={editing.form[name]}
      onChange={({ target }) => editing.edit([name], () => ({ [name]: target.value }))}
      error={fault !== undefined}
      helperText={fault ?? `${least} to ${most} ${unit}. ${help}`}
      slotProps={{
        htmlInput: { inputMode: 'decimal' },
        input: { endAdornment: <InputAdornment position="end">{unit}</InputAdornment> },
      }}
    />
  )
}

interface SecretFieldProps {
  readonly label: string
  /** false: it is no secret, and is shown as it is. */
  readonly masked?: boolean
  readonly value: string
  readonly onValue: (value: string) => void
  readonly fault: string | undefined
  readonly help?: string
}

export function SecretField({ label, masked = true, value, onValue, fault, help = '' }: SecretFieldProps) {
  const [isShown, setShown] = useState(false)
  const button = `${isShown ? 'Hide' : 'Show'} ${label}`
  const eye = (
    <InputAdornment position="end">
      <IconButton size="small" edge="end" aria-label={button} onClick={() => setShown(!isShown)}>
        {isShown ? <HideIcon fontSize="small" /> : <ShowIcon fontSize="small" />}
      </IconButton>
    </InputAdornment>
  )
  return (
    <TextField
      label={label}
      type={masked && !isShown ? 'password' : 'text'}
      // Browsers offer their kept passwords for anything else.
      autoComplete={masked ? 'new-password' : 'off'}
      value={value}
      onChange={({ target }) => onValue(target.value)}
      error={fault !== undefined}
      helperText={fault ?? help}
      slotProps={{ input: masked ? { endAdornment: eye } : {} }}
    />
  )
}
